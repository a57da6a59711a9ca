/* institution_store.h: institutions, their contracts, domains, networks and contact persons. Strings live in the arena. Not
 * DB_PUBLIC; what adds or ends needs DB_WRITER. What the tables refuse is ERR_INVALID with their reason. */
#ifndef STORE_INSTITUTION_STORE_H
#define STORE_INSTITUTION_STORE_H

#include "store/db.h"

struct institution {
	int64_t id;
	struct str slug, name, siret, status; /* siret empty: none; status active or suspended */
	int64_t seats, taken;                 /* as the view institution_seats counts them */
	struct str plans;                     /* of open contracts, else of all: "a, b" */
	int64_t until;                        /* when the last contract ends; 0: none */
};

struct institution_contract {
	int64_t id, institution_id, seats, networks, starts_at, ends_at, grace_s, paid_at, ended_at;
	struct str plan, purchase_order; /* plan's slug */
};

/* A domain, a network or a contact person. */
struct institution_item {
	int64_t id, created_at, ended_at;
	struct str text, label; /* label: of networks */
};

enum institution_list { INSTITUTION_DOMAINS, INSTITUTION_NETWORKS, INSTITUTION_CONTACTS };

/* siret: bare digits, or empty. ERR_CONFLICT: slug or SIRET is taken. */
enum err institution_store_add(
    struct db *db, struct str slug, struct str name, struct str siret, int64_t *id, struct fault *f);

/* By slug, SIRET or number. ERR_NOT_FOUND with the sentence. */
enum err institution_store_find(
    struct db *db, struct arena *a, struct str ref, int64_t now, struct institution *out, struct fault *f);
enum err institution_store_list(struct db *db, struct arena *a, int64_t after_id, int64_t now, size_t limit,
    struct institution **out, size_t *n);
enum err institution_store_set_status(struct db *db, int64_t id, struct str status, struct fault *f);

/* c->plan names the plan. ERR_NOT_FOUND: no such plan. */
enum err institution_store_grant(
    struct db *db, const struct institution_contract *c, int64_t *id, struct fault *f);
enum err institution_store_contracts(
    struct db *db, struct arena *a, int64_t id, struct institution_contract **out, size_t *n);
/* contract_id 0: all that run or are to come. */
enum err institution_store_end(
    struct db *db, int64_t id, int64_t contract_id, int64_t at, struct str reason, struct fault *f);
enum err institution_store_paid(struct db *db, int64_t id, int64_t contract_id, int64_t at, struct fault *f);

enum err institution_store_items(struct db *db, struct arena *a, enum institution_list list, int64_t id,
    struct institution_item **out, size_t *n);
enum err institution_store_add_domain(struct db *db, int64_t id, struct str domain, struct fault *f);
/* batch_id 0: none. */
enum err institution_store_add_network(
    struct db *db, int64_t id, const char *network, struct str label, int64_t batch_id, struct fault *f);
enum err institution_store_add_contact(struct db *db, int64_t id, int64_t subscriber_id, struct fault *f);
/* Ends the one of this text that is in use. ERR_NOT_FOUND with the sentence. */
enum err institution_store_end_item(
    struct db *db, enum institution_list list, int64_t id, struct str text, int64_t at, struct fault *f);

/* Copies the widest networks that the settings allow to where the triggers find them. */
enum err institution_store_limits(struct db *db, int64_t ipv4, int64_t ipv6);

#endif
