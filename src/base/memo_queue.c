/* memo_queue.c: S3-FIFO (Yang et al., SOSP 2023): a small queue for the new, a main one for what was asked for again, and
 * ghosts of what left the small one, whose return goes straight to the main one. */
#include "base/memo_queue.h"

#include <stdlib.h>

#define ROUNDS 1024 /* second chances given in one search: it runs under the memo's lock */

bool
memo_queue_open(struct memo_queue *q, size_t budget, size_t slots)
{
	*q = (struct memo_queue){.budget = budget, .mask = slots - 1};
	q->ghosts = calloc(slots, sizeof *q->ghosts);
	return q->ghosts != NULL;
}

void
memo_queue_close(struct memo_queue *q)
{
	free(q->ghosts);
	q->ghosts = NULL;
}

static void
fifo_push(struct memo_fifo *f, struct memo_node *n)
{
	n->older = f->newest;
	n->newer = NULL;
	if (f->newest != NULL)
		f->newest->newer = n;
	else
		f->oldest = n;
	f->newest = n;
	f->bytes += n->cost;
	f->n++;
}

static void
fifo_take(struct memo_fifo *f, struct memo_node *n)
{
	if (n->older != NULL)
		n->older->newer = n->newer;
	else
		f->oldest = n->newer;
	if (n->newer != NULL)
		n->newer->older = n->older;
	else
		f->newest = n->older;
	n->older = n->newer = NULL;
	f->bytes -= n->cost;
	f->n--;
}

static uint32_t
print_of(uint64_t hash)
{
	return (uint32_t)(hash >> 32) | 1; /* 0 is an empty slot */
}

/* A ghost lives as long as there are values: that many departures later its key is news again. */
static bool
has_ghost(const struct memo_queue *q, uint64_t hash)
{
	const struct memo_ghost *g = &q->ghosts[hash & q->mask];

	return g->print == print_of(hash) && q->departures - g->at <= q->small.n + q->main.n;
}

static void
leave_ghost(struct memo_queue *q, uint64_t hash)
{
	q->ghosts[hash & q->mask] = (struct memo_ghost){print_of(hash), ++q->departures};
}

static struct memo_fifo *
fifo_of(struct memo_queue *q, const struct memo_node *n)
{
	return n->main ? &q->main : &q->small;
}

void
memo_queue_add(struct memo_queue *q, struct memo_node *n)
{
	n->main = n->main || has_ghost(q, n->hash);
	fifo_push(fifo_of(q, n), n);
}

bool
memo_queue_meet(struct memo_queue *q, uint64_t hash)
{
	bool known = has_ghost(q, hash);

	if (!known)
		leave_ghost(q, hash);
	return known;
}

void
memo_queue_remove(struct memo_queue *q, struct memo_node *n)
{
	fifo_take(fifo_of(q, n), n);
}

void
memo_queue_recost(struct memo_queue *q, struct memo_node *n, size_t cost)
{
	struct memo_fifo *f = fifo_of(q, n);

	f->bytes = f->bytes - n->cost + cost;
	n->cost = cost;
}

/* Takes the oldest of the queue whose turn it is. True: it goes. False: it was given another round in the main queue. */
static bool
take_oldest(struct memo_queue *q, bool last_round, struct memo_node **out)
{
	bool from_small = q->small.n > 0 && (q->small.bytes > q->budget / 10 || q->main.n == 0);
	struct memo_node *n = from_small ? q->small.oldest : q->main.oldest;

	*out = n;
	fifo_take(fifo_of(q, n), n);
	if (!last_round && n->uses > (from_small ? 1 : 0)) {
		n->uses = from_small ? 0 : (uint8_t)(n->uses - 1);
		n->main = true;
		fifo_push(&q->main, n);
		return false;
	}
	if (from_small)
		leave_ghost(q, n->hash);
	return true;
}

struct memo_node *
memo_queue_victim(struct memo_queue *q, size_t room)
{
	struct memo_node *n;

	if (room <= q->budget && q->small.bytes + q->main.bytes <= q->budget - room)
		return NULL;
	for (unsigned round = 1; q->small.n + q->main.n > 0; round++)
		if (take_oldest(q, round >= ROUNDS, &n))
			return n;
	return NULL;
}
