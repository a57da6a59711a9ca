/* section_store.h: sections, authors and tags by slug. Any role; strings live in the arena. */
#ifndef STORE_SECTION_STORE_H
#define STORE_SECTION_STORE_H

#include "store/db.h"

struct section {
	int64_t id;
	struct str slug, name, description;
};

struct author {
	int64_t id;
	struct str slug, name, bio;
	bool collective;
};

struct tag {
	int64_t id;
	struct str slug, name;
};

enum err section_store_all(
    struct db *db, struct arena *a, struct section **out, size_t *n); /* navigation order */
/* ERR_NOT_FOUND: no such slug. */
enum err section_store_by_slug(struct db *db, struct arena *a, struct str slug, struct section *out);
enum err section_store_author(struct db *db, struct arena *a, struct str slug, struct author *out);
enum err section_store_tag(struct db *db, struct arena *a, struct str slug, struct tag *out);

#endif
