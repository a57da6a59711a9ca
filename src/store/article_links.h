/* article_links.h: an article's bylines, tags and plans made what a draft says. DB_WRITER, in a transaction. */
#ifndef STORE_ARTICLE_LINKS_H
#define STORE_ARTICLE_LINKS_H

#include "store/article_store.h"

/* Nothing is written when nothing differs. Authors and tags are made on demand by slug, in order; plans must exist. */
enum err article_links_bylines(
    struct db *db, int64_t id, const struct article_name *names, size_t n, struct fault *f);
enum err article_links_tags(
    struct db *db, int64_t id, const struct article_name *names, size_t n, struct fault *f);
enum err article_links_plans(struct db *db, int64_t id, const struct str *slugs, size_t n, struct fault *f);

#endif
