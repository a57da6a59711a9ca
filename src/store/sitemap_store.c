/* sitemap_store.c: listed articles by id and by time. */
#include "store/sitemap_store.h"

#include "store/pick.h"

static const char highest_id[] = "SELECT COALESCE(MAX(id), 0) FROM article";
static const char part_of[] =
    "SELECT s.slug, a.slug, a.title_shown, a.listed_at, COALESCE(a.updated_at, a.listed_at) "
    "FROM article AS a JOIN section AS s ON s.id = a.section_id "
    "WHERE a.id > $1 AND a.id <= $2 AND a.listed_at <= $3 ORDER BY a.id";
static const char recent[] =
    "SELECT s.slug, a.slug, a.title_shown, a.listed_at, COALESCE(a.updated_at, a.listed_at) "
    "FROM article AS a JOIN section AS s ON s.id = a.section_id "
    "WHERE a.listed_at >= $1 AND a.listed_at <= $2 ORDER BY a.listed_at DESC, a.id DESC LIMIT $3";

enum err
sitemap_store_parts(struct db *db, int64_t *n)
{
	int64_t highest;
	enum err e = db_int(db, &highest, highest_id, "");

	*n = e == ERR_NONE && highest > 0 ? (highest + SITEMAP_PART - 1) / SITEMAP_PART : 1;
	return e;
}

static void
sitemap_row(struct pick *p, void *out)
{
	*(struct sitemap_row *)out = (struct sitemap_row){
	    .section = pick_str(p, 0),
	    .slug = pick_str(p, 1),
	    .title = pick_str(p, 2),
	    .published_at = rows_int(p->rows, 3),
	    .updated_at = rows_int(p->rows, 4),
	};
}

enum err
sitemap_store_part(
    struct db *db, struct arena *a, int64_t part, int64_t now, struct sitemap_row **out, size_t *count)
{
	struct rows *rows = NULL;
	enum err e = db_query(db, part_of, &rows, "iii", (part - 1) * SITEMAP_PART, part * SITEMAP_PART, now);

	return pick_all(e, rows, a, sitemap_row, sizeof **out, out, count);
}

enum err
sitemap_store_recent(struct db *db, struct arena *a, int64_t since, int64_t now, int64_t limit,
    struct sitemap_row **out, size_t *count)
{
	struct rows *rows = NULL;
	enum err e = db_query(db, recent, &rows, "iii", since, now, limit);

	return pick_all(e, rows, a, sitemap_row, sizeof **out, out, count);
}
