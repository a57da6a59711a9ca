/* article_store.c: reading one article. */
#include "store/article_store.h"

#include "store/pick.h"

#define MOVES_MAX 4 /* an old section's old article takes two steps */

/* One more of the article's plans; NULL when it is open to all of them. A limit of the table (sql/003) kept again where the
 * array is: fewer plans would open it to fewer, none would open it to all. */
static enum err
add_plan(const struct rows *rows, int column, struct article_rights *out)
{
	if (rows_null(rows, column))
		return ERR_NONE;
	if (out->plan_count == ARTICLE_PLANS_MAX)
		return ERR_INTERNAL;
	out->plans[out->plan_count++] = rows_int(rows, column);
	return ERR_NONE;
}

/* One statement, so that access and plans are of one state of the database. */
enum err
article_store_rights(
    struct db *db, struct arena *a, struct str section, struct str slug, struct article_rights *out)
{
	static const char sql[] =
	    "SELECT a.id, a.edition, s.slug, a.slug, a.access, a.published_at, a.withdrawn_at, a.rendered_at,"
	    " p.plan_id FROM article a JOIN section s ON s.id = a.section_id"
	    " LEFT JOIN article_plan p ON p.article_id = a.id WHERE a.slug = $1 AND s.slug = $2"
	    " ORDER BY p.plan_id";
	struct rows *rows = NULL;
	struct pick p = {NULL, a, false};
	enum err e = db_query(db, sql, &rows, "ss", slug, section);

	out->plan_count = 0;
	if (e == ERR_NONE)
		e = rows_next(rows);
	if (e == ERR_NONE) {
		p.rows = rows;
		out->id = rows_int(rows, 0);
		out->edition = rows_int(rows, 1);
		out->section = pick_str(&p, 2);
		out->slug = pick_str(&p, 3);
		out->access = pick_str(&p, 4);
		out->published_at = rows_null(rows, 7) ? 0 : rows_int(rows, 5);
		out->withdrawn_at = rows_int(rows, 6);
		while ((e = add_plan(rows, 8, out)) == ERR_NONE && (e = rows_next(rows)) == ERR_NONE)
			continue;
		e = e == ERR_NOT_FOUND ? ERR_NONE : e;
	}
	rows_close(rows);
	return e == ERR_NONE && p.failed ? ERR_MEMORY : e;
}

static enum err
read_names(struct db *db, struct arena *a, const char *sql, int64_t id, struct article_name *out, size_t *n)
{
	struct rows *rows = NULL;
	struct pick p = {NULL, a, false};
	enum err e = db_query(db, sql, &rows, "i", id);

	*n = 0;
	p.rows = rows;
	while (e == ERR_NONE && *n < ARTICLE_NAMES_MAX && (e = rows_next(rows)) == ERR_NONE)
		out[(*n)++] = (struct article_name){
		    .slug = pick_str(&p, 0),
		    .name = pick_str(&p, 1),
		    .collective = str_eq(rows_str(rows, 2), STR("collective")),
		    .id = rows_int(rows, 3),
		};
	rows_close(rows);
	if (e == ERR_NOT_FOUND)
		e = ERR_NONE;
	return e == ERR_NONE && p.failed ? ERR_MEMORY : e;
}

static void
read_columns(struct pick *p, struct article *out)
{
	const struct rows *rows = p->rows;

	*out = (struct article){
	    .id = rows_int(rows, 0),
	    .edition = rows_int(rows, 1),
	    .section_id = rows_int(rows, 2),
	    .section = pick_str(p, 3),
	    .section_name = pick_str(p, 4),
	    .slug = pick_str(p, 5),
	    .access = pick_str(p, 6),
	    .label = pick_str(p, 7),
	    .language = pick_str(p, 8),
	    .title = pick_str(p, 9),
	    .standfirst_text = pick_str(p, 10),
	    .standfirst_html = pick_str(p, 11),
	    .teaser_text = pick_str(p, 12),
	    .teaser_html = pick_str(p, 13),
	    .outline = pick_str(p, 14),
	    .image = pick_str(p, 15),
	    .image_alt = pick_str(p, 16),
	    .image_credit = pick_str(p, 17),
	    .image_width = rows_int(rows, 18),
	    .image_height = rows_int(rows, 19),
	    .published_at = rows_int(rows, 20),
	    .updated_at = rows_int(rows, 21),
	    .withdrawn_at = rows_int(rows, 22),
	    .rendered_at = rows_int(rows, 23),
	    .words = rows_int(rows, 24),
	    .words_shown = rows_int(rows, 25),
	    .percent_left = rows_int(rows, 26),
	    .image_versions = pick_str(p, 27),
	};
}

static enum err
read_article(struct db *db, struct arena *a, int64_t id, struct article *out)
{
	static const char sql[] =
	    "SELECT a.id, a.edition, a.section_id, s.slug, s.name, a.slug, a.access, a.label, a.language, "
	    "a.title_shown,"
	    " a.standfirst_text, a.standfirst_html, a.teaser_text, a.teaser_html, a.outline, a.image, "
	    "a.image_alt,"
	    " a.image_credit, a.image_width, a.image_height, a.published_at, a.updated_at, a.withdrawn_at,"
	    " a.rendered_at, a.words, a.words_shown, a.percent_left, a.image_versions"
	    " FROM article a JOIN section s ON s.id = a.section_id WHERE a.id = $1";
	struct rows *rows = NULL;
	struct pick p = {NULL, a, false};
	enum err e = db_query(db, sql, &rows, "i", id);

	if (e == ERR_NONE)
		e = rows_next(rows);
	if (e == ERR_NONE) {
		p.rows = rows;
		read_columns(&p, out);
	}
	rows_close(rows);
	return p.failed ? ERR_MEMORY : e;
}

enum err
article_store_read(struct db *db, struct arena *a, int64_t id, struct article *out)
{
	static const char bylines[] =
	    "SELECT w.slug, w.name, w.kind, w.id FROM article_author l JOIN author w ON w.id = l.author_id"
	    " WHERE l.article_id = $1 ORDER BY l.position, w.name";
	static const char tags[] =
	    "SELECT t.slug, t.name, '', t.id FROM article_tag l JOIN tag t ON t.id = l.tag_id"
	    " WHERE l.article_id = $1 ORDER BY t.name";
	enum err e = read_article(db, a, id, out);

	if (e == ERR_NONE)
		e = read_names(db, a, bylines, id, out->bylines, &out->byline_count);
	if (e == ERR_NONE)
		e = read_names(db, a, tags, id, out->tags, &out->tag_count);
	return e;
}

/* One text of one row. */
static enum err
read_text(struct arena *a, struct rows *rows, enum err e, struct str *out)
{
	struct pick p = {rows, a, false};

	if (e == ERR_NONE)
		e = rows_next(rows);
	if (e == ERR_NONE)
		*out = pick_str(&p, 0);
	rows_close(rows);
	return p.failed ? ERR_MEMORY : e;
}

enum err
article_store_body(struct db *db, struct arena *a, int64_t id, struct str *html)
{
	static const char sql[] = "SELECT html FROM article_body WHERE article_id = $1 AND html IS NOT NULL";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "i", id);

	return read_text(a, rows, e, html);
}

/* Where path leads by its own row in slug_history. */
static enum err
moved_directly(struct db *db, struct arena *a, struct str path, struct str *now)
{
	static const char sql[] =
	    "SELECT coalesce(sa.slug || '/' || a.slug, s.slug, 'author/' || w.slug, 'tag/' || t.slug)"
	    " FROM slug_history h LEFT JOIN article a ON a.id = h.article_id LEFT JOIN section sa ON sa.id = "
	    "a.section_id"
	    " LEFT JOIN section s ON s.id = h.section_id LEFT JOIN author w ON w.id = h.author_id"
	    " LEFT JOIN tag t ON t.id = h.tag_id WHERE h.path = $1";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "s", path);

	return read_text(a, rows, e, now);
}

/* Whether path is the address that an article has now, in any state. */
static enum err
lives_at(struct db *db, struct str section, struct str slug)
{
	static const char sql[] = "SELECT a.id FROM article a JOIN section s ON s.id = a.section_id WHERE "
	                          "a.slug = $1 AND s.slug = $2";
	int64_t id;

	return db_int(db, &id, sql, "ss", slug, section);
}

/* An address below a section that was renamed: the section's part is brought up to date, then looked up again. */
enum err
article_store_moved(struct db *db, struct arena *a, struct str path, struct str *now)
{
	for (int i = 0; i < MOVES_MAX; i++) {
		struct str slug = path, section = STR_NONE, moved = STR_NONE;
		enum err e = moved_directly(db, a, path, now);

		if (e != ERR_NOT_FOUND)
			return e;
		if (!str_has(path, '/') || !str_split(&slug, '/', &section) || str_has(slug, '/'))
			return ERR_NOT_FOUND;
		e = moved_directly(db, a, section, &moved);
		if (e != ERR_NONE)
			return e;
		path = arena_printf(a, STR_FMT "/" STR_FMT, STR_ARG(moved), STR_ARG(slug));
		if (path.at == NULL)
			return ERR_MEMORY;
		e = lives_at(db, moved, slug);
		*now = path;
		if (e != ERR_NOT_FOUND)
			return e;
	}
	return ERR_NOT_FOUND;
}

enum err
article_store_id(struct db *db, struct str slug, int64_t *id)
{
	static const char sql[] = "SELECT id FROM article WHERE slug = $1";

	return db_int(db, id, sql, "s", slug);
}
