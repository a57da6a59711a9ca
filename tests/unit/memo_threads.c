/* memo_threads.c: one filler a key, and nothing withdrawn is seen again, whoever runs when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>

#include "base/clock.h"
#include "memo_page.h"

struct crowd {
	struct memo *m;
	pthread_barrier_t start;
	_Atomic int fills, hits, alone;
	size_t cost;
	bool drop; /* the first filler sees a drop while it works */
};

static void *
crowd_member(void *arg)
{
	struct crowd *c = arg;
	struct memo_value *v;
	struct memo_fill *fill;
	enum memo_found found;

	(void)pthread_barrier_wait(&c->start);
	found = memo_get(c->m, STR("front page"), &v, &fill);
	if (found == MEMO_FILL) {
		bool first = atomic_fetch_add(&c->fills, 1) == 0;

		clock_sleep_ms(20);
		if (first && c->drop)
			memo_drop_all(c->m);
		v = page_new(1, c->cost);
		(void)memo_store(c->m, fill, v, NULL, 0);
	} else {
		atomic_fetch_add(found == MEMO_HIT ? &c->hits : &c->alone, 1);
	}
	memo_release(v);
	return NULL;
}

static void
crowd_run(struct crowd *c, size_t budget)
{
	pthread_t threads[100];

	c->m = memo_new(budget, 120000);
	(void)pthread_barrier_init(&c->start, NULL, 100);
	for (int i = 0; i < 100; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, crowd_member, c), 0);
	for (int i = 0; i < 100; i++)
		(void)pthread_join(threads[i], NULL);
	(void)pthread_barrier_destroy(&c->start);
	memo_end(c->m);
}

static void
a_hundred_first_requests_make_one_page(void **state)
{
	struct crowd c = {.cost = 1000};

	(void)state;
	crowd_run(&c, 1 << 20);
	assert_int_equal(c.fills, 1);
	assert_int_equal(c.hits, 99);
}

static void
a_page_too_large_to_keep_is_still_shared(void **state)
{
	struct crowd c = {.cost = 1000};

	(void)state;
	crowd_run(&c, 500);
	assert_true(c.fills < 20); /* those who came after its end make their own */
	assert_int_equal(c.alone, 0);
}

static void
a_doomed_page_is_made_once_more(void **state)
{
	struct crowd c = {.cost = 1000, .drop = true};

	(void)state;
	crowd_run(&c, 1 << 20);
	assert_int_equal(c.fills, 2);
	assert_int_equal(c.hits, 98);
}

/* Rights change while readers read: what a reader gets after memo_drop returned was made after the change. */
struct town {
	struct memo *m;
	_Atomic int64_t truth[32]; /* what the tables say */
	_Atomic int64_t floor[32]; /* dropped up to here, exactly */
	_Atomic bool stop;
	_Atomic int64_t reads, wrong;
	int64_t hang; /* ticks */
};

static void *
town_reader(void *arg)
{
	struct town *t = arg;
	uint32_t seed = (uint32_t)(uintptr_t)&seed;

	while (!atomic_load(&t->stop)) {
		struct memo_value *v;
		struct memo_fill *fill;
		int64_t n, least;
		char text[32];
		enum memo_found found;

		seed = seed * 1664525 + 1013904223;
		n = (seed >> 16) % 32;
		least = atomic_load(&t->floor[n]);
		found = memo_get(t->m, key_of(n, text), &v, &fill);
		if (found == MEMO_FILL || found == MEMO_ALONE)
			v = page_new(atomic_load(&t->truth[n]), 300 + (seed >> 8) % 300);
		if (fill != NULL && found == MEMO_FILL)
			(void)memo_store(t->m, fill, v, &(struct memo_tag){1, n}, 1);
		else if (fill != NULL)
			memo_abandon(t->m, fill);
		if (number_of(v) < least)
			atomic_fetch_add(&t->wrong, 1);
		if (found == MEMO_HIT && seed % 64 == 0) {
			struct memo_value *better = page_new(number_of(v), 200);

			(void)memo_replace(t->m, key_of(n, text), v, better);
			memo_release(better);
		}
		memo_release(v);
		atomic_fetch_add(&t->reads, 1);
	}
	return NULL;
}

/* A busy machine may let nobody read for a long time. */
static bool
has_read_enough(struct town *t, int drops)
{
	return t->reads >= 100000 || (drops >= 400000 && t->reads > 1000) || clock_ticks() > t->hang;
}

static void
LK17_no_reader_sees_what_was_withdrawn(void **state)
{
	struct town t = {.m = memo_new(10000, 50), .hang = clock_ticks() + (int64_t)120 * 1000000};
	pthread_t readers[4];
	uint32_t seed = 3;

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&readers[i], NULL, town_reader, &t), 0);
	for (int i = 0; i < 4000 || !has_read_enough(&t, i); i++) {
		int64_t n, now;

		seed = seed * 1664525 + 1013904223;
		n = (seed >> 16) % 32;
		now = atomic_fetch_add(&t.truth[n], 1) + 1;
		if (seed % 512 == 0)
			memo_drop_all(t.m);
		else if (seed % 8 == 0)
			memo_drop(t.m, &(struct memo_tag){1, n}, 1, true);
		if (seed % 8 == 0 && seed % 512 != 0)
			continue; /* stale ones may still be shown */
		memo_drop(t.m, &(struct memo_tag){1, n}, 1, false);
		atomic_store(&t.floor[n], now);
	}
	atomic_store(&t.stop, true);
	for (int i = 0; i < 4; i++)
		(void)pthread_join(readers[i], NULL);
	assert_int_equal(t.wrong, 0);
	assert_true(t.reads > 1000);
	memo_end(t.m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_hundred_first_requests_make_one_page),
	    cmocka_unit_test(a_page_too_large_to_keep_is_still_shared),
	    cmocka_unit_test(a_doomed_page_is_made_once_more),
	    cmocka_unit_test(LK17_no_reader_sees_what_was_withdrawn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
