/* coverage.h: what an address is covered by: the institutions' networks with their contracts, laid out for lookups. */
#ifndef CORE_COVERAGE_H
#define CORE_COVERAGE_H

#include "core/entitlement.h"
#include "format/cidr.h"
#include "store/institution_facts.h"

/* Immutable once built, reference-counted; the last user frees it. */
struct coverage;

/* From rows as institution_facts gives them (contracts by institution_id). Networks that are not as they should be, or
 * whose institution has no contract, are left out; *refused (may be NULL) counts the former. */
struct coverage_rows {
	const struct institution_network_row *networks;
	size_t network_count;
	const struct institution_period *contracts;
	size_t contract_count;
	struct cidr_limits limits;
};
enum err coverage_build(struct coverage **out, const struct coverage_rows *rows, size_t *refused);

/* The same from the tables. Any role. */
enum err coverage_load(
    struct coverage **out, struct db *db, struct cidr_limits limits, int64_t now, size_t *refused);

struct coverage *coverage_keep(struct coverage *c); /* NULL is fine, in both */
void coverage_release(struct coverage *c);

size_t coverage_networks(const struct coverage *c);

/* The contracts of the networks that hold the address, the narrowest network first; they live as long as c. None without
 * a network, for what is no address, and when c is NULL. */
size_t coverage_find(const struct coverage *c, struct str peer, const struct entitlement_period **periods);

#endif
