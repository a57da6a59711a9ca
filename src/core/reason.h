/* reason.h: the words of the decision: levels of access, verdicts, reasons. */
#ifndef CORE_REASON_H
#define CORE_REASON_H

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

/* From weakest to strongest: of several grounds the strongest decides. */
enum reason {
	REASON_ACCESS_UNKNOWN,  /* teaser: no rule knows this level */
	REASON_CLOCK_WRONG,     /* teaser: the clock stands before 2020, no period can be judged */
	REASON_ANONYMOUS,       /* teaser: nobody is signed in */
	REASON_NO_SUBSCRIPTION, /* teaser: signed in, never subscribed */
	REASON_NOT_STARTED,     /* teaser: the subscription begins later */
	REASON_EXPIRED,         /* teaser: the last subscription is over, its grace too */
	REASON_PLAN,            /* teaser: a subscription is open, the article asks for another plan */
	REASON_PAUSED,          /* teaser: the reader has paused the subscription */
	REASON_DEVICES,         /* teaser: as many devices as the plan allows are reading already */
	REASON_PUBLIC,          /* full: everybody reads it */
	REASON_REGISTERED,      /* full: any signed-in reader */
	REASON_CRAWLER,         /* full: a search engine known by its address */
	REASON_FREE_READ,       /* full: one of the month's free reads was spent on it */
	REASON_GIFT,            /* full: a subscriber gave it */
	REASON_PREVIEW,         /* full: an editor's link to look at it */
	REASON_GRACE,           /* full: a period is over, its grace is not */
	REASON_NETWORK,         /* full: the visit comes from an institution's network */
	REASON_SEAT,            /* full: a seat of an institution */
	REASON_SUBSCRIBED,      /* full: a period of the reader's own is open */
	REASON_COUNT
};

enum access access_parse(struct str name); /* ACCESS_UNKNOWN for anything else than the four names */
const char *access_name(enum access a);
const char *reason_name(enum reason r); /* stable, for logs, templates (panel.reason_NAME) and --json */

#endif
