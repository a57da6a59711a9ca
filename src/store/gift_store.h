/* gift_store.h: gift links and how many have opened them. Strings live in the arena. */
#ifndef STORE_GIFT_STORE_H
#define STORE_GIFT_STORE_H

#include "store/db.h"

struct gift {
	int64_t id, subscriber_id, article_id, created_at, expires_at, readers_max;
	int64_t revoked_at;              /* 0: not */
	int64_t readers;                 /* how many have opened it */
	struct str title, section, slug; /* of the article */
};

struct gift_new {
	struct str hash, month; /* token_hash of the secret; "2026-11" */
	int64_t subscriber_id, article_id, now, expires_at, readers_max;
	int64_t limit; /* how many the giver may make in the month */
};

/* ERR_DENIED: the month's gifts are given. A gift taken back before anyone opened it is not counted. DB_WRITER. */
enum err gift_store_add(struct db *db, const struct gift_new *g, int64_t *id, struct fault *f);

/* How many the giver can still make. Not DB_PUBLIC. */
enum err gift_store_left(
    struct db *db, int64_t subscriber_id, struct str month, int64_t limit, int64_t *left);

/* By the hash of its secret; ERR_NOT_FOUND: none. Over, taken back and used up ones too. Not DB_PUBLIC. */
enum err gift_store_by_hash(struct db *db, struct arena *a, struct str hash, struct gift *out);

/* A giver's, newest first, those of the last 90 days. Not DB_PUBLIC. */
enum err gift_store_list(
    struct db *db, struct arena *a, int64_t subscriber_id, int64_t now, struct gift **out, size_t *n);

/* Counts a reader, once: ERR_NONE also when counted already. ERR_DENIED: no room, over or taken back. DB_WRITER. */
enum err gift_store_open(struct db *db, int64_t id, struct str reader, int64_t now);

/* Whether an opened gift still opens the article: ERR_NONE, or ERR_NOT_FOUND. Any role. */
enum err gift_store_holds(struct db *db, int64_t id, int64_t article_id, int64_t now);

/* ERR_NOT_FOUND: the giver has no such gift that is not taken back. DB_WRITER. */
enum err gift_store_revoke(struct db *db, int64_t subscriber_id, int64_t id, int64_t now);

/* Removes gifts that have been over for longer than keep_s. DB_WRITER. */
enum err gift_store_purge(struct db *db, int64_t now, int64_t keep_s, int64_t *n);

#endif
