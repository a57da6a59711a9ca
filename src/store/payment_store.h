/* payment_store.h: the messages of payment providers: each kept once, as it came, until it is worked off. */
#ifndef STORE_PAYMENT_STORE_H
#define STORE_PAYMENT_STORE_H

#include "store/db.h"

struct payment_event {
	int64_t id;
	struct str provider, event_id, type, body, state, error, customer;
	int64_t created_at, received_at, processed_at, tries;
	bool live;
};

/* Durable when it returns ERR_NONE. *fresh false: the same event was there. DB_WRITER, as all that change. */
enum err payment_store_put(struct db *db, const struct payment_event *event, bool *fresh);

/* What is to be worked off at this time, oldest first. In the transaction that works it off, so that two workers never
 * take the same. Strings live in the arena. */
enum err payment_store_next(
    struct db *db, struct arena *a, int64_t now, size_t limit, struct payment_event **out, size_t *n);

struct payment_outcome {
	const char *state; /* done, ignored, waiting, failed */
	const char *error;
	struct str customer;
	int64_t next_at; /* failed: when to try again */
	int64_t now;
};
enum err payment_store_finish(struct db *db, int64_t id, const struct payment_outcome *outcome);

/* All messages about a customer who was nobody's and now is somebody's. */
enum err payment_store_arrived(struct db *db, struct str provider, struct str customer, int64_t now);

/* To be read again: one (ERR_NOT_FOUND: no such event, or its body is gone). */
enum err payment_store_replay(struct db *db, struct str event_id);

/* Newest first, without bodies; state empty: all. */
enum err payment_store_list(
    struct db *db, struct arena *a, struct str state, size_t limit, struct payment_event **out, size_t *n);

/* Empties old bodies of what is settled; forgets customers whom nobody here has claimed. *n: rows. */
enum err payment_store_purge(struct db *db, int64_t before, int64_t unclaimed_before, int64_t *n);

#endif
