/* institution_batch.h: runs of imports, each undone as a whole; sums of use; notices of ends. DB_WRITER. */
#ifndef STORE_INSTITUTION_BATCH_H
#define STORE_INSTITUTION_BATCH_H

#include "store/db.h"

/* kind: "seats" or "networks". Within the caller's transaction. */
enum err institution_batch_begin(
    struct db *db, const char *kind, struct str file, int64_t *id, struct fault *f);
enum err institution_batch_done(struct db *db, int64_t id, int64_t added);

/* Ends the networks, seats and invitations of the batch, in one transaction. ERR_NOT_FOUND: no such batch, or undone
 * before. */
struct institution_undone {
	int64_t networks, seats, invitations;
};
enum err institution_batch_undo(
    struct db *db, int64_t id, int64_t now, struct institution_undone *out, struct fault *f);

/* via: "seat" or "network"; month as 2026-11. Adds to the sum. */
enum err institution_usage_add(
    struct db *db, int64_t institution_id, struct str month, const char *via, int64_t opened);

struct institution_month {
	struct str month; /* in the arena */
	int64_t seat, network;
};
/* The latest months first, at most limit. Not DB_PUBLIC. */
enum err institution_usage_list(struct db *db, struct arena *a, int64_t institution_id, size_t limit,
    struct institution_month **out, size_t *n);

/* Contracts that end within `days` (60, 30, 7), without one that goes on after them and without a notice for so many days
 * or fewer. One a contact person. */
struct institution_ending {
	int64_t contract_id, institution_id, ends_at, seats, taken;
	struct str name, email, plan; /* in the arena; plan's name */
};
enum err institution_notice_due(
    struct db *db, struct arena *a, int64_t now, int64_t days, struct institution_ending **out, size_t *n);
enum err institution_notice_done(struct db *db, int64_t contract_id, int64_t days);

#endif
