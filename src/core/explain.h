/* explain.h: the chain of facts behind a decision, the same for the command line and for the account page. */
#ifndef CORE_EXPLAIN_H
#define CORE_EXPLAIN_H

#include "core/entitlement.h"

enum explain_fact {
	EXPLAIN_ACCESS,    /* access: what the article asks for */
	EXPLAIN_PLAN,      /* plan_id: one of the plans that open it; none: any plan does */
	EXPLAIN_SIGNED_IN, /* somebody reads */
	EXPLAIN_STRANGER,  /* nobody is signed in */
	EXPLAIN_PERIOD,    /* period, reason: what it alone would come to at that time */
	EXPLAIN_NO_PERIOD, /* the reader never subscribed and has no seat */
	EXPLAIN_PAUSE,     /* pause: own periods rest then; holds: now */
	EXPLAIN_FREE_READ, /* spent on this article */
	EXPLAIN_GIFT,      /* opened here */
	EXPLAIN_CRAWLER,
	EXPLAIN_DEVICES, /* count: devices that read and began before this one; holds: this one goes on all the same */
	EXPLAIN_DECISION, /* reason, and period when one decided; always the last step */
	EXPLAIN_FACTS
};

struct explain_step {
	enum explain_fact fact;
	enum access access;
	enum reason reason;
	int64_t plan_id;
	const struct entitlement_period *period; /* of the reader or of the visit */
	struct entitlement_pause pause;
	int64_t count;
	bool holds;
};

/* What is asked; visit may be NULL. */
struct explain_question {
	const struct entitlement_article *article;
	const struct entitlement_reader *reader;
	const struct entitlement_visit *visit;
	int64_t at;
};

size_t explain_room(const struct explain_question *q); /* how many steps there can be at most */

/* Fills steps (of explain_room) in the order in which they are told; the number of them. */
size_t explain_chain(const struct explain_question *q, struct explain_step *steps);

/* What a reason means, in one English sentence without its full stop; never NULL. */
const char *explain_reason(enum reason r);

#endif
