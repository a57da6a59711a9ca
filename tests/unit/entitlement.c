/* entitlement.c: the decision, case by case and against a model written another way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "core/entitlement.h"

#define NOW ((int64_t)1790000000)
#define DAY ((int64_t)86400)

static const int64_t pro_only[] = {3};

static struct decision
ask(enum access access, size_t plan_count, bool signed_in, const struct entitlement_period *periods, size_t n)
{
	struct entitlement_article article = {access, pro_only, plan_count};
	struct entitlement_reader reader = {signed_in, periods, n};

	return entitlement_decide(&article, &reader, NOW);
}

static void
expect(struct decision d, enum verdict verdict, enum reason reason)
{
	assert_int_equal(d.verdict, verdict);
	assert_string_equal(reason_name(d.reason), reason_name(reason));
}

static void
public_is_read_by_all(void **state)
{
	(void)state;
	expect(ask(ACCESS_PUBLIC, 0, false, NULL, 0), VERDICT_FULL, REASON_PUBLIC);
	expect(ask(ACCESS_PUBLIC, 0, true, NULL, 0), VERDICT_FULL, REASON_PUBLIC);
}

static void
SE_unknown_access_denies(void **state)
{
	const struct entitlement_period open = {1, NOW - DAY, NOW + DAY, 0, 0};

	(void)state;
	expect(ask(ACCESS_UNKNOWN, 0, true, &open, 1), VERDICT_TEASER, REASON_ACCESS_UNKNOWN);
	expect(ask((enum access)77, 0, true, &open, 1), VERDICT_TEASER, REASON_ACCESS_UNKNOWN);
	expect(ask(ACCESS_COUNT, 0, true, &open, 1), VERDICT_TEASER, REASON_ACCESS_UNKNOWN);
	assert_int_equal(access_parse(STR("Public")), ACCESS_UNKNOWN);
	assert_int_equal(access_parse(STR("")), ACCESS_UNKNOWN);
	assert_int_equal(access_parse(STR("unknown")), ACCESS_UNKNOWN);
}

static void
FT10_clock_before_2020_denies(void **state)
{
	const struct entitlement_period open = {1, 0, NOW + DAY, 0, 0};
	struct entitlement_article article = {ACCESS_SUBSCRIBER, NULL, 0};
	struct entitlement_reader reader = {true, &open, 1};

	(void)state;
	expect(entitlement_decide(&article, &reader, 1577836799), VERDICT_TEASER, REASON_CLOCK_WRONG);
	expect(entitlement_decide(&article, &reader, 1577836800), VERDICT_FULL, REASON_SUBSCRIBED);
	article.access = ACCESS_PUBLIC;
	expect(entitlement_decide(&article, &reader, 0), VERDICT_FULL, REASON_PUBLIC);
}

static void
registered_needs_an_account_only(void **state)
{
	(void)state;
	expect(ask(ACCESS_REGISTERED, 0, false, NULL, 0), VERDICT_TEASER, REASON_ANONYMOUS);
	expect(ask(ACCESS_REGISTERED, 0, true, NULL, 0), VERDICT_FULL, REASON_REGISTERED);
}

static void
subscriber_and_metered_need_a_period(void **state)
{
	const struct entitlement_period open = {1, NOW, NOW + 1, 0, 0};

	(void)state;
	expect(ask(ACCESS_SUBSCRIBER, 0, false, &open, 1), VERDICT_TEASER, REASON_ANONYMOUS);
	expect(ask(ACCESS_METERED, 0, false, NULL, 0), VERDICT_TEASER, REASON_ANONYMOUS);
	expect(ask(ACCESS_SUBSCRIBER, 0, true, NULL, 0), VERDICT_TEASER, REASON_NO_SUBSCRIPTION);
	expect(ask(ACCESS_SUBSCRIBER, 0, true, &open, 1), VERDICT_FULL, REASON_SUBSCRIBED);
	expect(ask(ACCESS_METERED, 0, true, &open, 1), VERDICT_FULL, REASON_SUBSCRIBED);
	assert_ptr_equal(ask(ACCESS_SUBSCRIBER, 0, true, &open, 1).period, &open);
}

static void
periods_count_to_the_second(void **state)
{
	struct entitlement_period p = {1, NOW + 1, NOW + DAY, 0, 0};

	(void)state;
	expect(ask(ACCESS_SUBSCRIBER, 0, true, &p, 1), VERDICT_TEASER, REASON_NOT_STARTED);
	p = (struct entitlement_period){1, NOW - DAY, NOW, 0, 0};
	expect(ask(ACCESS_SUBSCRIBER, 0, true, &p, 1), VERDICT_TEASER, REASON_EXPIRED);
	p.grace_s = 1;
	expect(ask(ACCESS_SUBSCRIBER, 0, true, &p, 1), VERDICT_FULL, REASON_GRACE);
	p.ends_at = NOW - 1;
	expect(ask(ACCESS_SUBSCRIBER, 0, true, &p, 1), VERDICT_TEASER, REASON_EXPIRED);
	p = (struct entitlement_period){1, NOW - DAY, NOW + DAY, DAY, NOW};
	expect(ask(ACCESS_SUBSCRIBER, 0, true, &p, 1), VERDICT_TEASER, REASON_EXPIRED);
	p.ended_at = NOW + 1;
	expect(ask(ACCESS_SUBSCRIBER, 0, true, &p, 1), VERDICT_FULL, REASON_SUBSCRIBED);
}

static void
plans_restrict(void **state)
{
	const struct entitlement_period periods[] = {{1, NOW - DAY, NOW + DAY, 0, 0},
	    {3, NOW - 2 * DAY, NOW - DAY, 0, 0}, {3, NOW - DAY, NOW + DAY, 0, 0}};

	(void)state;
	expect(ask(ACCESS_SUBSCRIBER, 1, true, periods, 1), VERDICT_TEASER, REASON_PLAN);
	expect(ask(ACCESS_SUBSCRIBER, 1, true, periods, 2), VERDICT_TEASER, REASON_PLAN);
	expect(ask(ACCESS_SUBSCRIBER, 1, true, periods, 3), VERDICT_FULL, REASON_SUBSCRIBED);
	expect(ask(ACCESS_SUBSCRIBER, 1, true, periods + 1, 1), VERDICT_TEASER, REASON_EXPIRED);
}

static void
names_are_stable(void **state)
{
	(void)state;
	for (int a = ACCESS_PUBLIC; a < ACCESS_COUNT; a++)
		assert_int_equal(access_parse(str_of(access_name((enum access)a))), a);
	assert_string_equal(access_name(ACCESS_COUNT), "unknown");
	assert_string_equal(reason_name(REASON_COUNT), "access_unknown");
	assert_string_equal(reason_name(REASON_EXPIRED), "expired");
}

/* The rules once more, as sets instead of an order of strength. */
static enum verdict
model(const struct entitlement_article *a, const struct entitlement_reader *r, int64_t now)
{
	if (a->access == ACCESS_PUBLIC)
		return VERDICT_FULL;
	if (a->access <= ACCESS_UNKNOWN || a->access >= ACCESS_COUNT || now < 1577836800 || !r->signed_in)
		return VERDICT_TEASER;
	if (a->access == ACCESS_REGISTERED)
		return VERDICT_FULL;
	for (size_t i = 0; i < r->period_count; i++) {
		const struct entitlement_period *p = &r->periods[i];
		int64_t last = p->ended_at != 0 && p->ended_at < p->ends_at + p->grace_s
		                   ? p->ended_at
		                   : p->ends_at + p->grace_s;
		bool plan = a->plan_count == 0;

		for (size_t k = 0; k < a->plan_count; k++)
			plan = plan || a->plans[k] == p->plan_id;
		if (plan && p->starts_at <= now && now < last)
			return VERDICT_FULL;
	}
	return VERDICT_TEASER;
}

static uint64_t
next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static void
a_million_facts_agree_with_the_model(void **state)
{
	uint64_t seed = 88172645463325252u;
	size_t full = 0;

	(void)state;
	for (int i = 0; i < 1000000; i++) {
		struct entitlement_period periods[4];
		int64_t plans[3], now = NOW + (int64_t)(next(&seed) % 7) - 3;
		struct entitlement_article article = {(enum access)(next(&seed) % 6), plans, next(&seed) % 4};
		struct entitlement_reader reader = {next(&seed) % 4 != 0, periods, next(&seed) % 5};
		struct decision d;

		now = next(&seed) % 50 == 0 ? 1577836800 - (int64_t)(next(&seed) % 2) : now;
		for (size_t k = 0; k < 3; k++)
			plans[k] = (int64_t)(next(&seed) % 4);
		for (size_t k = 0; k < 4; k++) {
			periods[k].plan_id = (int64_t)(next(&seed) % 4);
			periods[k].starts_at = NOW + (int64_t)(next(&seed) % 7) - 4;
			periods[k].ends_at = periods[k].starts_at + 1 + (int64_t)(next(&seed) % 5);
			periods[k].grace_s = (int64_t)(next(&seed) % 3);
			periods[k].ended_at = next(&seed) % 3 == 0 ? NOW + (int64_t)(next(&seed) % 5) - 2 : 0;
		}
		d = entitlement_decide(&article, &reader, now);
		assert_int_equal(d.verdict, model(&article, &reader, now));
		assert_int_equal(d.verdict == VERDICT_FULL, d.reason >= REASON_PUBLIC);
		full += d.verdict == VERDICT_FULL;
	}
	assert_in_range(full, 200000, 800000); /* both verdicts were really tried */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(public_is_read_by_all),
	    cmocka_unit_test(SE_unknown_access_denies),
	    cmocka_unit_test(FT10_clock_before_2020_denies),
	    cmocka_unit_test(registered_needs_an_account_only),
	    cmocka_unit_test(subscriber_and_metered_need_a_period),
	    cmocka_unit_test(periods_count_to_the_second),
	    cmocka_unit_test(plans_restrict),
	    cmocka_unit_test(names_are_stable),
	    cmocka_unit_test(a_million_facts_agree_with_the_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
