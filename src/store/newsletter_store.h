/* newsletter_store.h: lists and who receives them. Strings live in the arena. */
#ifndef STORE_NEWSLETTER_STORE_H
#define STORE_NEWSLETTER_STORE_H

#include "store/db.h"

struct newsletter_row {
	int64_t id, closed_at;
	struct str slug, name, description, access;
	struct str state; /* of one address: pending, active, ended; empty: never asked for, or no address */
	int64_t subscription_id; /* 0: none */
	int64_t readers;         /* active ones, where asked for */
};

/* Open lists in their order, the address's state in each; email empty: only the lists. With an address, or readers
 * counted: not DB_PUBLIC. */
enum err newsletter_store_all(
    struct db *db, struct arena *a, struct str email, struct newsletter_row **out, size_t *n);
enum err newsletter_store_counted(struct db *db, struct arena *a, struct newsletter_row **out, size_t *n);
enum err newsletter_store_by_slug(
    struct db *db, struct arena *a, struct str slug, struct newsletter_row *out);

struct newsletter_wish {
	int64_t newsletter_id, now;
	struct str email, basis, source, notice_hash;
	struct str confirm_hash; /* empty: active at once */
};

/* Pending, or active where confirm_hash is empty. *asked: false when the address has the list already. DB_WRITER. */
enum err newsletter_store_ask(struct db *db, const struct newsletter_wish *w, bool *asked);

struct newsletter_subscription {
	int64_t id, newsletter_id, requested_at;
	struct str email, slug, name, state, notice_hash;
};

/* Every list of an address, as struct subscriber writes it: closed ones and ended ones too. */
enum err newsletter_store_by_email(
    struct db *db, struct arena *a, struct str email, struct newsletter_subscription **out, size_t *n);
/* By the secret of the confirmation mail: one row a list, pending ones and those confirmed by it. */
enum err newsletter_store_by_confirm(
    struct db *db, struct arena *a, struct str hash, struct newsletter_subscription **out, size_t *n);
enum err newsletter_store_by_id(
    struct db *db, struct arena *a, int64_t id, struct newsletter_subscription *out);

/* ERR_NOT_FOUND: it was not pending, not active. DB_WRITER. */
enum err newsletter_store_confirm(struct db *db, int64_t id, int64_t now);
enum err newsletter_store_end(struct db *db, int64_t id, int64_t now);

/* The next row behind the one of id after to be dropped: never confirmed since `before`, or without a click or sign-in
 * since `silent` and no subscription to the publication that ran later. ERR_NOT_FOUND: none. */
enum err newsletter_store_lapsed(struct db *db, struct arena *a, int64_t after, int64_t before,
    int64_t silent, struct newsletter_subscription *out);
enum err newsletter_store_drop(struct db *db, int64_t id);

#endif
