/* throttle.c: for each key the time at which all its tries would be worked off (GCRA), in a table of fixed size. */
#include "core/throttle.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

#include "base/token.h"

#define SETS 2048
#define WAYS 8

struct slot {
	uint64_t key;
	int64_t until_us; /* in the past: free */
};

struct throttle {
	pthread_mutex_t lock;
	uint8_t secret[crypto_shorthash_KEYBYTES];
	struct slot slots[SETS][WAYS];
};

struct throttle *
throttle_new(void)
{
	struct throttle *t = calloc(1, sizeof *t);

	if (t == NULL)
		return NULL;
	token_random(t->secret, sizeof t->secret);
	(void)pthread_mutex_init(&t->lock, NULL);
	return t;
}

void
throttle_free(struct throttle *t)
{
	if (t == NULL)
		return;
	(void)pthread_mutex_destroy(&t->lock);
	free(t);
}

static uint64_t
hash(const struct throttle *t, struct str s)
{
	uint8_t out[crypto_shorthash_BYTES];
	uint64_t n = 0;

	(void)crypto_shorthash(out, (const uint8_t *)s.at, s.len, t->secret);
	for (size_t i = 0; i < sizeof out; i++)
		n = n << 8 | out[i];
	return n;
}

/* The rule's slot; a key that is new takes the one that is free soonest. */
static struct slot *
find(struct throttle *t, const struct throttle_rule *rule)
{
	uint64_t key = hash(t, rule->key) ^ hash(t, str_of(rule->name)) * 3;
	struct slot *set = t->slots[key % SETS], *oldest = set;

	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].key == key)
			return &set[i];
		if (set[i].until_us < oldest->until_us)
			oldest = &set[i];
	}
	*oldest = (struct slot){key, 0};
	return oldest;
}

int64_t
throttle_try(struct throttle *t, const struct throttle_rule *rules, size_t n, int64_t now_us)
{
	int64_t wait = 0;

	pthread_mutex_lock(&t->lock);
	for (size_t i = 0; i < n; i++) {
		int64_t ahead = find(t, &rules[i])->until_us - now_us;
		int64_t longer = ahead - (rules[i].burst - 1) * rules[i].interval_us;

		wait = longer > wait ? longer : wait;
	}
	for (size_t i = 0; wait == 0 && i < n; i++) {
		struct slot *slot = find(t, &rules[i]);

		slot->until_us = (slot->until_us > now_us ? slot->until_us : now_us) + rules[i].interval_us;
	}
	pthread_mutex_unlock(&t->lock);
	return wait;
}

void
throttle_return(struct throttle *t, const struct throttle_rule *rules, size_t n)
{
	pthread_mutex_lock(&t->lock);
	for (size_t i = 0; i < n; i++)
		find(t, &rules[i])->until_us -= rules[i].interval_us;
	pthread_mutex_unlock(&t->lock);
}
