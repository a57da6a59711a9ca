/* seat_store.h: seats of institutions and invitations to them. Not DB_PUBLIC; what changes rows needs DB_WRITER. */
#ifndef STORE_SEAT_STORE_H
#define STORE_SEAT_STORE_H

#include "store/db.h"

struct seat {
	int64_t id, institution_id, created_at, revoked_at;
	bool invitation; /* id is an invitation's: the reader has not come yet */
	struct str email, origin;
};

/* Seats and open invitations of an institution, oldest first; revoked ones too when history is asked for. */
enum err seat_store_list(
    struct db *db, struct arena *a, int64_t institution_id, bool history, struct seat **out, size_t *n);

/* A seat for the address: at once when it has an account, else an invitation. ERR_CONFLICT: it has one of these already;
 * ERR_INVALID: no address, or no seat is free. batch_id 0: none. *invited may be NULL. */
struct seat_gift {
	int64_t institution_id, batch_id;
	struct str email;
	const char *origin; /* staff, contact, import */
	bool always_invite; /* say nothing about whether the address has an account */
};
enum err seat_store_give(
    struct db *db, struct arena *a, const struct seat_gift *g, bool *invited, struct fault *f);

/* Ends the seat or withdraws the invitation of the address. ERR_NOT_FOUND with the sentence. */
enum err seat_store_end(
    struct db *db, int64_t institution_id, struct str email, int64_t at, const char *reason, struct fault *f);

/* The address is proven to be the reader's, by a mailed link: gives the seats that it was invited to, and one of the
 * institution that its domain belongs to while any is free; not again when one was ended by a person. *joined (may be
 * NULL) counts. Within the caller's transaction. */
enum err seat_store_join(
    struct db *db, struct arena *a, int64_t subscriber_id, struct str email, int64_t now, int64_t *joined);

/* The same for invitations alone: the reader is signed in and says yes. */
enum err seat_store_accept(
    struct db *db, struct arena *a, int64_t subscriber_id, struct str email, int64_t now, int64_t *joined);

/* Names of the institutions that have invited the address. */
enum err seat_store_invitations(
    struct db *db, struct arena *a, struct str email, struct str **names, size_t *n);

/* On the web: only what the reader is a contact person of. ERR_NOT_FOUND: nothing of that is there for this reader. */
enum err seat_store_managed(
    struct db *db, struct arena *a, int64_t subscriber_id, int64_t **institutions, size_t *n);
enum err seat_store_may_manage(struct db *db, int64_t subscriber_id, int64_t institution_id);
enum err seat_store_end_managed(
    struct db *db, int64_t manager_id, int64_t seat_id, bool invitation, int64_t at);

#endif
