/* usage.c: a small table of sums. */
#include "core/usage.h"

#include <pthread.h>
#include <stdlib.h>

#define SLOTS ((size_t)4096)
#define PROBES ((size_t)16)

struct usage {
	pthread_mutex_t lock;
	struct usage_sum slots[SLOTS]; /* opened 0: free */
};

enum err
usage_open(struct usage **out)
{
	*out = calloc(1, sizeof **out);
	if (*out == NULL)
		return ERR_MEMORY;
	(void)pthread_mutex_init(&(*out)->lock, NULL);
	return ERR_NONE;
}

void
usage_close(struct usage *u)
{
	if (u == NULL)
		return;
	(void)pthread_mutex_destroy(&u->lock);
	free(u);
}

static void
add(struct usage *u, const struct usage_sum *more)
{
	size_t at = (size_t)more->institution_id * 2 + (more->source == SOURCE_SEAT);

	for (size_t i = 0; i < PROBES; i++) {
		struct usage_sum *s = &u->slots[(at + i) % SLOTS];

		if (s->opened != 0 &&
		    (s->institution_id != more->institution_id || s->source != more->source))
			continue;
		*s = (struct usage_sum){more->institution_id, more->source, s->opened + more->opened};
		break;
	}
}

void
usage_count(struct usage *u, const struct decision *decision)
{
	const struct entitlement_period *p = decision->period;

	if (u == NULL || p == NULL || decision->verdict != VERDICT_FULL || p->institution_id == 0)
		return;
	pthread_mutex_lock(&u->lock);
	add(u, &(struct usage_sum){p->institution_id, p->source, 1});
	pthread_mutex_unlock(&u->lock);
}

void
usage_return(struct usage *u, const struct usage_sum *sums, size_t n)
{
	pthread_mutex_lock(&u->lock);
	for (size_t i = 0; i < n; i++)
		add(u, &sums[i]);
	pthread_mutex_unlock(&u->lock);
}

size_t
usage_take(struct usage *u, struct usage_sum *out, size_t max)
{
	size_t n = 0;

	pthread_mutex_lock(&u->lock);
	for (size_t i = 0; i < SLOTS && n < max; i++)
		if (u->slots[i].opened != 0) {
			out[n++] = u->slots[i];
			u->slots[i].opened = 0;
		}
	pthread_mutex_unlock(&u->lock);
	return n;
}
