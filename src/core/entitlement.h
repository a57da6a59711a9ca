/* entitlement.h: who may read what: facts in, verdict and reason out. Pure; every surface asks it through paywall.h. */
#ifndef CORE_ENTITLEMENT_H
#define CORE_ENTITLEMENT_H

#include "base/str.h"

enum access {
	ACCESS_UNKNOWN,
	ACCESS_PUBLIC,
	ACCESS_REGISTERED,
	ACCESS_METERED,
	ACCESS_SUBSCRIBER,
	ACCESS_COUNT
};

enum verdict { VERDICT_TEASER, VERDICT_FULL };

/* From weakest to strongest: of several periods the strongest reason decides. */
enum reason {
	REASON_ACCESS_UNKNOWN,  /* teaser: no rule knows this level */
	REASON_CLOCK_WRONG,     /* teaser: the clock stands before 2020, no period can be judged */
	REASON_ANONYMOUS,       /* teaser: nobody is signed in */
	REASON_NO_SUBSCRIPTION, /* teaser: signed in, never subscribed */
	REASON_NOT_STARTED,     /* teaser: the subscription begins later */
	REASON_EXPIRED,         /* teaser: the last subscription is over, its grace too */
	REASON_PLAN,            /* teaser: a subscription is open, the article asks for another plan */
	REASON_PUBLIC,          /* full: everybody reads it */
	REASON_REGISTERED,      /* full: any signed-in reader */
	REASON_GRACE,           /* full: a period is over, its grace is not */
	REASON_SUBSCRIBED,      /* full: a period is open */
	REASON_COUNT
};

struct entitlement_article {
	enum access access;
	const int64_t *plans; /* which plans open it; none: any plan does */
	size_t plan_count;
};

/* One paid or given period, as the table has it. Times are epoch seconds; ends_at is the first second not covered. */
struct entitlement_period {
	int64_t plan_id;
	int64_t starts_at, ends_at;
	int64_t grace_s;  /* seconds after ends_at during which reading goes on */
	int64_t ended_at; /* ended early at; 0: not. An early end has no grace */
};

struct entitlement_reader {
	bool signed_in;
	const struct entitlement_period *periods;
	size_t period_count;
};

struct decision {
	enum verdict verdict;
	enum reason reason;
	const struct entitlement_period *period; /* the one that decided, NULL when none did */
};

struct decision entitlement_decide(
    const struct entitlement_article *article, const struct entitlement_reader *reader, int64_t now);

enum access access_parse(struct str name); /* ACCESS_UNKNOWN for anything else than the four names */
const char *access_name(enum access a);
const char *reason_name(enum reason r); /* stable, for logs, templates (panel.reason_NAME) and --json */

#endif
