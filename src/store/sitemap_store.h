/* sitemap_store.h: addresses of all listed articles, in parts. Any role; strings live in the arena. */
#ifndef STORE_SITEMAP_STORE_H
#define STORE_SITEMAP_STORE_H

#include "store/db.h"

#define SITEMAP_PART ((int64_t)10000) /* ids a part covers: about 1 MB */

struct sitemap_row {
	struct str section, slug, title;
	int64_t published_at, updated_at;
};

enum err sitemap_store_parts(struct db *db, int64_t *n); /* at least 1 */

/* Part n, from 1: listed articles with ids in ((n - 1) * SITEMAP_PART, n * SITEMAP_PART]. */
enum err sitemap_store_part(
    struct db *db, struct arena *a, int64_t part, int64_t now, struct sitemap_row **out, size_t *count);

/* Published since, newest first, at most limit. */
enum err sitemap_store_recent(struct db *db, struct arena *a, int64_t since, int64_t now, int64_t limit,
    struct sitemap_row **out, size_t *count);

#endif
