/* memo.c: the shared cache: one lock, held for a few instructions on a hit; values are freed outside it. */
#include "base/memo.h"

#include <stdlib.h>

#include "base/memo_inside.h"

#define SLOTS_LEAST ((size_t)1 << 10)
#define SLOTS_MOST ((size_t)1 << 20)
#define BYTES_A_SLOT 512

/* A mutex whose waiters spin a little: it is held for well under a microsecond. */
static bool
open_lock(pthread_mutex_t *lock)
{
	pthread_mutexattr_t attr;
	bool ok;

	if (pthread_mutexattr_init(&attr) != 0)
		return false;
	ok = pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ADAPTIVE_NP) == 0 &&
	     pthread_mutex_init(lock, &attr) == 0;
	(void)pthread_mutexattr_destroy(&attr);
	return ok;
}

enum err
memo_open(struct memo **out, size_t budget, unsigned wait_ms)
{
	struct memo *m = calloc(1, sizeof *m);
	size_t slots = SLOTS_LEAST;

	*out = NULL;
	while (slots < SLOTS_MOST && slots < budget / BYTES_A_SLOT)
		slots *= 2;
	if (m == NULL || !open_lock(&m->lock))
		goto free_memo;
	if (!memo_table_open(&m->table, slots))
		goto close_lock;
	if (!memo_queue_open(&m->queue, budget, slots))
		goto close_table;
	m->wait_ms = wait_ms;
	*out = m;
	return ERR_NONE;

close_table:
	memo_table_close(&m->table);
close_lock:
	(void)pthread_mutex_destroy(&m->lock);
free_memo:
	free(m);
	return ERR_MEMORY;
}

void
memo_lock(struct memo *m)
{
	(void)pthread_mutex_lock(&m->lock); /* fails only for misuse that cannot be here */
}

void
memo_unlock(struct memo *m)
{
	(void)pthread_mutex_unlock(&m->lock);
}

void
memo_take_out(struct memo *m, struct memo_entry *e, struct memo_entry **out)
{
	memo_queue_remove(&m->queue, &e->node);
	memo_table_remove(&m->table, e);
	e->aside = *out;
	*out = e;
}

void
memo_make_room(struct memo *m, size_t room, struct memo_leaving *out)
{
	struct memo_node *n;

	while ((n = memo_queue_victim(&m->queue, room)) != NULL) {
		struct memo_entry *e = (struct memo_entry *)n;
		struct memo_entry **list = m->below == NULL || e->stale || e->below ? &out->gone
		                                                                    : &out->below;

		memo_table_remove(&m->table, e);
		e->aside = *list;
		*list = e;
		m->evictions++;
	}
}

void
memo_let_go(struct memo *m, const struct memo_leaving *out)
{
	if (out->below != NULL)
		memo_below_put(m->below, out->below);
	memo_entry_bury(out->gone);
}

static void
remove_all(struct memo *m, struct memo_entry **out)
{
	while (m->queue.small.oldest != NULL)
		memo_take_out(m, (struct memo_entry *)m->queue.small.oldest, out);
	while (m->queue.main.oldest != NULL)
		memo_take_out(m, (struct memo_entry *)m->queue.main.oldest, out);
}

void
memo_close(struct memo *m)
{
	struct memo_entry *out = NULL;

	if (m == NULL)
		return;
	memo_below_close(m->below);
	remove_all(m, &out);
	memo_entry_bury(out);
	memo_queue_close(&m->queue);
	memo_table_close(&m->table);
	(void)pthread_mutex_destroy(&m->lock);
	free(m);
}

enum err
memo_deepen(struct memo *m, struct spill *spill, const struct memo_form *form, size_t waiting)
{
	if (memo_table_remember(&m->table))
		return memo_below_open(&m->below, spill, form, waiting);
	spill_close(spill);
	return ERR_MEMORY;
}

bool
memo_replace(struct memo *m, struct str key, const struct memo_value *old, struct memo_value *better)
{
	uint64_t hash = memo_table_hash(&m->table, key);
	struct memo_value *left = NULL;
	struct memo_leaving out = {NULL, NULL};
	struct memo_entry *e;
	bool kept;

	memo_lock(m);
	e = memo_table_find(&m->table, hash, key);
	kept = e != NULL && e->value == old && !e->stale;
	if (kept) {
		memo_hold(better);
		left = e->value;
		e->value = better;
		e->below = false;
		memo_queue_recost(&m->queue, &e->node, memo_entry_cost(e) + better->cost);
		memo_make_room(m, 0, &out);
	}
	memo_unlock(m);
	memo_release(left);
	memo_let_go(m, &out);
	return kept;
}

void
memo_drop(struct memo *m, const struct memo_tag *tags, size_t n, bool stale)
{
	struct memo_entry *list = NULL, *out = NULL;

	memo_lock(m);
	memo_fill_doom(m->fills);
	for (size_t i = 0; i < n; i++)
		list = memo_table_pick(&m->table, tags[i].kind, tags[i].id, list);
	while (list != NULL) {
		struct memo_entry *e = list;

		list = e->aside;
		e->picked = false;
		e->stale = true;
		if (!stale)
			memo_take_out(m, e, &out);
	}
	memo_unlock(m);
	memo_entry_bury(out);
}

void
memo_drop_all(struct memo *m)
{
	struct memo_entry *out = NULL;

	memo_lock(m);
	memo_fill_doom(m->fills);
	memo_table_drop_all(&m->table);
	remove_all(m, &out);
	memo_unlock(m);
	memo_entry_bury(out);
}

struct memo_stats
memo_stats(struct memo *m)
{
	struct memo_stats s;

	memo_lock(m);
	s = (struct memo_stats){.hits = m->hits,
	    .misses = m->misses,
	    .evictions = m->evictions,
	    .returns = m->returns,
	    .below = m->below != NULL ? memo_below_bytes(m->below) : 0,
	    .bytes = m->queue.small.bytes + m->queue.main.bytes,
	    .entries = m->table.n};
	memo_unlock(m);
	return s;
}
