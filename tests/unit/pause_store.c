/* pause_store.c: a pause rests what was paid and gives every second of it back. */
#include "store/pause_store.h"

#include "store_help.h"
#include "store/subscription_store.h"

#define UNTIL (NOW + 30 * DAY)

static int64_t
paid_days(struct site *s)
{
	static const char sql[] =
	    "SELECT sum(ends_at - starts_at) / 86400 FROM subscription WHERE subscriber_id = 1";
	int64_t n = -1;

	assert_int_equal(db_int(s->writer, &n, sql, ""), ERR_NONE);
	return n;
}

static void
a_pause_gives_its_time_back(void **state)
{
	struct site *s = *state;
	struct period *periods;
	struct pause *pauses;
	size_t n;

	site_script(s,
	    "INSERT INTO subscription (subscriber_id, plan_id, kind, starts_at, ends_at, grace_s) VALUES"
	    " (1, 1, 'paid', 1780000000 - 86400, 1780000000 + 30 * 86400, 86400)");
	assert_int_equal(pause_store_begin(s->writer, 1, NOW, 0, STR("holidays"), &s->f), ERR_NONE);
	assert_int_equal(pause_store_begin(s->writer, 1, NOW + DAY, 0, STR("again"), &s->f), ERR_INVALID);
	assert_int_equal(pause_store_list(s->open, &s->arena, 1, &pauses, &n), ERR_NONE);
	assert_int_equal(n, 1);
	assert_int_equal(pauses[0].ends_at, 0);
	assert_int_equal(pause_store_resume(s->writer, 1, NOW + 10 * DAY, &s->f), ERR_NONE);
	assert_int_equal(pause_store_resume(s->writer, 1, NOW + 10 * DAY, &s->f), ERR_NOT_FOUND);
	assert_int_equal(subscription_store_periods(s->open, &s->arena, 1, &periods, &n), ERR_NONE);
	assert_int_equal(n, 2);
	assert_int_equal(periods[1].starts_at, UNTIL);
	assert_int_equal(periods[1].ends_at, UNTIL + 10 * DAY);
	assert_int_equal(periods[1].grace_s, DAY);
	assert_true(str_eq(periods[1].kind, STR("paid")));
}

static void
a_pause_longer_than_the_period_starts_the_rest_at_its_end(void **state)
{
	struct site *s = *state;
	struct period *periods;
	size_t n;
	int64_t settled;

	site_script(s, "INSERT INTO subscription (subscriber_id, plan_id, starts_at, ends_at) VALUES"
	               " (1, 1, 1780000000 - 86400, 1780000000 + 2 * 86400)");
	assert_int_equal(pause_store_begin(s->writer, 1, NOW, NOW + 20 * DAY, STR(""), &s->f), ERR_NONE);
	assert_int_equal(pause_store_settle(s->writer, NOW + 19 * DAY, &settled, &s->f), ERR_NONE);
	assert_int_equal(settled, 0);
	assert_int_equal(pause_store_settle(s->writer, NOW + 21 * DAY, &settled, &s->f), ERR_NONE);
	assert_int_equal(settled, 1);
	assert_int_equal(pause_store_settle(s->writer, NOW + 21 * DAY, &settled, &s->f), ERR_NONE);
	assert_int_equal(settled, 0);
	assert_int_equal(subscription_store_periods(s->open, &s->arena, 1, &periods, &n), ERR_NONE);
	assert_int_equal(n, 2);
	assert_int_equal(periods[1].starts_at, NOW + 20 * DAY);
	assert_int_equal(periods[1].ends_at, NOW + 22 * DAY);
	assert_int_equal(paid_days(s), 5);
}

static void
without_a_running_subscription_there_is_no_pause(void **state)
{
	struct site *s = *state;

	assert_int_equal(pause_store_begin(s->writer, 1, NOW, 0, STR(""), &s->f), ERR_NOT_FOUND);
	assert_int_equal(pause_store_begin(s->writer, 99, NOW, 0, STR(""), &s->f), ERR_NOT_FOUND);
	assert_int_equal(pause_store_resume(s->writer, 1, NOW, &s->f), ERR_NOT_FOUND);
}

#define PLANS "UPDATE plan SET pause_days = 60 WHERE id = 1; UPDATE plan SET pause_days = 20 WHERE id = 2;"

static enum err
ask(struct site *s, int first_day, int days)
{
	const struct pause_wish w = {1, NOW, NOW + first_day * DAY, NOW + (first_day + days) * DAY};

	return pause_store_ask(s->writer, &w, &s->f);
}

static void
readers_pause_as_long_as_their_plans_allow(void **state)
{
	struct site *s = *state;
	int64_t left = -1;

	assert_int_equal(ask(s, 0, 5), ERR_NOT_FOUND);
	site_script(s, "INSERT INTO subscription (subscriber_id, plan_id, starts_at, ends_at) VALUES"
	               " (1, 1, 1780000000 - 86400, 1780000000 + 900 * 86400)");
	assert_int_equal(ask(s, 0, 5), ERR_DENIED); /* a plan's own rule is: not by themselves */
	site_script(s, PLANS);
	assert_int_equal(pause_store_left(s->open, 1, NOW, &left), ERR_NONE);
	assert_int_equal(left, 60);
	assert_int_equal(ask(s, -1, 5), ERR_INVALID); /* what is over was read */
	assert_int_equal(ask(s, 0, 0), ERR_INVALID);
	assert_int_equal(ask(s, 10, -3), ERR_INVALID);
	assert_int_equal(ask(s, 0, 61), ERR_DENIED);
	assert_int_equal(ask(s, 400, 5), ERR_INVALID); /* more than a year ahead */
	assert_int_equal(ask(s, 0, 40), ERR_NONE);
	assert_int_equal(ask(s, 20, 10), ERR_CONFLICT);
	assert_int_equal(ask(s, 50, 21), ERR_DENIED);
	assert_int_equal(ask(s, 50, 20), ERR_NONE);
	assert_int_equal(ask(s, 100, 1), ERR_DENIED);
	assert_int_equal(pause_store_left(s->open, 1, NOW + 100 * DAY, &left), ERR_NONE);
	assert_int_equal(left, 0);
	assert_int_equal(ask(s, 364, 20), ERR_DENIED);
	assert_int_equal(pause_store_left(s->open, 1, NOW + 366 * DAY, &left), ERR_NONE);
	assert_int_equal(left, 40); /* the first 40 days lie more than a year back */
}

static void
of_several_plans_the_strictest_counts(void **state)
{
	struct site *s = *state;
	int64_t left = -1;

	site_script(s, PLANS "INSERT INTO subscription (subscriber_id, plan_id, starts_at, ends_at) VALUES"
	                     " (1, 1, 1780000000 - 86400, 1780000000 + 90 * 86400),"
	                     " (1, 2, 1780000000 + 10 * 86400, 1780000000 + 90 * 86400)");
	assert_int_equal(pause_store_left(s->open, 1, NOW + 20 * DAY, &left), ERR_NONE);
	assert_int_equal(left, 20);
	assert_int_equal(ask(s, 20, 21), ERR_DENIED);
	assert_int_equal(ask(s, 20, 20), ERR_NONE);
}

static void
a_pause_to_come_is_taken_back_one_that_began_is_not(void **state)
{
	struct site *s = *state;
	struct pause *pauses;
	int64_t left;
	size_t n;

	site_script(s, PLANS "INSERT INTO subscription (subscriber_id, plan_id, starts_at, ends_at) SELECT"
	                     " 1, 1, unixepoch() - 86400, unixepoch() + 90 * 86400;"
	                     "INSERT INTO subscription_pause (subscriber_id, starts_at, ends_at) SELECT"
	                     " 1, unixepoch() + 9 * 86400, unixepoch() + 19 * 86400;"
	                     "INSERT INTO subscription_pause (subscriber_id, starts_at, ends_at) SELECT"
	                     " 1, unixepoch() - 10, unixepoch() + 86400");
	assert_int_equal(pause_store_list(s->open, &s->arena, 1, &pauses, &n), ERR_NONE);
	assert_int_equal(n, 2);
	assert_int_equal(pause_store_cancel(s->writer, 99, pauses[1].id, &s->f), ERR_NOT_FOUND);
	assert_int_equal(pause_store_cancel(s->writer, 1, pauses[0].id, &s->f), ERR_INVALID);
	assert_int_equal(pause_store_cancel(s->writer, 1, pauses[1].id, &s->f), ERR_NONE);
	assert_int_equal(pause_store_cancel(s->writer, 1, pauses[1].id, &s->f), ERR_NOT_FOUND);
	assert_int_equal(pause_store_left(s->open, 1, pauses[1].starts_at, &left), ERR_NONE);
	assert_int_equal(left, 59);
}

/* A changed price or name is for the next period: what was paid stays as it is. */
static void
price_changes_shorten_nothing(void **state)
{
	struct site *s = *state;
	struct period *periods;
	size_t n;

	site_script(s,
	    "INSERT INTO subscription (subscriber_id, plan_id, starts_at, ends_at) VALUES"
	    " (1, 1, 1780000000 - 86400, 1780000000 + 2 * 86400);"
	    "UPDATE plan SET price_amount = 1900, price_period = 'year', price_text = '19 €', offered = 0");
	assert_int_equal(subscription_store_periods(s->open, &s->arena, 1, &periods, &n), ERR_NONE);
	assert_int_equal(periods[0].ends_at, NOW + 2 * DAY);
	assert_int_equal(
	    db_script(s->writer, "t", "UPDATE subscription SET ends_at = ends_at - 1", &s->f), ERR_INVALID);
}

static void
plans_refuse_what_is_no_payment_link(void **state)
{
	static const char *const wrong[] = {"http://pay.example/x", "https://", "javascript:alert(1)",
	    "https://pay.example/a b", "https://pay.example/\"x"};
	static const char sql[] = "UPDATE plan SET payment_url = $1 WHERE id = 1";
	struct site *s = *state;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(db_exec(s->writer, NULL, sql, "z", wrong[i]), ERR_INVALID);
	assert_int_equal(db_exec(s->writer, NULL, sql, "z", "https://buy.stripe.com/test_1"), ERR_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_pause_gives_its_time_back, site_open, site_close),
	    cmocka_unit_test_setup_teardown(
	        a_pause_longer_than_the_period_starts_the_rest_at_its_end, site_open, site_close),
	    cmocka_unit_test_setup_teardown(
	        without_a_running_subscription_there_is_no_pause, site_open, site_close),
	    cmocka_unit_test_setup_teardown(
	        readers_pause_as_long_as_their_plans_allow, site_open, site_close),
	    cmocka_unit_test_setup_teardown(of_several_plans_the_strictest_counts, site_open, site_close),
	    cmocka_unit_test_setup_teardown(
	        a_pause_to_come_is_taken_back_one_that_began_is_not, site_open, site_close),
	    cmocka_unit_test_setup_teardown(price_changes_shorten_nothing, site_open, site_close),
	    cmocka_unit_test_setup_teardown(plans_refuse_what_is_no_payment_link, site_open, site_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
