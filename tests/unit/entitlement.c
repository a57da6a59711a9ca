/* entitlement.c: the decision, case by case and against a model written another way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "core/entitlement.h"
#include "effort.h"

#define NOW ((int64_t)1790000000)
#define DAY ((int64_t)86400)

static const int64_t pro_only[] = {3};

static struct decision
ask(enum access access, size_t plan_count, bool signed_in, const struct entitlement_period *periods, size_t n)
{
	struct entitlement_article article = {access, pro_only, plan_count};
	struct entitlement_reader reader = {signed_in, periods, n, NULL, 0};

	return entitlement_decide(&article, &reader, NULL, NOW);
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
	const struct entitlement_period open = {1, NOW - DAY, NOW + DAY, 0, 0, SOURCE_OWN, 0, 0};

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
	const struct entitlement_period open = {1, 0, NOW + DAY, 0, 0, SOURCE_OWN, 0, 0};
	struct entitlement_article article = {ACCESS_SUBSCRIBER, NULL, 0};
	struct entitlement_reader reader = {true, &open, 1, NULL, 0};

	(void)state;
	expect(entitlement_decide(&article, &reader, NULL, 1577836799), VERDICT_TEASER, REASON_CLOCK_WRONG);
	expect(entitlement_decide(&article, &reader, NULL, 1577836800), VERDICT_FULL, REASON_SUBSCRIBED);
	article.access = ACCESS_PUBLIC;
	expect(entitlement_decide(&article, &reader, NULL, 0), VERDICT_FULL, REASON_PUBLIC);
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
	const struct entitlement_period open = {1, NOW, NOW + 1, 0, 0, SOURCE_OWN, 0, 0};

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
	struct entitlement_period p = {1, NOW + 1, NOW + DAY, 0, 0, SOURCE_OWN, 0, 0};

	(void)state;
	expect(ask(ACCESS_SUBSCRIBER, 0, true, &p, 1), VERDICT_TEASER, REASON_NOT_STARTED);
	p = (struct entitlement_period){1, NOW - DAY, NOW, 0, 0, SOURCE_OWN, 0, 0};
	expect(ask(ACCESS_SUBSCRIBER, 0, true, &p, 1), VERDICT_TEASER, REASON_EXPIRED);
	p.grace_s = 1;
	expect(ask(ACCESS_SUBSCRIBER, 0, true, &p, 1), VERDICT_FULL, REASON_GRACE);
	p.ends_at = NOW - 1;
	expect(ask(ACCESS_SUBSCRIBER, 0, true, &p, 1), VERDICT_TEASER, REASON_EXPIRED);
	p = (struct entitlement_period){1, NOW - DAY, NOW + DAY, DAY, NOW, SOURCE_OWN, 0, 0};
	expect(ask(ACCESS_SUBSCRIBER, 0, true, &p, 1), VERDICT_TEASER, REASON_EXPIRED);
	p.ended_at = NOW + 1;
	expect(ask(ACCESS_SUBSCRIBER, 0, true, &p, 1), VERDICT_FULL, REASON_SUBSCRIBED);
}

static void
plans_restrict(void **state)
{
	const struct entitlement_period periods[] = {{1, NOW - DAY, NOW + DAY, 0, 0, SOURCE_OWN, 0, 0},
	    {3, NOW - 2 * DAY, NOW - DAY, 0, 0, SOURCE_OWN, 0, 0},
	    {3, NOW - DAY, NOW + DAY, 0, 0, SOURCE_OWN, 0, 0}};

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

/* A period of a source, open at NOW. */
static struct entitlement_period
open_of(enum period_source source)
{
	return (struct entitlement_period){1, NOW - DAY, NOW + DAY, 0, 0, source, 0, 7};
}

static void
seats_and_networks_are_grounds_of_their_own(void **state)
{
	const struct entitlement_period seat = open_of(SOURCE_SEAT), network = open_of(SOURCE_NETWORK),
	                                own = open_of(SOURCE_OWN), odd = open_of(SOURCE_COUNT);
	const struct entitlement_period past = {1, NOW - 2 * DAY, NOW - DAY, 0, 0, SOURCE_NETWORK, 0, 7};
	const struct entitlement_period both[] = {seat, own};
	const struct entitlement_article article = {ACCESS_SUBSCRIBER, NULL, 0},
	                                 pro = {ACCESS_SUBSCRIBER, pro_only, 1};
	const struct entitlement_reader nobody = {.signed_in = false};
	struct entitlement_visit visit = {.periods = &network, .period_count = 1};

	(void)state;
	expect(ask(ACCESS_SUBSCRIBER, 0, true, &seat, 1), VERDICT_FULL, REASON_SEAT);
	expect(ask(ACCESS_SUBSCRIBER, 0, true, both, 2), VERDICT_FULL, REASON_SUBSCRIBED);
	expect(ask(ACCESS_SUBSCRIBER, 0, true, &odd, 1), VERDICT_TEASER, REASON_NO_SUBSCRIPTION);
	expect(entitlement_decide(&article, &nobody, &visit, NOW), VERDICT_FULL, REASON_NETWORK);
	expect(entitlement_decide(&pro, &nobody, &visit, NOW), VERDICT_TEASER, REASON_PLAN);
	visit.periods = &past;
	expect(entitlement_decide(&article, &nobody, &visit, NOW), VERDICT_TEASER, REASON_ANONYMOUS);
}

static void
F5_a_free_read_opens_its_metered_article_only(void **state)
{
	const struct entitlement_visit visit = {.free_read = true};
	const struct entitlement_reader nobody = {.signed_in = false};
	struct entitlement_article article = {ACCESS_METERED, NULL, 0};

	(void)state;
	expect(entitlement_decide(&article, &nobody, &visit, NOW), VERDICT_FULL, REASON_FREE_READ);
	article.access = ACCESS_SUBSCRIBER;
	expect(entitlement_decide(&article, &nobody, &visit, NOW), VERDICT_TEASER, REASON_ANONYMOUS);
	article.access = ACCESS_REGISTERED;
	expect(entitlement_decide(&article, &nobody, &visit, NOW), VERDICT_TEASER, REASON_ANONYMOUS);
}

static void
LK18_a_gift_opens_what_is_gated(void **state)
{
	const struct entitlement_visit visit = {.gift = true};
	const struct entitlement_reader nobody = {.signed_in = false};
	struct entitlement_article article = {ACCESS_UNKNOWN, pro_only, 1};

	(void)state;
	expect(entitlement_decide(&article, &nobody, &visit, NOW), VERDICT_TEASER, REASON_ACCESS_UNKNOWN);
	article.access = ACCESS_SUBSCRIBER;
	expect(entitlement_decide(&article, &nobody, &visit, NOW), VERDICT_FULL, REASON_GIFT);
	expect(entitlement_decide(&article, &nobody, &visit, 1577836799), VERDICT_TEASER, REASON_CLOCK_WRONG);
}

static void
a_pause_rests_own_periods_only(void **state)
{
	const struct entitlement_period own = open_of(SOURCE_OWN), seat = open_of(SOURCE_SEAT);
	const struct entitlement_pause pause = {NOW, NOW + 1};
	const struct entitlement_article article = {ACCESS_SUBSCRIBER, NULL, 0};
	struct entitlement_reader reader = {true, &own, 1, &pause, 1};

	(void)state;
	expect(entitlement_decide(&article, &reader, NULL, NOW), VERDICT_TEASER, REASON_PAUSED);
	expect(entitlement_decide(&article, &reader, NULL, NOW - 1), VERDICT_FULL, REASON_SUBSCRIBED);
	expect(entitlement_decide(&article, &reader, NULL, NOW + 1), VERDICT_FULL, REASON_SUBSCRIBED);
	reader.periods = &seat;
	expect(entitlement_decide(&article, &reader, NULL, NOW), VERDICT_FULL, REASON_SEAT);
}

static void
devices_never_cut_off_who_is_reading(void **state)
{
	struct entitlement_period own = open_of(SOURCE_OWN);
	const struct entitlement_article article = {ACCESS_SUBSCRIBER, NULL, 0};
	struct entitlement_reader reader = {true, &own, 1, NULL, 0};
	struct entitlement_visit visit = {.devices_ahead = 2};

	(void)state;
	expect(entitlement_decide(&article, &reader, &visit, NOW), VERDICT_FULL, REASON_SUBSCRIBED);
	own.devices = 3;
	expect(entitlement_decide(&article, &reader, &visit, NOW), VERDICT_FULL, REASON_SUBSCRIBED);
	own.devices = 2;
	expect(entitlement_decide(&article, &reader, &visit, NOW), VERDICT_TEASER, REASON_DEVICES);
	visit.reading_on = true;
	expect(entitlement_decide(&article, &reader, &visit, NOW), VERDICT_FULL, REASON_SUBSCRIBED);
}

/*
 * The rules once more, as a table read from the top: the first row whose condition holds is the answer. Every
 * condition is a set question of its own; none knows of strengths.
 */
struct world {
	struct entitlement_article article;
	struct entitlement_reader reader;
	struct entitlement_visit visit;
	int64_t now;
};

enum when { OPEN, OVERTIME, COMING, GONE };

static enum when
when(const struct entitlement_period *p, int64_t now)
{
	bool cut = p->ended_at != 0 && now >= p->ended_at;

	if (p->starts_at > now)
		return COMING;
	if (!cut && now < p->ends_at)
		return OPEN;
	return !cut && now < p->ends_at + p->grace_s ? OVERTIME : GONE;
}

static bool
right_plan(const struct world *w, const struct entitlement_period *p)
{
	bool found = w->article.plan_count == 0;

	for (size_t k = 0; k < w->article.plan_count; k++)
		found = found || w->article.plans[k] == p->plan_id;
	return found;
}

static bool
resting(const struct world *w, const struct entitlement_period *p)
{
	bool rests = false;

	for (size_t k = 0; p->source == SOURCE_OWN && k < w->reader.pause_count; k++)
		rests = rests ||
		        (w->now >= w->reader.pauses[k].starts_at && w->now < w->reader.pauses[k].ends_at);
	return rests;
}

static bool
crowded(const struct world *w, const struct entitlement_period *p)
{
	return p->source != SOURCE_NETWORK && p->devices != 0 && w->visit.devices_ahead >= p->devices &&
	       !w->visit.reading_on;
}

typedef bool is_so(const struct world *w, const struct entitlement_period *p, int arg);

/* Whether any known period that can count has a property; strangers have only the network's. */
static bool
any(const struct world *w, is_so *so, int arg)
{
	for (size_t i = 0; i < w->visit.period_count; i++)
		if (w->visit.periods[i].source < SOURCE_COUNT && so(w, &w->visit.periods[i], arg))
			return true;
	for (size_t i = 0;
	     w->reader.signed_in && w->article.access != ACCESS_REGISTERED && i < w->reader.period_count; i++)
		if (w->reader.periods[i].source < SOURCE_COUNT && so(w, &w->reader.periods[i], arg))
			return true;
	return false;
}

static bool
running(const struct world *w, const struct entitlement_period *p)
{
	return when(p, w->now) == OPEN || when(p, w->now) == OVERTIME;
}

static bool
good(const struct world *w, const struct entitlement_period *p, int arg)
{
	bool right = arg < SOURCE_COUNT ? when(p, w->now) == OPEN && (int)p->source == arg
	                                : when(p, w->now) == OVERTIME;

	return right && right_plan(w, p) && !resting(w, p) && !crowded(w, p);
}

static bool
kept_back(const struct world *w, const struct entitlement_period *p, int arg)
{
	if (!running(w, p))
		return false;
	if (arg == REASON_PLAN)
		return !right_plan(w, p);
	if (arg == REASON_PAUSED)
		return right_plan(w, p) && resting(w, p);
	return right_plan(w, p) && !resting(w, p) && crowded(w, p);
}

static bool
own_in(const struct world *w, enum when state)
{
	bool found = false;

	for (size_t i = 0; i < w->reader.period_count; i++)
		found = found || (w->reader.periods[i].source < SOURCE_COUNT &&
		                     when(&w->reader.periods[i], w->now) == state);
	return found && w->reader.signed_in;
}

static enum reason
model(const struct world *w)
{
	bool known = w->article.access == ACCESS_REGISTERED || w->article.access == ACCESS_METERED ||
	             w->article.access == ACCESS_SUBSCRIBER;
	bool account = w->reader.signed_in;
	const struct {
		bool holds;
		enum reason reason;
	} table[] = {
	    {w->article.access == ACCESS_PUBLIC, REASON_PUBLIC},
	    {!known, REASON_ACCESS_UNKNOWN},
	    {w->now < 1577836800, REASON_CLOCK_WRONG},
	    {any(w, good, SOURCE_OWN), REASON_SUBSCRIBED},
	    {any(w, good, SOURCE_SEAT), REASON_SEAT},
	    {any(w, good, SOURCE_NETWORK), REASON_NETWORK},
	    {any(w, good, SOURCE_COUNT), REASON_GRACE},
	    {w->visit.preview, REASON_PREVIEW},
	    {w->visit.gift, REASON_GIFT},
	    {w->visit.free_read && w->article.access == ACCESS_METERED, REASON_FREE_READ},
	    {w->visit.crawler, REASON_CRAWLER},
	    {account && w->article.access == ACCESS_REGISTERED, REASON_REGISTERED},
	    {any(w, kept_back, REASON_DEVICES), REASON_DEVICES},
	    {any(w, kept_back, REASON_PAUSED), REASON_PAUSED},
	    {any(w, kept_back, REASON_PLAN), REASON_PLAN},
	    {!account, REASON_ANONYMOUS},
	    {own_in(w, GONE), REASON_EXPIRED},
	    {own_in(w, COMING), REASON_NOT_STARTED},
	    {true, REASON_NO_SUBSCRIPTION},
	};
	size_t i = 0;

	while (!table[i].holds)
		i++;
	return table[i].reason;
}

static uint64_t
next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static struct entitlement_period
some_period(uint64_t *seed, unsigned sources)
{
	struct entitlement_period p = {.plan_id = (int64_t)(next(seed) % 4),
	    .starts_at = NOW + (int64_t)(next(seed) % 7) - 4,
	    .grace_s = (int64_t)(next(seed) % 3),
	    .source = (enum period_source)(next(seed) % sources),
	    .devices = (int32_t)(next(seed) % 4)};

	p.ends_at = p.starts_at + 1 + (int64_t)(next(seed) % 5);
	p.ended_at = next(seed) % 3 == 0 ? NOW + (int64_t)(next(seed) % 5) - 2 : 0;
	return p;
}

static void
a_million_facts_agree_with_the_model(void **state)
{
	uint64_t seed = 88172645463325252u;
	size_t seen[REASON_COUNT] = {0};

	(void)state;
	for (int i = 0; i < 1000000; i++) {
		struct entitlement_period periods[4], here[2];
		struct entitlement_pause pauses[2];
		int64_t plans[3];
		struct world w = {{(enum access)(next(&seed) % 6), plans, next(&seed) % 4},
		    {next(&seed) % 4 != 0, periods, next(&seed) % 5, pauses,
		        next(&seed) % 8 < 6 ? 0 : next(&seed) % 3},
		    {.periods = here,
		        .period_count = next(&seed) % 3 == 0 ? next(&seed) % 3 : 0,
		        .free_read = next(&seed) % 8 == 0,
		        .gift = next(&seed) % 16 == 0,
		        .preview = next(&seed) % 16 == 0,
		        .crawler = next(&seed) % 16 == 0,
		        .reading_on = next(&seed) % 4 == 0,
		        .devices_ahead = (int32_t)(next(&seed) % 4)},
		    NOW + (int64_t)(next(&seed) % 7) - 3};
		struct decision d;

		w.now = next(&seed) % 50 == 0 ? 1577836800 - (int64_t)(next(&seed) % 2) : w.now;
		for (size_t k = 0; k < 3; k++)
			plans[k] = (int64_t)(next(&seed) % 4);
		for (size_t k = 0; k < 4; k++)
			periods[k] = some_period(&seed, SOURCE_COUNT + 1);
		for (size_t k = 0; k < 2; k++) {
			here[k] = some_period(&seed, SOURCE_COUNT + 1);
			here[k].source = next(&seed) % 8 == 0 ? SOURCE_COUNT : SOURCE_NETWORK;
			pauses[k].starts_at = NOW + (int64_t)(next(&seed) % 7) - 4;
			pauses[k].ends_at = next(&seed) % 2 == 0 ? INT64_MAX : pauses[k].starts_at + 3;
		}
		d = entitlement_decide(&w.article, &w.reader, &w.visit, w.now);
		assert_string_equal(reason_name(d.reason), reason_name(model(&w)));
		assert_int_equal(d.verdict == VERDICT_FULL, d.reason >= REASON_PUBLIC);
		seen[d.reason]++;
	}
	for (size_t r = 0; r < REASON_COUNT; r++)
		assert_true(seen[r] > 1000); /* every answer was really tried */
}

#define DECISIONS 100000

struct question {
	const struct entitlement_article *article;
	const struct entitlement_reader *reader;
	const struct entitlement_visit *visit;
	unsigned full;
};

static void
decide_often(void *arg)
{
	struct question *q = arg;

	for (int i = 0; i < DECISIONS; i++)
		q->full += entitlement_decide(q->article, q->reader, q->visit, NOW + i % 2).verdict ==
		           VERDICT_FULL;
}

/* Nine periods, none of them the one: the longest way through, beside the shortest. */
static void
a_decision_over_nine_periods_takes_as_long_as_a_hundred_short_ones_at_most(void **state)
{
	struct entitlement_period periods[8];
	struct entitlement_pause pause = {NOW - 9 * DAY, NOW - 8 * DAY};
	const struct entitlement_article article = {ACCESS_SUBSCRIBER, pro_only, 1},
	                                 open = {ACCESS_PUBLIC, NULL, 0};
	const struct entitlement_reader reader = {true, periods, 8, &pause, 1};
	const struct entitlement_visit visit = {.periods = periods, .period_count = 1};
	struct question longest = {&article, &reader, &visit, 0}, shortest = {&open, &reader, &visit, 0};
	int64_t took, least;

	(void)state;
	for (size_t k = 0; k < 8; k++)
		periods[k] = open_of(k % 2 == 0 ? SOURCE_OWN : SOURCE_SEAT);
	took = effort_of(decide_often, &longest);
	least = effort_of(decide_often, &shortest);
	assert_int_equal(longest.full, 0);
	assert_int_equal(shortest.full, EFFORT_TRIES * DECISIONS);
	print_message("# a decision over 9 periods: %lld ns, over none: %lld ns\n",
	    (long long)took / DECISIONS, (long long)least / DECISIONS);
	assert_true(took < 100 * least);
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
	    cmocka_unit_test(seats_and_networks_are_grounds_of_their_own),
	    cmocka_unit_test(F5_a_free_read_opens_its_metered_article_only),
	    cmocka_unit_test(LK18_a_gift_opens_what_is_gated),
	    cmocka_unit_test(a_pause_rests_own_periods_only),
	    cmocka_unit_test(devices_never_cut_off_who_is_reading),
	    cmocka_unit_test(a_million_facts_agree_with_the_model),
	    cmocka_unit_test(a_decision_over_nine_periods_takes_as_long_as_a_hundred_short_ones_at_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
