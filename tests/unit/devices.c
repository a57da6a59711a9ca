/* devices.c: who reads at present, and who came first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/devices.h"

#define NOW ((int64_t)1790000000)

static int
set_up(void **state)
{
	struct devices *d;

	assert_int_equal(devices_open(&d, NOW - 10), ERR_NONE);
	*state = d;
	return 0;
}

static int
tear_down(void **state)
{
	devices_close(*state);
	return 0;
}

static int32_t
ahead(struct devices *d, int64_t session, int64_t article, int64_t now)
{
	int32_t n;
	bool on;

	devices_ask(d, &(struct devices_visit){1, session, article, NOW, now}, &n, &on);
	return on ? -1 : n;
}

static void
first_come_first(void **state)
{
	struct devices *d = *state;

	assert_int_equal(ahead(d, 10, 5, NOW), 0);
	devices_note(d, &(struct devices_visit){1, 10, 5, NOW, NOW});
	assert_int_equal(ahead(d, 11, 5, NOW + 1), 1);
	devices_note(d, &(struct devices_visit){1, 11, 5, NOW, NOW + 1});
	assert_int_equal(ahead(d, 10, 6, NOW + 2), 0);
	assert_int_equal(ahead(d, 11, 6, NOW + 2), 1);
	assert_int_equal(ahead(d, 12, 6, NOW + 2), 2);
	devices_note(d, &(struct devices_visit){2, 13, 5, NOW, NOW});
	assert_int_equal(ahead(d, 12, 6, NOW + 2), 2); /* another account's do not count */
}

static void
an_open_article_stays_open(void **state)
{
	struct devices *d = *state;

	devices_note(d, &(struct devices_visit){1, 10, 5, NOW, NOW});
	assert_int_equal(ahead(d, 10, 5, NOW), -1);
	assert_int_equal(ahead(d, 10, 5, NOW + 86400), -1);
	assert_int_equal(ahead(d, 11, 5, NOW), 1);
}

static void
who_stops_reading_makes_room(void **state)
{
	struct devices *d = *state;

	devices_note(d, &(struct devices_visit){1, 10, 5, NOW, NOW});
	devices_note(d, &(struct devices_visit){1, 11, 5, NOW, NOW + 10});
	assert_int_equal(ahead(d, 11, 6, NOW + DEVICES_WINDOW_S), 0);
	devices_note(d, &(struct devices_visit){1, 11, 6, NOW, NOW + DEVICES_WINDOW_S});
	assert_int_equal(ahead(d, 10, 7, NOW + DEVICES_WINDOW_S), 1); /* who comes back stands behind */
}

static void
many_devices_and_accounts_lose_only_the_oldest(void **state)
{
	struct devices *d = *state;

	for (int64_t i = 1; i <= 100; i++)
		devices_note(d, &(struct devices_visit){1, i, 5, NOW, NOW + i});
	assert_in_range(ahead(d, 1000, 5, NOW + 101), 20, 100);
	for (int64_t account = 2; account < 100000; account++)
		devices_note(d, &(struct devices_visit){account, 1, 5, NOW, NOW});
	assert_in_range(ahead(d, 1000, 5, NOW + 101), 20, 100); /* they are newer than all those */
}

/* The daemon has just started again: whoever was reading before goes on, who comes new stands behind. */
static void
a_new_table_cuts_off_nobody_who_came_before_it(void **state)
{
	struct devices *d = *state;
	struct devices_visit old = {1, 12, 5, NOW - 100, NOW};
	int32_t n;
	bool on;

	devices_note(d, &(struct devices_visit){1, 10, 5, NOW, NOW});
	devices_note(d, &(struct devices_visit){1, 11, 5, NOW, NOW});
	assert_int_equal(ahead(d, 13, 5, NOW), 2);
	devices_ask(d, &old, &n, &on);
	assert_true(on);
	devices_note(d, &old);
	old.article = 6;
	devices_ask(d, &old, &n, &on);
	assert_false(on); /* the next article is another matter */
	assert_int_equal(n, 2);
	old.session = 14;
	old.now = NOW - 10 + DEVICES_WINDOW_S;
	devices_ask(d, &old, &n, &on);
	assert_false(on);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(first_come_first, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(an_open_article_stays_open, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
	        a_new_table_cuts_off_nobody_who_came_before_it, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(who_stops_reading_makes_room, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
	        many_devices_and_accounts_lose_only_the_oldest, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
