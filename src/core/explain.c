/* explain.c: facts in the order in which a person would tell them. */
#include "core/explain.h"

static const char *const sentences[] = {
    [REASON_ACCESS_UNKNOWN] = "no rule knows the article's access",
    [REASON_CLOCK_WRONG] = "the clock stands before 2020",
    [REASON_ANONYMOUS] = "nobody is signed in",
    [REASON_NO_SUBSCRIPTION] = "the reader never subscribed",
    [REASON_NOT_STARTED] = "the period begins later",
    [REASON_EXPIRED] = "the period is over",
    [REASON_PLAN] = "the period is open, but the article asks for another plan",
    [REASON_PAUSED] = "the period is open, but the reader has paused it",
    [REASON_DEVICES] = "as many devices as the plan allows are reading already",
    [REASON_PUBLIC] = "everybody reads it",
    [REASON_REGISTERED] = "any reader who is signed in reads it",
    [REASON_CRAWLER] = "a search engine known by its address reads it",
    [REASON_FREE_READ] = "a free read of this month was spent on it",
    [REASON_GIFT] = "a subscriber gave it",
    [REASON_PREVIEW] = "an editor's link shows it",
    [REASON_GRACE] = "the period is over, its grace is not",
    [REASON_NETWORK] = "the visit comes from an institution's network",
    [REASON_SEAT] = "the reader has a seat of an institution",
    [REASON_SUBSCRIBED] = "the period is open",
};
_Static_assert(sizeof sentences / sizeof *sentences == REASON_COUNT, "explain every reason");

const char *
explain_reason(enum reason r)
{
	return sentences[(unsigned)r < REASON_COUNT ? r : REASON_ACCESS_UNKNOWN];
}

#define FIXED_STEPS ((size_t)8) /* access, reader, no period, free read, gift, crawler, devices, decision */

static const struct entitlement_visit no_visit = {.free_read = false};

static const struct entitlement_visit *
visit_of(const struct explain_question *q)
{
	return q->visit != NULL ? q->visit : &no_visit;
}

size_t
explain_room(const struct explain_question *q)
{
	return FIXED_STEPS + q->article->plan_count + q->reader->period_count + q->reader->pause_count +
	       visit_of(q)->period_count;
}

static size_t
tell_article(const struct entitlement_article *article, struct explain_step *steps)
{
	size_t n = 0;

	steps[n++] = (struct explain_step){.fact = EXPLAIN_ACCESS, .access = article->access};
	for (size_t i = 0; article->access == ACCESS_SUBSCRIBER && i < article->plan_count; i++)
		steps[n++] = (struct explain_step){.fact = EXPLAIN_PLAN, .plan_id = article->plans[i]};
	return n;
}

/* What the period alone would come to for this article; of the rest of the facts only those that can hold it back. */
static enum reason
alone(const struct explain_question *q, const struct entitlement_period *p)
{
	struct entitlement_reader reader = *q->reader;
	struct entitlement_visit visit = {
	    .reading_on = visit_of(q)->reading_on, .devices_ahead = visit_of(q)->devices_ahead};

	reader.signed_in = true;
	reader.periods = p;
	reader.period_count = 1;
	return entitlement_decide(q->article, &reader, &visit, q->at).reason;
}

static size_t
tell_periods(const struct explain_question *q, const struct entitlement_period *periods, size_t count,
    struct explain_step *steps)
{
	for (size_t i = 0; i < count; i++)
		steps[i] = (struct explain_step){.fact = EXPLAIN_PERIOD,
		    .plan_id = periods[i].plan_id,
		    .period = &periods[i],
		    .reason = alone(q, &periods[i])};
	return count;
}

static size_t
tell_reader(const struct explain_question *q, struct explain_step *steps)
{
	const struct entitlement_reader *r = q->reader;
	size_t n = 0;

	if (!r->signed_in) {
		steps[n++] = (struct explain_step){.fact = EXPLAIN_STRANGER};
		return n;
	}
	steps[n++] = (struct explain_step){.fact = EXPLAIN_SIGNED_IN};
	n += tell_periods(q, r->periods, r->period_count, steps + n);
	if (r->period_count == 0)
		steps[n++] = (struct explain_step){.fact = EXPLAIN_NO_PERIOD};
	for (size_t i = 0; i < r->pause_count; i++)
		steps[n++] = (struct explain_step){.fact = EXPLAIN_PAUSE,
		    .pause = r->pauses[i],
		    .holds = r->pauses[i].starts_at <= q->at && q->at < r->pauses[i].ends_at};
	return n;
}

static size_t
tell_visit(const struct explain_question *q, struct explain_step *steps)
{
	const struct entitlement_visit *v = visit_of(q);
	size_t n = tell_periods(q, v->periods, v->period_count, steps);

	if (v->free_read)
		steps[n++] = (struct explain_step){.fact = EXPLAIN_FREE_READ};
	if (v->gift)
		steps[n++] = (struct explain_step){.fact = EXPLAIN_GIFT};
	if (v->crawler)
		steps[n++] = (struct explain_step){.fact = EXPLAIN_CRAWLER};
	if (v->devices_ahead > 0)
		steps[n++] = (struct explain_step){
		    .fact = EXPLAIN_DEVICES, .count = v->devices_ahead, .holds = v->reading_on};
	return n;
}

size_t
explain_chain(const struct explain_question *q, struct explain_step *steps)
{
	struct decision d = entitlement_decide(q->article, q->reader, q->visit, q->at);
	size_t n = tell_article(q->article, steps);

	n += tell_reader(q, steps + n);
	n += tell_visit(q, steps + n);
	steps[n++] = (struct explain_step){.fact = EXPLAIN_DECISION,
	    .access = q->article->access,
	    .reason = d.reason,
	    .period = d.period,
	    .plan_id = d.period != NULL ? d.period->plan_id : 0};
	return n;
}
