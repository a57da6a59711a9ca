/* article_admin.c: lists of all articles, and their states changed by slug. */
#include "store/article_admin.h"

#include "store/pick.h"

/* The slugs of the plans that an article asks for, "a, b". */
static enum err
read_plans(struct db *db, struct arena *a, int64_t id, struct str *out)
{
	static const char sql[] = "SELECT p.slug FROM article_plan l JOIN plan p ON p.id = l.plan_id WHERE "
	                          "l.article_id = $1 ORDER BY p.position,"
	                          " p.slug";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "i", id);

	*out = STR_NONE;
	while (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE) {
		*out = arena_printf(a, STR_FMT "%s" STR_FMT, STR_ARG(*out), out->len > 0 ? ", " : "",
		    STR_ARG(rows_str(rows, 0)));
		if (out->at == NULL)
			e = ERR_MEMORY;
	}
	rows_close(rows);
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

static struct article_row
list_row(struct pick *p)
{
	return (struct article_row){
	    .id = rows_int(p->rows, 0),
	    .words = rows_int(p->rows, 1),
	    .published_at = rows_int(p->rows, 2),
	    .withdrawn_at = rows_int(p->rows, 3),
	    .rendered_at = rows_int(p->rows, 4),
	    .slug = pick_str(p, 5),
	    .section = pick_str(p, 6),
	    .title = pick_str(p, 7),
	    .access = pick_str(p, 8),
	};
}

enum err
article_admin_list(
    struct db *db, struct arena *a, int64_t after_id, size_t limit, struct article_row **out, size_t *n)
{
	static const char sql[] =
	    "SELECT a.id, a.words, a.published_at, a.withdrawn_at, a.rendered_at, a.slug, s.slug, a.title, "
	    "a.access"
	    " FROM article a JOIN section s ON s.id = a.section_id WHERE a.id > $1 ORDER BY a.id LIMIT $2";
	struct rows *rows = NULL;
	struct pick p = {NULL, a, false};
	enum err e;

	*n = 0;
	*out = arena_zero(a, limit, sizeof **out);
	if (*out == NULL)
		return ERR_MEMORY;
	e = db_query(db, sql, &rows, "ii", after_id, (int64_t)limit);
	p.rows = rows;
	while (e == ERR_NONE && *n < limit && (e = rows_next(rows)) == ERR_NONE) {
		struct article_row *row = &(*out)[(*n)++];

		*row = list_row(&p);
		e = read_plans(db, a, row->id, &row->plans);
	}
	rows_close(rows);
	if (e == ERR_NOT_FOUND)
		e = ERR_NONE;
	return e == ERR_NONE && p.failed ? ERR_MEMORY : e;
}

/* The one article of a slug was changed, or there is none. */
static enum err
changed_one(struct db *db, enum err e, int64_t changed, struct str slug, struct fault *f)
{
	if (e == ERR_NONE && changed == 0)
		return fault_set(f, ERR_NOT_FOUND, "there is no article \"" STR_FMT "\"", STR_ARG(slug));
	return pick_fault(f, e, db);
}

enum err
article_admin_publish(struct db *db, struct str slug, int64_t at, struct fault *f)
{
	static const char sql[] = "UPDATE article SET published_at = $1, withdrawn_at = NULL WHERE slug = $2";
	int64_t changed = 0;
	enum err e = db_exec(db, &changed, sql, "is", at, slug);

	return changed_one(db, e, changed, slug, f);
}

enum err
article_admin_unpublish(struct db *db, struct str slug, struct fault *f)
{
	static const char sql[] = "UPDATE article SET published_at = NULL WHERE slug = $1";
	int64_t changed = 0;
	enum err e = db_exec(db, &changed, sql, "s", slug);

	return changed_one(db, e, changed, slug, f);
}

enum err
article_admin_withdraw(struct db *db, struct str slug, int64_t at, struct fault *f)
{
	static const char sql[] = "UPDATE article SET withdrawn_at = $1 WHERE slug = $2";
	int64_t changed = 0;
	enum err e = db_exec(db, &changed, sql, "is", at, slug);

	return changed_one(db, e, changed, slug, f);
}

enum err
article_admin_remove(struct db *db, struct str slug, struct fault *f)
{
	static const char sql[] = "DELETE FROM article WHERE slug = $1";
	int64_t changed = 0;
	enum err e = db_exec(db, &changed, sql, "s", slug);

	return changed_one(db, e, changed, slug, f);
}
