/* sitemap_store.h: addresses of all listed articles, in parts, row by row as they are read. Any role. */
#ifndef STORE_SITEMAP_STORE_H
#define STORE_SITEMAP_STORE_H

#include "store/db.h"

#define SITEMAP_PART ((int64_t)2000) /* ids a part covers: about 250 KB, whatever the archive's size */

struct sitemap_row {
	struct str section, slug, title; /* until the sink returns */
	int64_t published_at, updated_at;
};
typedef void sitemap_sink(void *arg, const struct sitemap_row *row);

enum err sitemap_store_parts(struct db *db, int64_t *n); /* at least 1 */

/* Part n, from 1: listed articles with ids in ((n - 1) * SITEMAP_PART, n * SITEMAP_PART]. */
enum err sitemap_store_part(struct db *db, int64_t part, int64_t now, sitemap_sink *sink, void *arg);
int64_t sitemap_store_part_of(int64_t article_id);

/* Published since, newest first, at most limit. */
enum err sitemap_store_recent(
    struct db *db, int64_t since, int64_t now, int64_t limit, sitemap_sink *sink, void *arg);

#endif
