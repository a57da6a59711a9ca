/* article_admin.h: what an editor does with articles by slug: list, publish, withdraw, remove. */
#ifndef STORE_ARTICLE_ADMIN_H
#define STORE_ARTICLE_ADMIN_H

#include "store/db.h"

/* Every article in any state for the command line, by id; after_id 0 starts. Any role. */
struct article_row {
	int64_t id, words, published_at, withdrawn_at, rendered_at; /* times 0: not */
	struct str slug, section, title, access, plans;             /* plans: "a, b"; empty: none asked */
};
enum err article_admin_list(
    struct db *db, struct arena *a, int64_t after_id, size_t limit, struct article_row **out, size_t *n);

/* DB_WRITER, by slug; ERR_NOT_FOUND. publish also ends a withdrawal; unpublish makes a draft of it. */
enum err article_admin_publish(struct db *db, struct str slug, int64_t at, struct fault *f);
enum err article_admin_unpublish(struct db *db, struct str slug, struct fault *f);
enum err article_admin_withdraw(struct db *db, struct str slug, int64_t at, struct fault *f);
enum err article_admin_remove(struct db *db, struct str slug, struct fault *f);

#endif
