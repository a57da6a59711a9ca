/* revision_store.h: what articles were before, and their notes of correction. Strings live in the arena. */
#ifndef STORE_REVISION_STORE_H
#define STORE_REVISION_STORE_H

#include "store/db.h"

struct correction {
	int64_t id, at;
	struct str note; /* as typed */
};

/* Oldest first. Any role. */
enum err revision_store_corrections(
    struct db *db, struct arena *a, int64_t article_id, struct correction **out, size_t *n);
enum err revision_store_correct(
    struct db *db, int64_t article_id, struct str note, int64_t at, struct fault *f);

struct revision {
	int64_t id, until_at;
	struct str title, standfirst, markdown; /* markdown: not in lists */
};

/* Newest first; not DB_PUBLIC. */
enum err revision_store_list(
    struct db *db, struct arena *a, int64_t article_id, struct revision **out, size_t *n);
enum err revision_store_read(
    struct db *db, struct arena *a, int64_t article_id, int64_t id, struct revision *out);

#endif
