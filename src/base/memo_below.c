/* memo_below.c: a queue, a thread that writes what waits there, and entries as bytes: their tags, their key, their value. */
#include "base/memo_below.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memo_value.h"
#include "base/wait.h"

#define REST_MS 20 /* how long an entry may wait while the queue is less than half full */

struct memo_below {
	struct spill *spill;
	const struct memo_form *form;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t some;
	bool stop;
	struct memo_entry *waiting, **last;
	size_t bytes, most; /* of what waits, and may wait */
};

/* What stands before an entry's tags. */
struct shape {
	uint64_t since;
	uint32_t tags, key;
};

struct tag {
	int64_t id, kind;
};

static void
put_bytes(struct buf *out, const void *at, size_t n)
{
	buf_put(out, (struct str){at, n});
}

static void
write_entry(struct memo_below *b, const struct memo_entry *e, struct buf *out)
{
	const struct shape shape = {e->since, (uint32_t)e->n_links, (uint32_t)e->key.len};

	buf_clear(out);
	put_bytes(out, &shape, sizeof shape);
	for (size_t i = 0; i < e->n_links; i++)
		put_bytes(out, &(struct tag){e->links[i].id, e->links[i].kind}, sizeof(struct tag));
	buf_put(out, e->key);
	if (b->form->write(e->value, out) && !out->failed)
		(void)spill_put(b->spill, e->node.hash, buf_str(out));
}

static bool
take_bytes(struct str *from, void *to, size_t n)
{
	if (from->len < n)
		return false;
	memcpy(to, from->at, n);
	*from = str_slice(*from, n, from->len);
	return true;
}

/* An entry under that key. What lies under the same hash may be another's: then NULL. */
static struct memo_entry *
read_entry(struct memo_below *b, uint64_t hash, struct str key, struct str bytes)
{
	struct memo_entry *e;
	struct shape shape;
	struct tag tag;
	bool whole = take_bytes(&bytes, &shape, sizeof shape) && bytes.len / sizeof tag >= shape.tags;

	e = whole ? memo_entry_new(key, hash, shape.tags) : NULL;
	if (e == NULL)
		return NULL;
	e->since = shape.since;
	e->below = true;
	for (size_t i = 0; i < e->n_links && take_bytes(&bytes, &tag, sizeof tag); i++) {
		e->links[i].id = tag.id;
		e->links[i].kind = (int32_t)tag.kind;
	}
	if (shape.key == key.len && str_eq(str_slice(bytes, 0, key.len), key))
		e->value = b->form->read(str_slice(bytes, key.len, bytes.len));
	if (e->value != NULL) {
		e->node.cost = memo_entry_cost(e) + e->value->cost;
		return e;
	}
	memo_entry_bury(e);
	return NULL;
}

struct memo_entry *
memo_below_find(struct memo_below *b, uint64_t hash, struct str key)
{
	struct buf bytes = BUF_EMPTY;
	struct memo_entry *e = NULL;

	if (spill_get(b->spill, hash, &bytes))
		e = read_entry(b, hash, key, buf_str(&bytes));
	buf_free(&bytes);
	return e;
}

void
memo_below_put(struct memo_below *b, struct memo_entry *list)
{
	bool first, many;

	(void)pthread_mutex_lock(&b->lock);
	first = b->waiting == NULL;
	while (list != NULL && b->bytes + list->node.cost <= b->most) {
		struct memo_entry *e = list;

		list = e->aside;
		e->aside = NULL;
		*b->last = e;
		b->last = &e->aside;
		b->bytes += e->node.cost;
	}
	first = first && b->waiting != NULL;
	many = b->bytes > b->most / 2;
	(void)pthread_mutex_unlock(&b->lock);
	if (first || many)
		(void)pthread_cond_signal(&b->some);
	memo_entry_bury(list);
}

/* More may come soon: many are written in one go. */
static void
gather(struct memo_below *b)
{
	int64_t until = clock_ticks() + (int64_t)REST_MS * 1000;
	bool in_time = true;

	while (!b->stop && in_time && b->bytes <= b->most / 2)
		in_time = wait_until(&b->some, &b->lock, until);
}

/* All that waits; NULL: the end. Its bytes count as waiting until it is written. */
static struct memo_entry *
take_waiting(struct memo_below *b, size_t *bytes)
{
	struct memo_entry *list;

	(void)pthread_mutex_lock(&b->lock);
	while (!b->stop && b->waiting == NULL)
		(void)pthread_cond_wait(&b->some, &b->lock);
	gather(b);
	list = b->stop ? NULL : b->waiting;
	if (list != NULL) {
		b->waiting = NULL;
		b->last = &b->waiting;
	}
	*bytes = b->bytes;
	(void)pthread_mutex_unlock(&b->lock);
	return list;
}

static void *
below_main(void *arg)
{
	struct memo_below *b = arg;
	struct buf bytes = BUF_EMPTY;
	struct memo_entry *list;
	size_t taken;

	while ((list = take_waiting(b, &taken)) != NULL) {
		for (struct memo_entry *e = list; e != NULL; e = e->aside)
			write_entry(b, e, &bytes);
		memo_entry_bury(list);
		(void)pthread_mutex_lock(&b->lock);
		b->bytes -= taken;
		(void)pthread_mutex_unlock(&b->lock);
	}
	buf_free(&bytes);
	return NULL;
}

enum err
memo_below_open(struct memo_below **out, struct spill *spill, const struct memo_form *form, size_t waiting)
{
	struct memo_below *b = calloc(1, sizeof *b);

	*out = NULL;
	if (b == NULL || !wait_open(&b->some)) {
		free(b);
		spill_close(spill);
		return ERR_MEMORY;
	}
	b->spill = spill;
	b->form = form;
	b->most = waiting;
	b->last = &b->waiting;
	(void)pthread_mutex_init(&b->lock, NULL);
	if (pthread_create(&b->thread, NULL, below_main, b) != 0) {
		(void)pthread_cond_destroy(&b->some);
		(void)pthread_mutex_destroy(&b->lock);
		spill_close(spill);
		free(b);
		return ERR_INTERNAL;
	}
	*out = b;
	return ERR_NONE;
}

void
memo_below_close(struct memo_below *b)
{
	if (b == NULL)
		return;
	(void)pthread_mutex_lock(&b->lock);
	b->stop = true;
	(void)pthread_cond_signal(&b->some);
	(void)pthread_mutex_unlock(&b->lock);
	(void)pthread_join(b->thread, NULL);
	memo_entry_bury(b->waiting);
	(void)pthread_cond_destroy(&b->some);
	(void)pthread_mutex_destroy(&b->lock);
	spill_close(b->spill);
	free(b);
}

uint64_t
memo_below_bytes(struct memo_below *b)
{
	return spill_bytes(b->spill);
}
