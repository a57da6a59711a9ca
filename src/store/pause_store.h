/* pause_store.h: pauses of readers' own subscriptions, and the time that is given back after them. */
#ifndef STORE_PAUSE_STORE_H
#define STORE_PAUSE_STORE_H

#include "store/db.h"

struct pause {
	int64_t id, starts_at;
	int64_t ends_at; /* 0: not known yet */
};

/* All of a reader's, oldest first. Any role. */
enum err pause_store_list(
    struct db *db, struct arena *a, int64_t subscriber_id, struct pause **out, size_t *n);

/* ends_at 0: until resumed. ERR_NOT_FOUND: no subscription of the reader's own runs at starts_at; ERR_INVALID: a pause
 * lies there already. DB_WRITER. */
enum err pause_store_begin(struct db *db, int64_t subscriber_id, int64_t starts_at, int64_t ends_at,
    struct str reason, struct fault *f);

/* How many days from at on a reader may still pause without asking: what the strictest plan that is paid for then allows
 * within 365 days (plan.pause_days), less the pauses of that time. 0 without a subscription. Any role. */
enum err pause_store_left(struct db *db, int64_t subscriber_id, int64_t at, int64_t *days);

/* A pause as a reader asks for it, which begins within a year. ERR_NOT_FOUND: no subscription of the reader's own runs at
 * starts_at; ERR_DENIED: longer than the plans allow; ERR_CONFLICT: a pause lies there already; ERR_INVALID: the times
 * cannot be. DB_WRITER. */
struct pause_wish {
	int64_t subscriber_id, now, starts_at, ends_at;
};
enum err pause_store_ask(struct db *db, const struct pause_wish *w, struct fault *f);

/* Takes back a pause of this reader's that has not begun. ERR_INVALID: it has. DB_WRITER. */
enum err pause_store_cancel(struct db *db, int64_t subscriber_id, int64_t pause_id, struct fault *f);

/* Ends the pause of now and gives its time back. ERR_NOT_FOUND: there is none. DB_WRITER. */
enum err pause_store_resume(struct db *db, int64_t subscriber_id, int64_t now, struct fault *f);

/* Gives back the time of every pause that is over. Safe to run at any time, any number of times. DB_WRITER. */
enum err pause_store_settle(struct db *db, int64_t now, int64_t *n, struct fault *f);

#endif
