/* memo_fill.h: who is making which value, and who waits for it. All under the memo's lock. */
#ifndef BASE_MEMO_FILL_H
#define BASE_MEMO_FILL_H

#include <pthread.h>

#include "base/memo_value.h"
#include "base/str.h"

/* One thread makes the value of this key. In the list until it has ended and the last waiter has left. */
struct memo_fill {
	struct memo_fill *next, **back;
	pthread_cond_t end;
	uint64_t hash, since; /* since: the table's clock when it began */
	struct memo_value
	    *value; /* for the waiters, once ended: even a value too large to keep is made once */
	unsigned waiters;
	bool ended, doomed; /* doomed: something was dropped since it began, the value may be out of date */
	struct str key;
	char bytes[];
};

enum memo_wait {
	MEMO_WAIT_SHARED, /* *value is yours to release */
	MEMO_WAIT_AGAIN,  /* it ended without a value that may be shown: look again */
	MEMO_WAIT_LATE    /* the deadline has passed */
};

struct memo_fill *memo_fill_find(
    struct memo_fill *fills, uint64_t hash, struct str key); /* under way, or NULL */
/* NULL: out of memory. */
struct memo_fill *memo_fill_begin(struct memo_fill **fills, uint64_t hash, struct str key, uint64_t since);
void memo_fill_doom(struct memo_fill *fills);

/* Ends it and wakes the waiters; value may be NULL. Both may free the fill, and return a reference that is left over, to be
 * released once the lock is given back (or NULL). deadline in clock_ticks. */
struct memo_value *memo_fill_end(struct memo_fill *f, struct memo_value *value);
struct memo_value *memo_fill_wait(struct memo_fill *f, pthread_mutex_t *lock, int64_t deadline,
    enum memo_wait *how, struct memo_value **value);

#endif
