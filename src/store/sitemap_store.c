/* sitemap_store.c: listed articles by id and by time. */
#include "store/sitemap_store.h"

static const char highest_id[] = "SELECT COALESCE(MAX(id), 0) FROM article";
static const char part_of[] =
    "SELECT s.slug, a.slug, a.title_shown, a.listed_at, COALESCE(a.updated_at, a.listed_at) "
    "FROM article AS a JOIN section AS s ON s.id = a.section_id "
    "WHERE a.id > $1 AND a.id <= $2 AND a.listed_at <= $3 ORDER BY a.id";
static const char recent[] =
    "SELECT s.slug, a.slug, a.title_shown, a.listed_at, COALESCE(a.updated_at, a.listed_at) "
    "FROM article AS a JOIN section AS s ON s.id = a.section_id "
    "WHERE a.listed_at >= $1 AND a.listed_at <= $2 ORDER BY a.listed_at DESC, a.id DESC LIMIT $3";

int64_t
sitemap_store_part_of(int64_t article_id)
{
	return (article_id - 1) / SITEMAP_PART + 1;
}

enum err
sitemap_store_parts(struct db *db, int64_t *n)
{
	int64_t highest;
	enum err e = db_int(db, &highest, highest_id, "");

	*n = e == ERR_NONE && highest > 0 ? sitemap_store_part_of(highest) : 1;
	return e;
}

/* Takes rows over. */
static enum err
pour(enum err e, struct rows *rows, sitemap_sink *sink, void *arg)
{
	while (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE)
		sink(arg, &(struct sitemap_row){.section = rows_str(rows, 0),
		              .slug = rows_str(rows, 1),
		              .title = rows_str(rows, 2),
		              .published_at = rows_int(rows, 3),
		              .updated_at = rows_int(rows, 4)});
	rows_close(rows);
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

enum err
sitemap_store_part(struct db *db, int64_t part, int64_t now, sitemap_sink *sink, void *arg)
{
	struct rows *rows = NULL;
	enum err e = db_query(db, part_of, &rows, "iii", (part - 1) * SITEMAP_PART, part * SITEMAP_PART, now);

	return pour(e, rows, sink, arg);
}

enum err
sitemap_store_recent(struct db *db, int64_t since, int64_t now, int64_t limit, sitemap_sink *sink, void *arg)
{
	struct rows *rows = NULL;
	enum err e = db_query(db, recent, &rows, "iii", since, now, limit);

	return pour(e, rows, sink, arg);
}
