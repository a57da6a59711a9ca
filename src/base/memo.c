/* memo.c: the shared cache: one lock, held for a few instructions on a hit; values are freed outside it. */
#include "base/memo.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memo_fill.h"
#include "base/memo_queue.h"
#include "base/memo_table.h"

#define SLOTS_LEAST ((size_t)1 << 10)
#define SLOTS_MOST ((size_t)1 << 20)
#define BYTES_A_SLOT 512

struct memo {
	pthread_mutex_t lock;
	struct memo_table table;
	struct memo_queue queue;
	struct memo_fill *fills;
	unsigned wait_ms;
	uint64_t hits, misses, evictions;
};

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

static void
lock_memo(struct memo *m)
{
	(void)pthread_mutex_lock(&m->lock); /* fails only for misuse that cannot be here */
}

static void
unlock_memo(struct memo *m)
{
	(void)pthread_mutex_unlock(&m->lock);
}

/* Takes an entry out of both orders and puts it before the list *out, to be buried once the lock is given back. */
static void
remove_entry(struct memo *m, struct memo_entry *e, struct memo_entry **out)
{
	memo_queue_remove(&m->queue, &e->node);
	memo_table_remove(&m->table, e);
	e->aside = *out;
	*out = e;
}

static void
bury(struct memo_entry *list)
{
	while (list != NULL) {
		struct memo_entry *e = list;

		list = e->aside;
		memo_release(e->value);
		free(e);
	}
}

static void
make_room(struct memo *m, size_t room, struct memo_entry **out)
{
	struct memo_node *n;

	while ((n = memo_queue_victim(&m->queue, room)) != NULL) {
		struct memo_entry *e = (struct memo_entry *)n;

		memo_table_remove(&m->table, e);
		e->aside = *out;
		*out = e;
		m->evictions++;
	}
}

static void
remove_all(struct memo *m, struct memo_entry **out)
{
	while (m->queue.small.oldest != NULL)
		remove_entry(m, (struct memo_entry *)m->queue.small.oldest, out);
	while (m->queue.main.oldest != NULL)
		remove_entry(m, (struct memo_entry *)m->queue.main.oldest, out);
}

void
memo_close(struct memo *m)
{
	struct memo_entry *out = NULL;

	if (m == NULL)
		return;
	remove_all(m, &out);
	bury(out);
	memo_queue_close(&m->queue);
	memo_table_close(&m->table);
	(void)pthread_mutex_destroy(&m->lock);
	free(m);
}

static enum memo_found
take_entry(struct memo *m, struct memo_entry *e, struct memo_value **value, struct memo_fill **fill)
{
	if (e->node.uses < MEMO_USES)
		e->node.uses++;
	memo_hold(e->value);
	*value = e->value;
	if (!e->stale)
		return MEMO_HIT;
	if (memo_fill_find(m->fills, e->node.hash, e->key) == NULL)
		*fill = memo_fill_begin(&m->fills, e->node.hash, e->key);
	return MEMO_STALE;
}

struct memo_value *
memo_find(struct memo *m, struct str key)
{
	uint64_t hash = memo_table_hash(&m->table, key);
	struct memo_value *value = NULL;
	struct memo_fill *fill = NULL;
	struct memo_entry *e;

	lock_memo(m);
	e = memo_table_find(&m->table, hash, key);
	if (e != NULL && !e->stale) {
		(void)take_entry(m, e, &value, &fill);
		m->hits++;
	}
	unlock_memo(m);
	return value;
}

/* Waits for another thread's fill until *deadline, set at the first wait. True: it came to nothing, look again. */
static bool
wait_for(struct memo *m, struct memo_fill *other, int64_t *deadline, enum memo_found *found,
    struct memo_value **value)
{
	enum memo_wait how;
	struct memo_value *left;

	if (*deadline == 0)
		*deadline = clock_ticks() + (int64_t)m->wait_ms * 1000;
	left = memo_fill_wait(other, &m->lock, *deadline, &how, value);
	*found = how == MEMO_WAIT_SHARED ? MEMO_HIT : MEMO_ALONE;
	if (left != NULL) {
		unlock_memo(m);
		memo_release(left);
		lock_memo(m);
	}
	return how == MEMO_WAIT_AGAIN;
}

enum memo_found
memo_get(struct memo *m, struct str key, struct memo_value **value, struct memo_fill **fill)
{
	uint64_t hash = memo_table_hash(&m->table, key);
	enum memo_found found = MEMO_ALONE;
	struct memo_entry *e;
	struct memo_fill *other;
	int64_t deadline = 0;
	bool again = true;

	*value = NULL;
	*fill = NULL;
	lock_memo(m);
	while (again) {
		again = false;
		if ((e = memo_table_find(&m->table, hash, key)) != NULL)
			found = take_entry(m, e, value, fill);
		else if ((other = memo_fill_find(m->fills, hash, key)) != NULL)
			again = wait_for(m, other, &deadline, &found, value);
		else if ((*fill = memo_fill_begin(&m->fills, hash, key)) != NULL)
			found = MEMO_FILL;
		else
			found = MEMO_ALONE;
	}
	*(found == MEMO_HIT || found == MEMO_STALE ? &m->hits : &m->misses) += 1;
	unlock_memo(m);
	return found;
}

static struct memo_entry *
new_entry(const struct memo_fill *f, struct memo_value *value, const struct memo_tag *tags, size_t n)
{
	struct memo_entry *e = memo_entry_new(f->key, f->hash, n);

	if (e == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		e->links[i].kind = tags[i].kind;
		e->links[i].id = tags[i].id;
	}
	e->node.cost = memo_entry_cost(e) + value->cost;
	e->value = value;
	memo_hold(value);
	return e;
}

bool
memo_store(
    struct memo *m, struct memo_fill *fill, struct memo_value *value, const struct memo_tag *tags, size_t n)
{
	struct memo_entry *e = new_entry(fill, value, tags, n), *out = NULL, *old;
	struct memo_value *left;
	bool kept;

	lock_memo(m);
	kept = e != NULL && !fill->doomed && e->node.cost <= m->queue.budget;
	if (kept) {
		old = memo_table_find(&m->table, fill->hash, e->key);
		if (old != NULL) { /* a new edition inherits its place in line */
			e->node.main = old->node.main;
			e->node.uses = old->node.uses;
			remove_entry(m, old, &out);
		}
		make_room(m, e->node.cost, &out);
		memo_queue_add(&m->queue, &e->node);
		memo_table_add(&m->table, e);
	}
	left = memo_fill_end(fill, value);
	unlock_memo(m);
	if (!kept)
		bury(e);
	bury(out);
	memo_release(left);
	return kept;
}

void
memo_abandon(struct memo *m, struct memo_fill *fill)
{
	struct memo_value *left;

	lock_memo(m);
	left = memo_fill_end(fill, NULL);
	unlock_memo(m);
	memo_release(left);
}

bool
memo_replace(struct memo *m, struct str key, const struct memo_value *old, struct memo_value *better)
{
	uint64_t hash = memo_table_hash(&m->table, key);
	struct memo_value *left = NULL;
	struct memo_entry *e, *out = NULL;
	bool kept;

	lock_memo(m);
	e = memo_table_find(&m->table, hash, key);
	kept = e != NULL && e->value == old && !e->stale;
	if (kept) {
		memo_hold(better);
		left = e->value;
		e->value = better;
		memo_queue_recost(&m->queue, &e->node, memo_entry_cost(e) + better->cost);
		make_room(m, 0, &out);
	}
	unlock_memo(m);
	memo_release(left);
	bury(out);
	return kept;
}

void
memo_drop(struct memo *m, const struct memo_tag *tags, size_t n, bool stale)
{
	struct memo_entry *list = NULL, *out = NULL;

	lock_memo(m);
	memo_fill_doom(m->fills);
	for (size_t i = 0; i < n; i++)
		list = memo_table_pick(&m->table, tags[i].kind, tags[i].id, list);
	while (list != NULL) {
		struct memo_entry *e = list;

		list = e->aside;
		e->picked = false;
		e->stale = true;
		if (!stale)
			remove_entry(m, e, &out);
	}
	unlock_memo(m);
	bury(out);
}

void
memo_drop_all(struct memo *m)
{
	struct memo_entry *out = NULL;

	lock_memo(m);
	memo_fill_doom(m->fills);
	remove_all(m, &out);
	unlock_memo(m);
	bury(out);
}

struct memo_stats
memo_stats(struct memo *m)
{
	struct memo_stats s;

	lock_memo(m);
	s = (struct memo_stats){.hits = m->hits,
	    .misses = m->misses,
	    .evictions = m->evictions,
	    .bytes = m->queue.small.bytes + m->queue.main.bytes,
	    .entries = m->table.n};
	unlock_memo(m);
	return s;
}
