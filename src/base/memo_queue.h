/* memo_queue.h: which value goes when a memo is full: S3-FIFO, so that a scan passes through without a trace. */
#ifndef BASE_MEMO_QUEUE_H
#define BASE_MEMO_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One value's place; part of the memo's own entry. Under the memo's lock, as all below. */
struct memo_node {
	struct memo_node *older, *newer;
	uint64_t hash; /* of the key */
	size_t cost;   /* bytes; fixed while queued */
	uint8_t uses;  /* hits since it was last looked at, 0..MEMO_USES */
	bool main;     /* in the main queue: it was asked for again */
};

#define MEMO_USES 3

struct memo_fifo {
	struct memo_node *oldest, *newest;
	size_t bytes, n;
};

/* The memory of a key that went not long ago, direct-mapped by its hash. */
struct memo_ghost {
	uint32_t print, at;
};

struct memo_queue {
	struct memo_fifo small, main;
	struct memo_ghost *ghosts;
	size_t mask;         /* ghosts - 1 */
	uint32_t departures; /* the ghosts' clock */
	size_t budget;
};

bool memo_queue_open(struct memo_queue *q, size_t budget, size_t slots); /* slots: a power of two */
void memo_queue_close(struct memo_queue *q);

/* The newest of the main queue when main is set or the key has a ghost, else of the small one. */
void memo_queue_add(struct memo_queue *q, struct memo_node *n);
/* Whether the key left not long ago, or was asked about: then it is worth its place. From now on it is. */
bool memo_queue_meet(struct memo_queue *q, uint64_t hash);
void memo_queue_remove(struct memo_queue *q, struct memo_node *n);
void memo_queue_recost(struct memo_queue *q, struct memo_node *n, size_t cost);

/* Takes out the value to give up so that room more bytes fit; NULL when they do, or nothing is left. */
struct memo_node *memo_queue_victim(struct memo_queue *q, size_t room);

#endif
