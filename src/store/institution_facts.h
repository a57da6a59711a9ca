/* institution_facts.h: what decisions need of institutions: their networks, contracts and seats. Any role. */
#ifndef STORE_INSTITUTION_FACTS_H
#define STORE_INSTITUTION_FACTS_H

#include "store/db.h"

struct institution_network_row {
	int64_t institution_id;
	struct str network; /* in the arena */
};

/* A contract, or what a seat has of one. Times as struct entitlement_period. */
struct institution_period {
	int64_t institution_id, plan_id, starts_at, ends_at, grace_s, ended_at;
	int64_t devices; /* of the plan: how many may read at once; 0: any number */
};

/* Moves *seen to the end of change_log; *changed: whether a right of an institution changed in between. */
enum err institution_facts_changed(struct db *db, int64_t *seen, bool *changed);

/* Networks in use. */
enum err institution_facts_networks(
    struct db *db, struct arena *a, struct institution_network_row **out, size_t *n);

/* Contracts that cover networks and are not over at `now`, of active institutions, by institution_id. */
enum err institution_facts_contracts(
    struct db *db, struct arena *a, int64_t now, struct institution_period **out, size_t *n);

/* What a reader's seats open, oldest first. A seat counts from when it was given; of more seats than were ordered the
 * latest do not count. */
enum err institution_facts_seats(
    struct db *db, struct arena *a, int64_t subscriber_id, struct institution_period **out, size_t *n);

#endif
