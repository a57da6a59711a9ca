/* session_store.h: signed-in devices and one-time links. The row is the authority, the token only names it. */
#ifndef STORE_SESSION_STORE_H
#define STORE_SESSION_STORE_H

#include "store/db.h"

/* Times 0: not. */
struct session_row {
	int64_t id, subscriber_id, created_at, expires_at, last_seen_at, revoked_at;
	bool
	    ended; /* by the account: its generation moved on or it is blocked; revoked_at and expires_at count beside */
	struct str label; /* only in lists */
};

struct session_new {
	int64_t subscriber_id, now, expires_at;
	struct str label; /* Firefox on Linux */
};

/* Makes a row with a random id below 2^53. ERR_NOT_FOUND: no such account, or it is blocked. DB_WRITER. */
enum err session_store_create(struct db *db, const struct session_new *s, int64_t *id, struct fault *f);

/* ERR_NOT_FOUND: there is none. Any role; label is left empty. */
enum err session_store_by_id(struct db *db, int64_t id, struct session_row *out);

/* One reader's sessions that are not over, last used first. Not DB_PUBLIC. */
enum err session_store_list(
    struct db *db, struct arena *a, int64_t subscriber_id, int64_t now, struct session_row **out, size_t *n);

/* ERR_NOT_FOUND: the reader has no such session that is not ended, whoever else may. DB_WRITER. */
enum err session_store_revoke(struct db *db, int64_t subscriber_id, int64_t id, int64_t now);
/* Every session of the reader except one (0: none). DB_WRITER. */
enum err session_store_revoke_all(
    struct db *db, int64_t subscriber_id, int64_t except_id, int64_t now, int64_t *n);

/* Notes that the session was used, at most once an hour; *written may be NULL. DB_WRITER. */
enum err session_store_touch(struct db *db, int64_t id, int64_t now, bool *written);

/* hash: token_hash of the secret. purpose: "session", … DB_WRITER. */
enum err session_store_link(struct db *db, struct str hash, int64_t subscriber_id, struct str purpose,
    int64_t now, int64_t expires_at, struct fault *f);
/* Whether the link could be used, changing nothing. ERR_NOT_FOUND: unknown, used or over. Not DB_PUBLIC. */
enum err session_store_link_peek(
    struct db *db, struct str hash, struct str purpose, int64_t now, int64_t *subscriber_id);
/* Uses it up: of any number at once exactly one gets ERR_NONE. ERR_NOT_FOUND else. DB_WRITER. */
enum err session_store_link_use(
    struct db *db, struct str hash, struct str purpose, int64_t now, int64_t *subscriber_id);

/* Removes sessions and links that are over for longer than keep_s. DB_WRITER. */
enum err session_store_purge(struct db *db, int64_t now, int64_t keep_s, int64_t *n);

#endif
