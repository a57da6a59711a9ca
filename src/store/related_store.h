/* related_store.h: the articles that an article leads to. Any role; strings live in the arena. */
#ifndef STORE_RELATED_STORE_H
#define STORE_RELATED_STORE_H

#include "store/list_store.h"

/* Ids of the articles that share most tags, newest first. */
enum err related_store_alike(
    struct db *db, struct arena *a, int64_t article_id, int64_t now, size_t limit, int64_t *ids, size_t *n);

/* Those of article_related, made when it was published; else most shared tags first; then, up to limit, the same
 * section, newest first. Never the article itself. ERR_NOT_FOUND: there is no such article. */
enum err related_store_cards(
    struct db *db, struct arena *a, int64_t article_id, int64_t now, size_t limit, struct cards *out);

#endif
