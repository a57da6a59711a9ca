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
    [REASON_PAUSED] = "paused",
    [REASON_DEVICES] = "devices",
    [REASON_PUBLIC] = "public",
    [REASON_REGISTERED] = "registered",
    [REASON_CRAWLER] = "crawler",
    [REASON_FREE_READ] = "free_read",
    [REASON_GIFT] = "gift",
    [REASON_PREVIEW] = "preview",
    [REASON_GRACE] = "grace",
    [REASON_NETWORK] = "network",
    [REASON_SEAT] = "seat",
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

static enum reason
open_reason(enum period_source source)
{
	switch (source) {
	case SOURCE_OWN: return REASON_SUBSCRIBED;
	case SOURCE_SEAT: return REASON_SEAT;
	case SOURCE_NETWORK: return REASON_NETWORK;
	case SOURCE_COUNT:
	default: return REASON_NO_SUBSCRIPTION;
	}
}

/* What the calendar says of one period, as the reason it would give. Subtractions keep clear of overflow. */
static enum reason
period_reason(const struct entitlement_period *p, int64_t now)
{
	enum reason open = open_reason(p->source);

	if (open == REASON_NO_SUBSCRIPTION)
		return open;
	if (now < p->starts_at)
		return REASON_NOT_STARTED;
	if (p->ended_at != 0 && now >= p->ended_at)
		return REASON_EXPIRED;
	if (now < p->ends_at)
		return open;
	return p->grace_s > 0 && now - p->ends_at < p->grace_s ? REASON_GRACE : REASON_EXPIRED;
}

static bool
paused(const struct entitlement_reader *reader, int64_t now)
{
	for (size_t i = 0; i < reader->pause_count; i++)
		if (reader->pauses[i].starts_at <= now && now < reader->pauses[i].ends_at)
			return true;
	return false;
}

static bool
too_many_devices(const struct entitlement_period *p, const struct entitlement_visit *visit)
{
	return p->source != SOURCE_NETWORK && p->devices > 0 && !visit->reading_on &&
	       visit->devices_ahead >= p->devices;
}

/* The question of one decision. */
struct asked {
	const struct entitlement_article *article;
	const struct entitlement_reader *reader;
	const struct entitlement_visit *visit;
	int64_t now;
};

/* What one period comes to for this article, this reader and this visit. */
static enum reason
period_worth(const struct asked *q, const struct entitlement_period *p)
{
	enum reason r = period_reason(p, q->now);

	if (r < REASON_GRACE)
		return r;
	if (!plan_opens(q->article, p->plan_id))
		return REASON_PLAN;
	if (p->source == SOURCE_OWN && paused(q->reader, q->now))
		return REASON_PAUSED;
	return too_many_devices(p, q->visit) ? REASON_DEVICES : r;
}

/* The strongest of some periods, when it is stronger than what there is and at least as strong as the floor. */
static void
consider(struct decision *best, const struct asked *q, const struct entitlement_period *periods, size_t n,
    enum reason floor)
{
	for (size_t i = 0; i < n && best->reason != REASON_SUBSCRIBED; i++) {
		enum reason r = period_worth(q, &periods[i]);

		if (r > best->reason && r >= floor)
			*best = (struct decision){VERDICT_TEASER, r, &periods[i]};
	}
}

static void
raise_to(struct decision *best, bool holds, enum reason reason)
{
	if (holds && reason > best->reason)
		*best = (struct decision){VERDICT_TEASER, reason, NULL};
}

static struct decision
decide_by_grounds(const struct asked *q)
{
	bool metered = q->article->access == ACCESS_METERED;
	struct decision best = {
	    VERDICT_TEASER, q->reader->signed_in ? REASON_NO_SUBSCRIPTION : REASON_ANONYMOUS, NULL};

	if (q->reader->signed_in && q->article->access == ACCESS_REGISTERED)
		raise_to(&best, true, REASON_REGISTERED);
	else if (q->reader->signed_in)
		consider(&best, q, q->reader->periods, q->reader->period_count, REASON_NO_SUBSCRIPTION);
	/* What a network had once, or will have, is nothing to who sits in it now. */
	consider(&best, q, q->visit->periods, q->visit->period_count, REASON_PLAN);
	raise_to(&best, q->visit->crawler, REASON_CRAWLER);
	raise_to(&best, q->visit->free_read && metered, REASON_FREE_READ);
	raise_to(&best, q->visit->gift, REASON_GIFT);
	raise_to(&best, q->visit->preview, REASON_PREVIEW);
	if (best.reason >= REASON_PUBLIC)
		best.verdict = VERDICT_FULL;
	return best;
}

static struct decision
decide(enum verdict verdict, enum reason reason)
{
	return (struct decision){verdict, reason, NULL};
}

struct decision
entitlement_decide(const struct entitlement_article *article, const struct entitlement_reader *reader,
    const struct entitlement_visit *visit, int64_t now)
{
	static const struct entitlement_visit nothing = {.free_read = false};
	const struct asked asked = {article, reader, visit != NULL ? visit : &nothing, now};

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
	return decide_by_grounds(&asked);
}
