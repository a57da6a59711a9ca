/* subscriber_store.h: readers' accounts. Strings live in the arena. */
#ifndef STORE_SUBSCRIBER_STORE_H
#define STORE_SUBSCRIBER_STORE_H

#include "store/db.h"

#define SUBSCRIBER_EMAIL 254

struct subscriber {
	int64_t id, created_at, generation, blocked_at; /* blocked_at 0: not */
	struct str email, name, note;
};

/* For lists: the account and what its subscriptions come to at a time. */
struct subscriber_row {
	int64_t id, created_at;
	struct str email, name;
	struct str status; /* active (grace included), expired, none */
	struct str plans;  /* of active periods, else of all past ones: "a, b" */
	int64_t until;     /* when the last of them ends, grace left out; 0: none */
};

/* A typed address in the form the table has: trimmed, ASCII letters small, as sql/005 asks. false: it is none. */
bool subscriber_email(struct str typed, char out[SUBSCRIBER_EMAIL + 1]);

/* ERR_INVALID: no address; ERR_CONFLICT: it has an account already. DB_WRITER. */
enum err subscriber_store_add(struct db *db, struct str email, struct str name, int64_t *id, struct fault *f);

/* By any spelling of the address. Not DB_PUBLIC, which may not read addresses. */
enum err subscriber_store_by_email(struct db *db, struct arena *a, struct str email, struct subscriber *out);
enum err subscriber_store_by_id(struct db *db, struct arena *a, int64_t id, struct subscriber *out);

/* One account, and a part of all of them by id; after_id 0 starts. Not DB_PUBLIC. */
enum err subscriber_store_row(
    struct db *db, struct arena *a, int64_t id, int64_t now, struct subscriber_row *out);
enum err subscriber_store_list(struct db *db, struct arena *a, int64_t after_id, int64_t now, size_t limit,
    struct subscriber_row **out, size_t *n);

/* Ends all sessions of the account. DB_WRITER. */
enum err subscriber_store_end_sessions(struct db *db, int64_t id);

/* Removes all that is kept about the person; sessions end with it. ERR_NOT_FOUND. DB_WRITER. */
/* Ends up to a thousand accounts that nobody signed in to since that moment, without a period or a seat after it. */
enum err subscriber_store_purge(struct db *db, int64_t silent_since, int64_t *n);
enum err subscriber_store_erase(struct db *db, int64_t id, struct fault *f);

#endif
