/* explain.c: the chain ends in the decision, and tells every fact that led there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/explain.h"

#define NOW ((int64_t)1790000000)
#define DAY ((int64_t)86400)
#define ROOM 32

static const int64_t pro[] = {3};

static size_t
tell(const struct explain_question *q, struct explain_step steps[ROOM])
{
	size_t n;

	assert_true(explain_room(q) <= ROOM);
	n = explain_chain(q, steps);
	assert_in_range(n, 3, explain_room(q));
	assert_int_equal(steps[0].fact, EXPLAIN_ACCESS);
	assert_int_equal(steps[n - 1].fact, EXPLAIN_DECISION);
	assert_int_equal(
	    steps[n - 1].reason, entitlement_decide(q->article, q->reader, q->visit, q->at).reason);
	return n;
}

static void
a_plan_that_does_not_open_it(void **state)
{
	const struct entitlement_period own = {1, NOW - DAY, NOW + DAY, 0, 0, SOURCE_OWN, 0, 0};
	const struct entitlement_article article = {ACCESS_SUBSCRIBER, pro, 1};
	const struct entitlement_reader reader = {true, &own, 1, NULL, 0};
	struct explain_step s[ROOM];

	(void)state;
	assert_int_equal(tell(&(struct explain_question){&article, &reader, NULL, NOW}, s), 5);
	assert_int_equal(s[1].fact, EXPLAIN_PLAN);
	assert_int_equal(s[1].plan_id, 3);
	assert_int_equal(s[3].fact, EXPLAIN_PERIOD);
	assert_int_equal(s[3].reason, REASON_PLAN);
	assert_int_equal(s[4].reason, REASON_PLAN);
	/* The same question at another date. */
	(void)tell(&(struct explain_question){&article, &reader, NULL, NOW + 2 * DAY}, s);
	assert_int_equal(s[4].reason, REASON_EXPIRED);
}

static void
everything_at_once(void **state)
{
	const struct entitlement_period own[] = {{1, NOW - DAY, NOW + DAY, 0, 0, SOURCE_OWN, 1, 0},
	    {1, NOW - DAY, NOW + DAY, 0, 0, SOURCE_SEAT, 0, 7}};
	const struct entitlement_period network = {1, NOW - DAY, NOW + DAY, 0, 0, SOURCE_NETWORK, 0, 8};
	const struct entitlement_pause pauses[] = {{NOW - 9, NOW - 8}, {NOW, INT64_MAX}};
	const struct entitlement_article article = {ACCESS_METERED, NULL, 0};
	const struct entitlement_reader reader = {true, own, 2, pauses, 2};
	const struct entitlement_visit visit = {.periods = &network,
	    .period_count = 1,
	    .free_read = true,
	    .gift = true,
	    .crawler = true,
	    .devices_ahead = 4};
	const struct explain_question q = {&article, &reader, &visit, NOW};
	struct explain_step s[ROOM];
	size_t n = tell(&q, s), seen[EXPLAIN_FACTS] = {0};

	(void)state;
	for (size_t i = 0; i < n; i++)
		seen[s[i].fact]++;
	assert_int_equal(seen[EXPLAIN_PERIOD], 3);
	assert_int_equal(seen[EXPLAIN_PAUSE], 2);
	assert_int_equal(
	    seen[EXPLAIN_GIFT] + seen[EXPLAIN_FREE_READ] + seen[EXPLAIN_CRAWLER] + seen[EXPLAIN_DEVICES], 4);
	assert_int_equal(s[2].reason, REASON_PAUSED);
	assert_int_equal(s[3].reason, REASON_SEAT);
	assert_false(s[4].holds);
	assert_true(s[5].holds);
	assert_ptr_equal(s[n - 1].period, &own[1]);
}

static void
strangers_and_new_readers(void **state)
{
	const struct entitlement_article article = {ACCESS_SUBSCRIBER, NULL, 0};
	const struct entitlement_reader nobody = {.signed_in = false}, fresh = {.signed_in = true};
	struct explain_step s[ROOM];

	(void)state;
	(void)tell(&(struct explain_question){&article, &nobody, NULL, NOW}, s);
	assert_int_equal(s[1].fact, EXPLAIN_STRANGER);
	(void)tell(&(struct explain_question){&article, &fresh, NULL, NOW}, s);
	assert_int_equal(s[2].fact, EXPLAIN_NO_PERIOD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_plan_that_does_not_open_it),
	    cmocka_unit_test(everything_at_once),
	    cmocka_unit_test(strangers_and_new_readers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
