/* memo_inside.h: a memo's parts, for the files that make it up. */
#ifndef BASE_MEMO_INSIDE_H
#define BASE_MEMO_INSIDE_H

#include <pthread.h>

#include "base/memo_below.h"
#include "base/memo_fill.h"
#include "base/memo_queue.h"
#include "base/memo_table.h"

struct memo {
	pthread_mutex_t lock;
	struct memo_table table;
	struct memo_queue queue;
	struct memo_fill *fills;
	struct memo_below *below; /* NULL: what leaves is gone */
	unsigned wait_ms;
	uint64_t hits, misses, evictions, returns;
};

void memo_lock(struct memo *m);
void memo_unlock(struct memo *m);

/* Entries that have left both orders, for after the lock. */
struct memo_leaving {
	struct memo_entry *gone, *below; /* below: to be written first */
};

/* Under the lock: takes an entry out of both orders, before the list *out. */
void memo_take_out(struct memo *m, struct memo_entry *e, struct memo_entry **out);
void memo_make_room(struct memo *m, size_t room, struct memo_leaving *out);

void memo_let_go(struct memo *m, const struct memo_leaving *out); /* without the lock */

#endif
