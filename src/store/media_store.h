/* media_store.h: which articles show an image, and whether it is part of what is paid for. */
#ifndef STORE_MEDIA_STORE_H
#define STORE_MEDIA_STORE_H

#include "store/db.h"

#define MEDIA_ARTICLES_MAX 16

struct media_name {
	struct str name;
	bool gated;
};

/* Makes the article's images these. DB_WRITER, in the caller's transaction. */
enum err media_store_set(struct db *db, int64_t article_id, const struct media_name *names, size_t n);

struct media_listed {
	struct str name;
	bool lead; /* some article has it as its own */
};

/* All images that articles show, each once. Any role. */
enum err media_store_list(struct db *db, struct arena *a, struct media_listed **out, size_t *n);

/* The articles that show it wait for publish_stale now. DB_WRITER. */
enum err media_store_stale(struct db *db, struct str name);

struct media_use {
	bool free; /* some article shows it to everybody */
	struct {
		struct str section, slug;
	} gated[MEDIA_ARTICLES_MAX]; /* articles that show it to those who may read them */
	size_t gated_count;
};

/* ERR_NOT_FOUND: no article has it. Any role. */
enum err media_store_use(struct db *db, struct arena *a, struct str name, struct media_use *out);

#endif
