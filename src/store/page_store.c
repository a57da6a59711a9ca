/* page_store.c: pages of words by slug. */
#include "store/page_store.h"

#include "store/pick.h"

static const char by_slug[] =
    "SELECT id, updated_at, slug, title, in_footer, markdown FROM page WHERE slug = $1";
static const char listed[] = "SELECT id, updated_at, slug, title, in_footer, '' FROM page WHERE in_footer >= "
                             "$1 ORDER BY title LIMIT 1000";
static const char put[] =
    "INSERT INTO page (slug, title, markdown, in_footer, updated_at) VALUES ($1, $2, $3, $4, $5) "
    "ON CONFLICT (slug) DO UPDATE SET title = excluded.title, markdown = excluded.markdown, "
    "in_footer = excluded.in_footer, updated_at = excluded.updated_at";
static const char remove_by_slug[] = "DELETE FROM page WHERE slug = $1";

static void
page_row(struct pick *p, void *out)
{
	*(struct words_page *)out = (struct words_page){.id = rows_int(p->rows, 0),
	    .updated_at = rows_int(p->rows, 1),
	    .slug = pick_str(p, 2),
	    .title = pick_str(p, 3),
	    .in_footer = rows_int(p->rows, 4) != 0,
	    .markdown = pick_str(p, 5)};
}

enum err
page_store_by_slug(struct db *db, struct arena *a, struct str slug, struct words_page *out)
{
	struct rows *rows = NULL;
	enum err e = db_query(db, by_slug, &rows, "s", slug);

	return pick_one(e, rows, a, page_row, out);
}

enum err
page_store_list(struct db *db, struct arena *a, bool footer_only, struct words_page **out, size_t *n)
{
	struct rows *rows = NULL;
	enum err e = db_query(db, listed, &rows, "i", (int64_t)footer_only);

	return pick_all(e, rows, a, page_row, sizeof **out, out, n);
}

enum err
page_store_put(struct db *db, const struct words_page *page, int64_t now, struct fault *f)
{
	return pick_fault(f,
	    db_exec(db, NULL, put, "sssii", page->slug, page->title, page->markdown, (int64_t)page->in_footer,
	        now),
	    db);
}

enum err
page_store_remove(struct db *db, struct str slug)
{
	int64_t n = 0;
	enum err e = db_exec(db, &n, remove_by_slug, "s", slug);

	return e == ERR_NONE && n == 0 ? ERR_NOT_FOUND : e;
}
