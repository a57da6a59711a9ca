/* article_links.c: the three link tables of an article. */
#include "store/article_links.h"

#include "store/pick.h"

struct links {
	int64_t ids[ARTICLE_NAMES_MAX];
	size_t count;
};

_Static_assert(ARTICLE_NAMES_MAX == ARTICLE_PLANS_MAX, "one list serves plans too");

static enum err
read_links(struct db *db, const char *sql, int64_t id, struct links *out)
{
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "i", id);

	out->count = 0;
	while (e == ERR_NONE && out->count < ARTICLE_NAMES_MAX && (e = rows_next(rows)) == ERR_NONE)
		out->ids[out->count++] = rows_int(rows, 0);
	rows_close(rows);
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

/* The same id twice counts once: a byline is borne once. */
static void
add_link(struct links *links, int64_t id)
{
	for (size_t i = 0; i < links->count; i++)
		if (links->ids[i] == id)
			return;
	links->ids[links->count++] = id;
}

static bool
same_links(const struct links *a, const struct links *b, bool ordered)
{
	size_t found = 0;

	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		for (size_t k = 0; k < b->count; k++)
			found += a->ids[i] == b->ids[k] && (i == k || !ordered);
	return found == a->count;
}

enum err
article_links_bylines(struct db *db, int64_t id, const struct article_name *names, size_t n, struct fault *f)
{
	static const char now_sql[] =
	    "SELECT author_id FROM article_author WHERE article_id = $1 ORDER BY position, author_id";
	static const char make[] =
	    "INSERT INTO author (slug, name, kind) VALUES ($1, $2, $3) ON CONFLICT (slug) DO NOTHING";
	static const char find[] = "SELECT id FROM author WHERE slug = $1";
	static const char clear[] = "DELETE FROM article_author WHERE article_id = $1";
	static const char link[] =
	    "INSERT INTO article_author (article_id, author_id, position) VALUES ($1, $2, $3)";
	struct links now, want = {.count = 0};
	enum err e = read_links(db, now_sql, id, &now);

	if (n > ARTICLE_NAMES_MAX)
		return fault_set(f, ERR_INVALID, "authors: at most %d", ARTICLE_NAMES_MAX);
	for (size_t i = 0; e == ERR_NONE && i < n; i++) {
		const struct article_name *name = &names[i];
		int64_t found = 0;

		e = db_exec(db, NULL, make, "ssz", name->slug, name->name,
		    name->collective ? "collective" : "person");
		if (e == ERR_NONE)
			e = db_int(db, &found, find, "s", name->slug);
		if (e == ERR_NONE)
			add_link(&want, found);
	}
	if (e != ERR_NONE || same_links(&now, &want, true))
		return pick_fault(f, e, db);
	e = db_exec(db, NULL, clear, "i", id);
	for (size_t i = 0; e == ERR_NONE && i < want.count; i++)
		e = db_exec(db, NULL, link, "iii", id, want.ids[i], (int64_t)i);
	return pick_fault(f, e, db);
}

enum err
article_links_tags(struct db *db, int64_t id, const struct article_name *names, size_t n, struct fault *f)
{
	static const char now_sql[] = "SELECT tag_id FROM article_tag WHERE article_id = $1";
	static const char make[] =
	    "INSERT INTO tag (slug, name) VALUES ($1, $2) ON CONFLICT (slug) DO NOTHING";
	static const char find[] = "SELECT id FROM tag WHERE slug = $1";
	static const char clear[] = "DELETE FROM article_tag WHERE article_id = $1";
	static const char link[] = "INSERT INTO article_tag (article_id, tag_id) VALUES ($1, $2)";
	struct links now, want = {.count = 0};
	enum err e = read_links(db, now_sql, id, &now);

	if (n > ARTICLE_NAMES_MAX)
		return fault_set(f, ERR_INVALID, "tags: at most %d", ARTICLE_NAMES_MAX);
	for (size_t i = 0; e == ERR_NONE && i < n; i++) {
		int64_t found = 0;

		e = db_exec(db, NULL, make, "ss", names[i].slug, names[i].name);
		if (e == ERR_NONE)
			e = db_int(db, &found, find, "s", names[i].slug);
		if (e == ERR_NONE)
			add_link(&want, found);
	}
	if (e != ERR_NONE || same_links(&now, &want, false))
		return pick_fault(f, e, db);
	e = db_exec(db, NULL, clear, "i", id);
	for (size_t i = 0; e == ERR_NONE && i < want.count; i++)
		e = db_exec(db, NULL, link, "ii", id, want.ids[i]);
	return pick_fault(f, e, db);
}

/* The ids of the plans that the draft names. */
static enum err
find_plans(struct db *db, const struct str *slugs, size_t n, struct links *want, struct fault *f)
{
	static const char find[] = "SELECT id FROM plan WHERE slug = $1";

	if (n > ARTICLE_PLANS_MAX)
		return fault_set(f, ERR_INVALID, "plans: at most %d", ARTICLE_PLANS_MAX);
	for (size_t i = 0; i < n; i++) {
		int64_t found = 0;
		enum err e = db_int(db, &found, find, "s", slugs[i]);

		if (e == ERR_NOT_FOUND)
			return fault_set(
			    f, ERR_INVALID, "plans: there is no plan \"" STR_FMT "\"", STR_ARG(slugs[i]));
		if (e != ERR_NONE)
			return pick_fault(f, e, db);
		add_link(want, found);
	}
	return ERR_NONE;
}

enum err
article_links_plans(struct db *db, int64_t id, const struct str *slugs, size_t n, struct fault *f)
{
	static const char now_sql[] = "SELECT plan_id FROM article_plan WHERE article_id = $1";
	static const char clear[] = "DELETE FROM article_plan WHERE article_id = $1";
	static const char link[] = "INSERT INTO article_plan (article_id, plan_id) VALUES ($1, $2)";
	struct links now, want = {.count = 0};
	enum err e = find_plans(db, slugs, n, &want, f);

	if (e != ERR_NONE)
		return e;
	e = read_links(db, now_sql, id, &now);
	if (e != ERR_NONE || same_links(&now, &want, false))
		return pick_fault(f, e, db);
	e = db_exec(db, NULL, clear, "i", id);
	for (size_t i = 0; e == ERR_NONE && i < want.count; i++)
		e = db_exec(db, NULL, link, "ii", id, want.ids[i]);
	return pick_fault(f, e, db);
}
