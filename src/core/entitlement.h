/* entitlement.h: who may read what: facts in, verdict and reason out. Pure; every surface asks it through paywall.h. */
#ifndef CORE_ENTITLEMENT_H
#define CORE_ENTITLEMENT_H

#include "core/reason.h"

struct entitlement_article {
	enum access access;
	const int64_t *plans; /* which plans open it; none: any plan does */
	size_t plan_count;
};

enum period_source { SOURCE_OWN, SOURCE_SEAT, SOURCE_NETWORK, SOURCE_COUNT };

/* One paid or given period. Times are epoch seconds; ends_at is the first second not covered. */
struct entitlement_period {
	int64_t plan_id;
	int64_t starts_at, ends_at;
	int64_t grace_s;  /* seconds after ends_at during which reading goes on */
	int64_t ended_at; /* ended early at; 0: not. An early end has no grace */
	enum period_source source;
	int32_t
	    devices; /* how many of a reader's devices may read at once; 0: any number; not for networks */
	int64_t institution_id; /* whose seat or network; 0 for the reader's own */
};

/* The reader's own periods do not count from starts_at until just before ends_at (INT64_MAX: not known yet). */
struct entitlement_pause {
	int64_t starts_at, ends_at;
};

struct entitlement_reader {
	bool signed_in;
	const struct entitlement_period *periods; /* own and seats */
	size_t period_count;
	const struct entitlement_pause *pauses;
	size_t pause_count;
};

/* What this one visit brings, whoever reads. All zero: nothing. */
struct entitlement_visit {
	const struct entitlement_period *periods; /* of the network it comes from */
	size_t period_count;
	bool free_read;        /* a free read of this month was spent on this article */
	bool gift;             /* a gift of this article was opened here */
	bool preview;          /* an editor's link to this article was opened */
	bool crawler;          /* a search engine's, known by its address */
	bool reading_on;       /* this device has the article open already: no limit of devices cuts it off */
	int32_t devices_ahead; /* devices of the account that read at present and began before this one */
};

struct decision {
	enum verdict verdict;
	enum reason reason;
	const struct entitlement_period *period; /* the one that decided, NULL when none did */
};

/* visit may be NULL: nothing but the reader counts. */
struct decision entitlement_decide(const struct entitlement_article *article,
    const struct entitlement_reader *reader, const struct entitlement_visit *visit, int64_t now);

#endif
