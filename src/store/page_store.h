/* page_store.h: pages of words. Strings live in the arena. */
#ifndef STORE_PAGE_STORE_H
#define STORE_PAGE_STORE_H

#include "store/db.h"

struct words_page {
	int64_t id, updated_at;
	struct str slug, title, markdown; /* markdown: not in lists */
	bool in_footer;
};

enum err page_store_by_slug(struct db *db, struct arena *a, struct str slug, struct words_page *out);
enum err page_store_list(
    struct db *db, struct arena *a, bool footer_only, struct words_page **out, size_t *n);

/* Adds or replaces by slug. DB_WRITER. */
enum err page_store_put(struct db *db, const struct words_page *page, int64_t now, struct fault *f);
enum err page_store_remove(struct db *db, struct str slug); /* ERR_NOT_FOUND. DB_WRITER */

#endif
