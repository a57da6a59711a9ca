/* memo_fill.c: one maker a key, the others wait. */
#include "base/memo_fill.h"

#include <stdlib.h>
#include <string.h>

#include "base/wait.h"

struct memo_fill *
memo_fill_find(struct memo_fill *fills, uint64_t hash, struct str key)
{
	struct memo_fill *f = fills;

	while (f != NULL && (f->ended || f->hash != hash || !str_eq(f->key, key)))
		f = f->next;
	return f;
}

struct memo_fill *
memo_fill_begin(struct memo_fill **fills, uint64_t hash, struct str key, uint64_t since)
{
	struct memo_fill *f = calloc(1, sizeof *f + key.len + 1);

	if (f == NULL || !wait_open(&f->end)) {
		free(f);
		return NULL;
	}
	if (key.len > 0)
		memcpy(f->bytes, key.at, key.len);
	f->key = (struct str){f->bytes, key.len};
	f->hash = hash;
	f->since = since;
	f->next = *fills;
	f->back = fills;
	if (f->next != NULL)
		f->next->back = &f->next;
	*fills = f;
	return f;
}

void
memo_fill_doom(struct memo_fill *fills)
{
	for (struct memo_fill *f = fills; f != NULL; f = f->next)
		f->doomed = true;
}

static struct memo_value *
leave(struct memo_fill *f)
{
	struct memo_value *value = f->value;

	if (!f->ended || f->waiters > 0)
		return NULL;
	*f->back = f->next;
	if (f->next != NULL)
		f->next->back = f->back;
	(void)pthread_cond_destroy(&f->end);
	free(f);
	return value;
}

struct memo_value *
memo_fill_end(struct memo_fill *f, struct memo_value *value)
{
	f->ended = true;
	if (value != NULL && f->waiters > 0 && !f->doomed) {
		memo_hold(value);
		f->value = value;
	}
	(void)pthread_cond_broadcast(&f->end);
	return leave(f);
}

struct memo_value *
memo_fill_wait(struct memo_fill *f, pthread_mutex_t *lock, int64_t deadline, enum memo_wait *how,
    struct memo_value **value)
{
	bool in_time = true;

	f->waiters++;
	while (!f->ended && in_time)
		in_time = wait_until(&f->end, lock, deadline);
	f->waiters--;
	*how = !f->ended                       ? MEMO_WAIT_LATE
	       : f->value == NULL || f->doomed ? MEMO_WAIT_AGAIN
	                                       : MEMO_WAIT_SHARED;
	if (*how == MEMO_WAIT_SHARED) {
		memo_hold(f->value);
		*value = f->value;
	}
	return leave(f);
}
