/* words.c: steps to sentences. */
#include "app/words.h"

#include <stdio.h>

#include "base/clock.h"

static struct str
plan_slug(const struct words_of *of, int64_t id)
{
	for (size_t i = 0; i < of->plan_count; i++)
		if (of->plans[i].id == id)
			return of->plans[i].slug;
	return STR("?");
}

static struct str
period_kind(const struct words_of *of, const struct entitlement_period *p)
{
	size_t i = p->source == SOURCE_OWN ? (size_t)(p - of->reader->periods) : of->own_count;

	if (p->source == SOURCE_NETWORK)
		return STR("network");
	return i < of->own_count ? of->own[i].kind : STR("seat");
}

static const char *
period_words(const struct words_of *of, const struct explain_step *s, char out[WORDS_FINDING])
{
	const struct entitlement_period *p = s->period;
	char from[CLOCK_TEXT], until[CLOCK_TEXT], ended[CLOCK_TEXT] = "", whose[64] = "";

	clock_rfc3339_local(p->starts_at, from);
	clock_rfc3339_local(p->ends_at, until);
	if (p->ended_at != 0)
		clock_rfc3339_local(p->ended_at, ended);
	if (p->source != SOURCE_OWN)
		(void)snprintf(whose, sizeof whose, " of institution %lld", (long long)p->institution_id);
	(void)snprintf(out, WORDS_FINDING, STR_FMT " (" STR_FMT "%s), %s to %s, grace %lld days%s%s: %s",
	    STR_ARG(plan_slug(of, p->plan_id)), STR_ARG(period_kind(of, p)), whose, from, until,
	    (long long)(p->grace_s / CLOCK_DAY), p->ended_at != 0 ? ", stopped " : "", ended,
	    reason_name(s->reason));
	return p->source == SOURCE_NETWORK ? "network" : "period";
}

static const char *
pause_words(const struct explain_step *s, char out[WORDS_FINDING])
{
	char from[CLOCK_TEXT], until[CLOCK_TEXT] = "the reader resumes";

	clock_rfc3339_local(s->pause.starts_at, from);
	if (s->pause.ends_at != INT64_MAX)
		clock_rfc3339_local(s->pause.ends_at, until);
	(void)snprintf(out, WORDS_FINDING, "from %s until %s: %s", from, until,
	    s->holds ? "own periods rest" : "not at this time");
	return "pause";
}

static const char *
access_words(const struct words_of *of, const struct explain_step *s, char out[WORDS_FINDING])
{
	if (s->fact == EXPLAIN_PLAN)
		(void)snprintf(out, WORDS_FINDING, "subscriber, the plan " STR_FMT " opens it",
		    STR_ARG(plan_slug(of, s->plan_id)));
	else if (s->access != ACCESS_SUBSCRIBER)
		(void)snprintf(out, WORDS_FINDING, "%s", access_name(s->access));
	else if (of->any_plan)
		(void)snprintf(out, WORDS_FINDING, "subscriber, any plan opens it");
	else
		return NULL;
	return "access";
}

static const char *
say(const char *fact, const char *words, char out[WORDS_FINDING])
{
	(void)snprintf(out, WORDS_FINDING, "%s", words);
	return fact;
}

const char *
words_of_step(const struct words_of *of, const struct explain_step *s, char finding[WORDS_FINDING])
{
	switch (s->fact) {
	case EXPLAIN_ACCESS:
	case EXPLAIN_PLAN: return access_words(of, s, finding);
	case EXPLAIN_PERIOD: return period_words(of, s, finding);
	case EXPLAIN_NO_PERIOD: return say("period", "none: never subscribed", finding);
	case EXPLAIN_PAUSE: return pause_words(s, finding);
	case EXPLAIN_FREE_READ: return say("free read", "one of that month was spent on it", finding);
	case EXPLAIN_GIFT: return say("gift", "opened here", finding);
	case EXPLAIN_CRAWLER: return say("crawler", "known by its address", finding);
	case EXPLAIN_DEVICES:
		(void)snprintf(finding, WORDS_FINDING, "%lld others read already", (long long)s->count);
		return "devices";
	case EXPLAIN_SIGNED_IN:
	case EXPLAIN_STRANGER:
	case EXPLAIN_DECISION:
	case EXPLAIN_FACTS: break;
	}
	return NULL;
}
