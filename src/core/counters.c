/* counters.c: an open-addressed table of sums behind one lock. */
#include "core/counters.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define SLOTS COUNTERS_MAX /* a power of two */
#define FULL_AT (SLOTS - SLOTS / 8)

struct counters {
	pthread_mutex_t lock;
	int64_t minute, day; /* the day of that minute: local days begin with one */
	size_t used;
	struct counter_sum slots[SLOTS]; /* n 0: free */
};

static const char *const names[] = {
    [COUNTER_FULL] = "full",
    [COUNTER_WALL] = "wall",
    [COUNTER_WALL_SEARCH] = "wall_search",
    [COUNTER_CREDIT] = "credit",
    [COUNTER_GIFT] = "gift",
    [COUNTER_OFFER] = "offer",
    [COUNTER_SIGN_IN] = "sign_in",
    [COUNTER_ACCOUNT] = "account",
    [COUNTER_SUBSCRIBE] = "subscribe",
    [COUNTER_NEWSLETTER] = "newsletter",
};
_Static_assert(sizeof names / sizeof *names == COUNTER_COUNT, "name every counter");

const char *
counter_name(enum counter c)
{
	return names[c];
}

struct counters *
counters_new(void)
{
	struct counters *c = calloc(1, sizeof *c);

	if (c != NULL)
		(void)pthread_mutex_init(&c->lock, NULL);
	return c;
}

void
counters_free(struct counters *c)
{
	if (c == NULL)
		return;
	(void)pthread_mutex_destroy(&c->lock);
	free(c);
}

int64_t
counters_day(int64_t at)
{
	struct clock_date d = clock_local(at);

	return (int64_t)d.year * 10000 + d.month * 100 + d.day;
}

static int64_t
day_of(struct counters *c, int64_t now)
{
	if (c->minute != now / 60) {
		c->day = counters_day(now);
		c->minute = now / 60;
	}
	return c->day;
}

static void
add_sum(struct counters *c, const struct counter_sum *sum)
{
	uint64_t hash = ((uint64_t)sum->article_id * 16 + (uint64_t)sum->kind) * 0x9e3779b97f4a7c15u;
	size_t i = (size_t)(hash >> 40) & (SLOTS - 1);

	while (c->slots[i].n != 0 && (c->slots[i].article_id != sum->article_id ||
	                                 c->slots[i].kind != sum->kind || c->slots[i].day != sum->day))
		i = (i + 1) & (SLOTS - 1);
	if (c->slots[i].n == 0) {
		if (c->used >= FULL_AT)
			return;
		c->used++;
		c->slots[i] = *sum;
		return;
	}
	c->slots[i].n += sum->n;
}

void
counters_add(struct counters *c, enum counter kind, int64_t article_id, int64_t now)
{
	if (c == NULL)
		return;
	pthread_mutex_lock(&c->lock);
	add_sum(c, &(struct counter_sum){day_of(c, now), kind, article_id, 1});
	pthread_mutex_unlock(&c->lock);
}

size_t
counters_take(struct counters *c, struct counter_sum *out)
{
	size_t n = 0;

	pthread_mutex_lock(&c->lock);
	for (size_t i = 0; i < SLOTS; i++)
		if (c->slots[i].n != 0)
			out[n++] = c->slots[i];
	memset(c->slots, 0, sizeof c->slots);
	c->used = 0;
	pthread_mutex_unlock(&c->lock);
	return n;
}

void
counters_return(struct counters *c, const struct counter_sum *sums, size_t n)
{
	pthread_mutex_lock(&c->lock);
	for (size_t i = 0; i < n; i++)
		add_sum(c, &sums[i]);
	pthread_mutex_unlock(&c->lock);
}

bool
counters_from_search(struct str referer)
{
	static const struct str engines[] = {STR_LITERAL("google."), STR_LITERAL("bing."),
	    STR_LITERAL("duckduckgo."), STR_LITERAL("qwant."), STR_LITERAL("ecosia."), STR_LITERAL("yahoo."),
	    STR_LITERAL("startpage."), STR_LITERAL("brave.")};
	size_t from = str_find(referer, STR("://"));
	struct str host = str_slice(referer, from + 3, referer.len);

	host = str_slice(host, 0, str_find(host, STR("/")));
	for (size_t i = 0; from < referer.len && i < sizeof engines / sizeof *engines; i++) {
		size_t at = str_find(host, engines[i]);

		if (at < host.len && (at == 0 || host.at[at - 1] == '.'))
			return true;
	}
	return false;
}
