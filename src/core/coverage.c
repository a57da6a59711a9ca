/* coverage.c: sorted networks, each with its own contracts and those of the networks around it. */
#include "core/coverage.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/network.h"

#define SCRATCH_BYTES ((size_t)256 * 1024 * 1024)

/* Where a network's periods lie. */
struct span {
	uint32_t from, n;
};

struct coverage {
	_Atomic uint32_t refs;
	struct networks *networks;
	struct span *spans; /* of each rule */
	size_t rule_count;
	struct entitlement_period *periods;
	size_t period_count, period_room;
};

/* A network and whose it is, while it is built. The network comes first: network_cmp sorts these. */
struct rule {
	struct cidr net;
	int64_t institution_id;
	struct span own; /* in the rows' contracts */
};

static struct entitlement_period
as_period(const struct institution_period *p)
{
	return (struct entitlement_period){.plan_id = p->plan_id,
	    .starts_at = p->starts_at,
	    .ends_at = p->ends_at,
	    .grace_s = p->grace_s,
	    .ended_at = p->ended_at,
	    .source = SOURCE_NETWORK,
	    .institution_id = p->institution_id};
}

static struct span
contracts_of(const struct coverage_rows *rows, int64_t institution_id)
{
	size_t low = 0, high = rows->contract_count, end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (rows->contracts[middle].institution_id < institution_id)
			low = middle + 1;
		else
			high = middle;
	}
	end = low;
	while (end < rows->contract_count && rows->contracts[end].institution_id == institution_id)
		end++;
	return (struct span){(uint32_t)low, (uint32_t)(end - low)};
}

/* Stored networks have one spelling: what has another was not checked by the table. */
static bool
read_rule(const struct coverage_rows *rows, const struct institution_network_row *row, struct rule *out)
{
	char text[CIDR_TEXT];

	if (cidr_parse(row->network, rows->limits, &out->net, NULL) != ERR_NONE)
		return false;
	cidr_text(&out->net, text);
	out->institution_id = row->institution_id;
	out->own = contracts_of(rows, row->institution_id);
	return str_eq(str_of(text), row->network);
}

/* Sorted, each network once, only those with contracts. */
static size_t
read_rules(const struct coverage_rows *rows, struct rule *rules, size_t *refused)
{
	size_t n = 0, kept = 0;

	*refused = 0;
	for (size_t i = 0; i < rows->network_count; i++) {
		if (!read_rule(rows, &rows->networks[i], &rules[n]))
			++*refused;
		else if (rules[n].own.n > 0)
			n++;
	}
	if (n > 0)
		qsort(rules, n, sizeof *rules, network_cmp);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || network_cmp(&rules[kept - 1].net, &rules[i].net) != 0)
			rules[kept++] = rules[i];
	return kept;
}

static bool
push(struct coverage *c, struct entitlement_period period)
{
	if (c->period_count == c->period_room) {
		size_t room = c->period_room == 0 ? 64 : c->period_room * 2;
		struct entitlement_period *moved = room > UINT32_MAX
		                                       ? NULL
		                                       : realloc(c->periods, room * sizeof *moved);

		if (moved == NULL)
			return false;
		c->periods = moved;
		c->period_room = room;
	}
	c->periods[c->period_count++] = period;
	return true;
}

/* A network inside another one of the same institution has what that one has; else its own and that one's. */
static bool
lay_periods(
    struct coverage *c, const struct coverage_rows *rows, const struct rule *rules, size_t i, uint32_t parent)
{
	struct span around = parent == NETWORK_NONE ? (struct span){0, 0} : c->spans[parent];
	struct span *span = &c->spans[i];

	if (parent != NETWORK_NONE && rules[parent].institution_id == rules[i].institution_id) {
		*span = around;
		return true;
	}
	/* The rule before belongs to the same institution more often than not. */
	if (i > 0 && parent == NETWORK_NONE && rules[i - 1].institution_id == rules[i].institution_id &&
	    c->spans[i - 1].n == rules[i].own.n) {
		*span = c->spans[i - 1];
		return true;
	}
	*span = (struct span){(uint32_t)c->period_count, rules[i].own.n + around.n};
	for (uint32_t k = 0; k < rules[i].own.n; k++)
		if (!push(c, as_period(&rows->contracts[rules[i].own.from + k])))
			return false;
	for (uint32_t k = 0; k < around.n; k++)
		if (!push(c, c->periods[around.from + k]))
			return false;
	return true;
}

static enum err
lay_out(struct coverage *c, const struct coverage_rows *rows, const struct rule *rules, size_t n)
{
	struct cidr *nets = calloc(n + 1, sizeof *nets);
	uint32_t *parents = calloc(n + 1, sizeof *parents);
	enum err e = ERR_MEMORY;

	c->spans = calloc(n + 1, sizeof *c->spans);
	if (nets == NULL || parents == NULL || c->spans == NULL)
		goto done;
	for (size_t i = 0; i < n; i++)
		nets[i] = rules[i].net;
	if ((e = networks_build(&c->networks, nets, n, parents)) != ERR_NONE)
		goto done;
	c->rule_count = n;
	for (size_t i = 0; i < n && e == ERR_NONE; i++)
		if (!lay_periods(c, rows, rules, i, parents[i]))
			e = ERR_MEMORY;
done:
	free(nets);
	free(parents);
	return e;
}

enum err
coverage_build(struct coverage **out, const struct coverage_rows *rows, size_t *refused)
{
	struct coverage *c = calloc(1, sizeof *c);
	struct rule *rules = calloc(rows->network_count + 1, sizeof *rules);
	size_t n, ignored;
	enum err e = ERR_MEMORY;

	*out = NULL;
	if (c != NULL && rules != NULL) {
		atomic_init(&c->refs, 1);
		n = read_rules(rows, rules, refused != NULL ? refused : &ignored);
		e = lay_out(c, rows, rules, n);
	}
	free(rules);
	if (e == ERR_NONE)
		*out = c;
	else
		coverage_release(c);
	return e;
}

enum err
coverage_load(struct coverage **out, struct db *db, struct cidr_limits limits, int64_t now, size_t *refused)
{
	struct institution_network_row *networks = NULL;
	struct institution_period *contracts = NULL;
	struct coverage_rows rows = {.limits = limits};
	struct arena scratch;
	enum err e;

	*out = NULL;
	arena_init(&scratch, SCRATCH_BYTES);
	e = institution_facts_networks(db, &scratch, &networks, &rows.network_count);
	if (e == ERR_NONE)
		e = institution_facts_contracts(db, &scratch, now, &contracts, &rows.contract_count);
	rows.networks = networks;
	rows.contracts = contracts;
	if (e == ERR_NONE)
		e = coverage_build(out, &rows, refused);
	arena_free(&scratch);
	return e;
}

struct coverage *
coverage_keep(struct coverage *c)
{
	if (c != NULL)
		atomic_fetch_add(&c->refs, 1);
	return c;
}

void
coverage_release(struct coverage *c)
{
	if (c == NULL || atomic_fetch_sub(&c->refs, 1) > 1)
		return;
	networks_free(c->networks);
	free(c->spans);
	free(c->periods);
	free(c);
}

size_t
coverage_networks(const struct coverage *c)
{
	return c == NULL ? 0 : c->rule_count;
}

size_t
coverage_find(const struct coverage *c, struct str peer, const struct entitlement_period **periods)
{
	struct cidr_address address;
	uint32_t rule;

	*periods = NULL;
	if (c == NULL || c->rule_count == 0 || !cidr_address(peer, &address))
		return 0;
	rule = networks_find(c->networks, address);
	if (rule == NETWORK_NONE)
		return 0;
	*periods = c->periods + c->spans[rule].from;
	return c->spans[rule].n;
}
