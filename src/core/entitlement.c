/* entitlement.c: the one decision. What is not clearly allowed is a teaser. */
#include "core/entitlement.h"

#define CLOCK_PLAUSIBLE ((int64_t)1577836800) /* 2020-01-01T00:00:00Z */

static const char *const access_names[] = {
    [ACCESS_UNKNOWN] = "unknown",
    [ACCESS_PUBLIC] = "public",
    [ACCESS_REGISTERED] = "registered",
    [ACCESS_METERED] = "metered",
    [ACCESS_SUBSCRIBER] = "subscriber",
};
_Static_assert(sizeof access_names / sizeof *access_names == ACCESS_COUNT, "name every access level");

static const char *const reason_names[] = {
    [REASON_ACCESS_UNKNOWN] = "access_unknown",
    [REASON_CLOCK_WRONG] = "clock_wrong",
    [REASON_ANONYMOUS] = "anonymous",
    [REASON_NO_SUBSCRIPTION] = "no_subscription",
    [REASON_NOT_STARTED] = "not_started",
    [REASON_EXPIRED] = "expired",
    [REASON_PLAN] = "plan",
    [REASON_PUBLIC] = "public",
    [REASON_REGISTERED] = "registered",
    [REASON_GRACE] = "grace",
    [REASON_SUBSCRIBED] = "subscribed",
};
_Static_assert(sizeof reason_names / sizeof *reason_names == REASON_COUNT, "name every reason");

enum access
access_parse(struct str name)
{
	for (int a = ACCESS_PUBLIC; a < ACCESS_COUNT; a++)
		if (str_eq(name, str_of(access_names[a])))
			return (enum access)a;
	return ACCESS_UNKNOWN;
}

const char *
access_name(enum access a)
{
	return access_names[(unsigned)a < ACCESS_COUNT ? a : ACCESS_UNKNOWN];
}

const char *
reason_name(enum reason r)
{
	return reason_names[(unsigned)r < REASON_COUNT ? r : REASON_ACCESS_UNKNOWN];
}

static bool
plan_opens(const struct entitlement_article *article, int64_t plan_id)
{
	for (size_t i = 0; i < article->plan_count; i++)
		if (article->plans[i] == plan_id)
			return true;
	return article->plan_count == 0;
}

/* What one period says at a time, as the reason it would give. Subtractions keep clear of overflow. */
static enum reason
period_reason(const struct entitlement_period *p, int64_t now)
{
	if (now < p->starts_at)
		return REASON_NOT_STARTED;
	if (p->ended_at != 0 && now >= p->ended_at)
		return REASON_EXPIRED;
	if (now < p->ends_at)
		return REASON_SUBSCRIBED;
	return p->grace_s > 0 && now - p->ends_at < p->grace_s ? REASON_GRACE : REASON_EXPIRED;
}

/* The strongest reason wins. An open period of the wrong plan counts as REASON_PLAN. */
static struct decision
decide_by_periods(
    const struct entitlement_article *article, const struct entitlement_reader *reader, int64_t now)
{
	struct decision best = {VERDICT_TEASER, REASON_NO_SUBSCRIPTION, NULL};

	for (size_t i = 0; i < reader->period_count && best.reason != REASON_SUBSCRIBED; i++) {
		const struct entitlement_period *p = &reader->periods[i];
		enum reason r = period_reason(p, now);

		if (r >= REASON_GRACE && !plan_opens(article, p->plan_id))
			r = REASON_PLAN;
		if (r > best.reason)
			best = (struct decision){VERDICT_TEASER, r, p};
	}
	if (best.reason >= REASON_GRACE)
		best.verdict = VERDICT_FULL;
	return best;
}

static struct decision
decide(enum verdict verdict, enum reason reason)
{
	return (struct decision){verdict, reason, NULL};
}

struct decision
entitlement_decide(
    const struct entitlement_article *article, const struct entitlement_reader *reader, int64_t now)
{
	switch (article->access) {
	case ACCESS_PUBLIC: return decide(VERDICT_FULL, REASON_PUBLIC);
	case ACCESS_REGISTERED:
	case ACCESS_METERED:
	case ACCESS_SUBSCRIBER: break;
	case ACCESS_UNKNOWN:
	case ACCESS_COUNT:
	default: return decide(VERDICT_TEASER, REASON_ACCESS_UNKNOWN);
	}
	if (now < CLOCK_PLAUSIBLE)
		return decide(VERDICT_TEASER, REASON_CLOCK_WRONG);
	if (!reader->signed_in)
		return decide(VERDICT_TEASER, REASON_ANONYMOUS);
	if (article->access == ACCESS_REGISTERED)
		return decide(VERDICT_FULL, REASON_REGISTERED);
	return decide_by_periods(article, reader, now);
}
