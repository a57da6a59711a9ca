/* memo_below.c: what left memory comes back from disk, and nothing that was withdrawn meanwhile does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "memo_page.h"

#define COST ((size_t)1000)
#define WAIT_MS 120000 /* a hang */

static bool
write_page(const struct memo_value *v, struct buf *out)
{
	int64_t n = number_of(v);

	buf_put(out, (struct str){(const char *)&n, sizeof n});
	return n >= 0; /* those below nought stay in memory */
}

static struct memo_value *
read_page(struct str bytes)
{
	int64_t n;

	assert_int_equal(bytes.len, sizeof n);
	memcpy(&n, bytes.at, sizeof n);
	return page_new(n, COST);
}

static struct memo *
deep_memo(size_t budget)
{
	static const struct memo_form form = {write_page, read_page};
	struct memo *m = memo_new(budget, 100);
	struct fault f = {""};
	struct spill *s;

	assert_int_equal(spill_open_ring(&s, "/tmp", 16 << 20, &f), ERR_NONE);
	assert_int_equal(memo_deepen(m, s, &form, (size_t)256 << 10), ERR_NONE);
	return m;
}

/* The page under key n, made when it is nowhere; its tags are n and n % 10. */
static bool
visit(struct memo *m, int64_t n, int64_t number)
{
	const struct memo_tag tags[] = {{1, n}, {2, n % 10}};
	struct memo_fill *fill = NULL;
	char text[32];
	struct memo_value *v = memo_find(m, key_of(n, text));
	bool there = v != NULL;

	if (v == NULL)
		(void)memo_get(m, key_of(n, text), &v, &fill);
	if (fill != NULL) {
		memo_release(v);
		v = page_new(number, COST);
		(void)memo_store(m, fill, v, tags, 2);
	}
	assert_non_null(v);
	memo_release(v);
	return there;
}

/* Its number, or -1. */
static int64_t
find(struct memo *m, int64_t n)
{
	char text[32];
	struct memo_value *v = memo_find(m, key_of(n, text));
	int64_t number = v == NULL ? -1 : number_of(v);

	memo_release(v);
	return number;
}

/* Until page n has been written: a thread of its own does it. */
static int64_t
await(struct memo *m, int64_t n)
{
	int64_t number, deadline = clock_ticks() + (int64_t)WAIT_MS * 1000;

	while ((number = find(m, n)) < 0 && clock_ticks() < deadline)
		clock_sleep_ms(1);
	return number;
}

/* A memo of some ten pages, through which a hundred have gone. */
static struct memo *
full_memo(void)
{
	struct memo *m = deep_memo(13000);

	for (int64_t n = 0; n < 100; n++)
		assert_false(visit(m, n, n));
	assert_int_equal(await(m, 80), 80); /* the queue is written in its order */
	return m;
}

static void
what_left_comes_back(void **state)
{
	struct memo *m = full_memo();

	(void)state;
	for (int64_t n = 0; n <= 80; n++)
		assert_int_equal(find(m, n), n);
	assert_true(memo_stats(m).returns >= 80);
	assert_true(memo_stats(m).bytes <= 13000);
	assert_true(memo_stats(m).below > 0);
	assert_int_equal(find(m, 1000), -1);
	memo_end(m);
}

static void
LK17_a_withdrawal_is_exact_on_disk_too(void **state)
{
	struct memo *m = full_memo();
	int there = 0;

	(void)state;
	memo_drop(m, &(struct memo_tag){1, 17}, 1, false);
	memo_drop(m, &(struct memo_tag){2, 5}, 1, true);
	for (int64_t n = 0; n <= 80; n++) {
		int64_t found = find(m, n);

		if (n == 17 || n % 10 == 5)
			assert_int_equal(found, -1);
		there += found == n;
	}
	assert_true(there > 40);          /* tags that share a slot are taken for one */
	assert_false(visit(m, 17, 1700)); /* made anew, and that is what comes back */
	for (int64_t n = 200; n < 260; n++)
		(void)visit(m, n, n);
	assert_int_equal(await(m, 17), 1700);
	memo_drop_all(m);
	for (int64_t n = 0; n <= 80; n++)
		assert_int_equal(find(m, n), -1);
	memo_end(m);
}

static void
what_comes_back_twice_stays(void **state)
{
	struct memo *m = full_memo();
	uint64_t returns;

	(void)state;
	assert_int_equal(find(m, 3), 3);
	assert_int_equal(find(m, 3), 3);
	returns = memo_stats(m).returns;
	assert_int_equal(find(m, 3), 3);
	assert_int_equal(memo_stats(m).returns, returns);
	memo_drop(m, &(struct memo_tag){1, 3}, 1, false);
	assert_int_equal(find(m, 3), -1);
	memo_end(m);
}

static void
a_better_form_is_what_comes_back(void **state)
{
	struct memo *m = deep_memo(13000);
	struct memo_value *better = page_new(501, COST), *old;
	char text[32];

	(void)state;
	(void)visit(m, 1, 500);
	old = memo_find(m, key_of(1, text));
	assert_non_null(old);
	assert_true(memo_replace(m, key_of(1, text), old, better));
	memo_release(old);
	memo_release(better);
	for (int64_t n = 2; n < 100; n++)
		(void)visit(m, n, n);
	assert_int_equal(await(m, 1), 501);
	memo_end(m);
}

static void
what_cannot_be_written_is_gone(void **state)
{
	struct memo *m = deep_memo(13000);

	(void)state;
	(void)visit(m, 1, -7);
	for (int64_t n = 2; n < 100; n++)
		(void)visit(m, n, n);
	assert_int_equal(await(m, 2), 2);
	assert_int_equal(find(m, 1), -1);
	memo_end(m);
}

/* Rights change while pages come and go between memory and disk: nobody sees one from before a drop that has ended. */
struct town {
	struct memo *m;
	_Atomic int64_t truth[64], floor[64];
	_Atomic bool stop;
	_Atomic int64_t reads, wrong;
};

static void *
town_reader(void *arg)
{
	struct town *t = arg;
	uint32_t seed = (uint32_t)(uintptr_t)&seed;

	while (!atomic_load(&t->stop)) {
		int64_t n, least, seen;

		seed = seed * 1664525 + 1013904223;
		n = (seed >> 16) % 64;
		least = atomic_load(&t->floor[n]);
		seen = find(t->m, n);
		if (seen >= 0 && seen < least)
			atomic_fetch_add(&t->wrong, 1);
		if (seen < 0) {
			struct memo_fill *fill;
			struct memo_value *v;
			char text[32];

			if (memo_get(t->m, key_of(n, text), &v, &fill) == MEMO_FILL) {
				v = page_new(atomic_load(&t->truth[n]), COST);
				(void)memo_store(t->m, fill, v, &(struct memo_tag){1, n}, 1);
			} else if (fill != NULL) {
				memo_abandon(t->m, fill);
			}
			memo_release(v);
		}
		atomic_fetch_add(&t->reads, 1);
	}
	return NULL;
}

static void
LK17_no_reader_sees_what_was_withdrawn(void **state)
{
	struct town t = {.m = deep_memo(20000)};
	int64_t deadline = clock_ticks() + (int64_t)WAIT_MS * 1000;
	pthread_t readers[4];
	uint32_t seed = 3;

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&readers[i], NULL, town_reader, &t), 0);
	while ((t.reads < 50000 || memo_stats(t.m).returns < 200) && clock_ticks() < deadline) {
		int64_t n, now;

		seed = seed * 1664525 + 1013904223;
		n = (seed >> 16) % 64;
		now = atomic_fetch_add(&t.truth[n], 1) + 1;
		memo_drop(t.m, &(struct memo_tag){1, n}, 1, seed % 8 == 0);
		if (seed % 8 != 0)
			atomic_store(&t.floor[n], now);
		if (seed % 64 == 0)
			clock_sleep_ms(30); /* so that some are written, and come back */
	}
	atomic_store(&t.stop, true);
	for (int i = 0; i < 4; i++)
		(void)pthread_join(readers[i], NULL);
	assert_int_equal(t.wrong, 0);
	assert_true(memo_stats(t.m).returns > 0);
	memo_end(t.m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_left_comes_back),
	    cmocka_unit_test(LK17_a_withdrawal_is_exact_on_disk_too),
	    cmocka_unit_test(what_comes_back_twice_stays),
	    cmocka_unit_test(a_better_form_is_what_comes_back),
	    cmocka_unit_test(what_cannot_be_written_is_gone),
	    cmocka_unit_test(LK17_no_reader_sees_what_was_withdrawn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
