/* memo_fill.c: one maker a key, the others wait. */
#include "base/memo_fill.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

struct memo_fill *
memo_fill_find(struct memo_fill *fills, uint64_t hash, struct str key)
{
	struct memo_fill *f = fills;

	while (f != NULL && (f->ended || f->hash != hash || !str_eq(f->key, key)))
		f = f->next;
	return f;
}

static bool
open_end(pthread_cond_t *end)
{
	pthread_condattr_t attr;
	bool ok;

	if (pthread_condattr_init(&attr) != 0)
		return false;
	ok = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0 && pthread_cond_init(end, &attr) == 0;
	(void)pthread_condattr_destroy(&attr);
	return ok;
}

struct memo_fill *
memo_fill_begin(struct memo_fill **fills, uint64_t hash, struct str key)
{
	struct memo_fill *f = calloc(1, sizeof *f + key.len + 1);

	if (f == NULL || !open_end(&f->end)) {
		free(f);
		return NULL;
	}
	if (key.len > 0)
		memcpy(f->bytes, key.at, key.len);
	f->key = (struct str){f->bytes, key.len};
	f->hash = hash;
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
	struct timespec until = {.tv_sec = deadline / 1000000, .tv_nsec = deadline % 1000000 * 1000};
	int late = 0;

	f->waiters++;
	while (!f->ended && late == 0)
		late = pthread_cond_timedwait(&f->end, lock, &until);
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
