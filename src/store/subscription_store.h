/* subscription_store.h: plans, and the periods for which readers have them. Strings live in the arena. */
#ifndef STORE_SUBSCRIPTION_STORE_H
#define STORE_SUBSCRIPTION_STORE_H

#include "store/db.h"

struct plan {
	int64_t id;
	struct str slug, name, description, price_text;
	bool offered;                            /* shown to new readers */
	struct str payment_url;                  /* https; empty: none */
	int64_t price_amount;                    /* hundredths; -1: not said */
	struct str price_currency, price_period; /* EUR; month, quarter, year, once */
	int32_t devices;                         /* how many may read at once; 0: any number */
};

/* ends_at: the first second not covered; reading goes on grace_s longer; ended_at != 0: stopped early, no grace. */
struct period {
	int64_t id, plan_id, starts_at, ends_at, grace_s, ended_at;
	struct str plan, kind; /* plan's slug; paid, trial, complimentary */
	struct str plan_name;
	int32_t devices; /* the plan's limit; 0: none */
};

struct grant {
	int64_t subscriber_id, starts_at, ends_at, grace_s;
	struct str plan;   /* slug */
	struct str kind;   /* empty: complimentary */
	struct str source; /* order number, who gave it */
};

enum err subscription_store_plans(
    struct db *db, struct arena *a, struct plan **out, size_t *n); /* any role */

/* All periods of one reader, oldest first: the facts of the entitlement function. Any role. */
enum err subscription_store_periods(
    struct db *db, struct arena *a, int64_t subscriber_id, struct period **out, size_t *n);

/* Adds a period; earlier ones stay. ERR_NOT_FOUND: no such plan; ERR_INVALID: the table refused. DB_WRITER. */
enum err subscription_store_grant(struct db *db, const struct grant *g, int64_t *id, struct fault *f);

/* The period of just this reader, plan, kind and times, if there is one: an import repeated adds nothing, unless it was undone.
 * ERR_NOT_FOUND: none. Any role. */
enum err subscription_store_find(struct db *db, const struct grant *g, int64_t *id);

/* Stops the reader's periods that still run or are to come (of one plan; plan.len 0: of all) at the time given.
 * ERR_NOT_FOUND: there was none. DB_WRITER. */
enum err subscription_store_end(struct db *db, int64_t subscriber_id, struct str plan, int64_t at,
    struct str reason, int64_t *ended, struct fault *f);

#endif
