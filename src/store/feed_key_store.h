/* feed_key_store.h: keys of private feeds. */
#ifndef STORE_FEED_KEY_STORE_H
#define STORE_FEED_KEY_STORE_H

#include "store/db.h"

#define FEED_KEYS_MAX 5 /* open ones an account */

struct feed_key {
	int64_t id, subscriber_id, created_at;
};

/* ERR_NOT_FOUND: no such key, revoked, or its account is blocked. Not DB_PUBLIC. */
enum err feed_key_store_find(struct db *db, struct str hash, struct feed_key *out);

/* Open keys of an account, oldest first; in the arena. Not DB_PUBLIC. */
enum err feed_key_store_list(
    struct db *db, struct arena *a, int64_t subscriber_id, struct feed_key **out, size_t *n);

/* ERR_DENIED: the account has FEED_KEYS_MAX. DB_WRITER. */
enum err feed_key_store_add(struct db *db, int64_t subscriber_id, struct str hash, int64_t now);
/* ERR_NOT_FOUND: no open key of that account. DB_WRITER. */
enum err feed_key_store_revoke(struct db *db, int64_t subscriber_id, int64_t id, int64_t now);

#endif
