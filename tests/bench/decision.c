/* decision: what one decision costs with 1,000,000 subscribers, 10,000 institutions and 100,000 networks, all facts in memory:
 * the address looked up among the networks, then the verdict over the reader's periods and the network's. Usage: decision
 * [N a round]. Prints one JSON object. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/coverage.h"
#include "core/network.h"

#define SUBSCRIBERS ((size_t)1000000)
#define INSTITUTIONS ((size_t)10000)
#define NETWORKS ((size_t)100000)
#define NOW ((int64_t)1790000000)
#define YEAR ((int64_t)31536000)
#define PEERS ((size_t)65536)

static uint64_t seed = 7;

static uint64_t
next_random(void)
{
	uint64_t z = (seed += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* Of the processor, so that a busy machine is no slow one. */
static double
seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct world {
	struct institution_network_row *networks;
	char (*texts)[CIDR_TEXT];
	struct institution_period *contracts;
	struct entitlement_period *periods; /* of subscriber i: 2i and 2i + 1 */
	char (*peers)[CIDR_TEXT];
	struct coverage *coverage;
	struct networks *bare;          /* the same networks, without what they open */
	struct cidr_address *addresses; /* of peers */
};

/* Half IPv4 from /16 to /32, half IPv6 from /32 to /64, spread over the whole space. */
static void
write_network(char out[CIDR_TEXT], char peer[CIDR_TEXT])
{
	uint64_t r = next_random();
	unsigned bits = 16 + (unsigned)(r >> 56) % 17;
	uint32_t v4 = (uint32_t)r | UINT32_C(0x01000000);

	if (r >> 40 & 1) {
		unsigned a = (unsigned)(r & 0xfff) | 0x2000, b = (unsigned)(r >> 12 & 0xffff) | 1;
		unsigned c = (unsigned)(r >> 28 & 0xfff);

		(void)snprintf(out, CIDR_TEXT, "%x:%x:%x::/48", a, b, c | 1);
		(void)snprintf(peer, CIDR_TEXT, "%x:%x:%x:7::%x", a, b, c | 1, c);
		return;
	}
	(void)snprintf(peer, CIDR_TEXT, "%u.%u.%u.%u", v4 >> 24, v4 >> 16 & 255, v4 >> 8 & 255, v4 & 255);
	v4 = bits == 32 ? v4 : v4 >> (32 - bits) << (32 - bits);
	(void)snprintf(
	    out, CIDR_TEXT, "%u.%u.%u.%u/%u", v4 >> 24, v4 >> 16 & 255, v4 >> 8 & 255, v4 & 255, bits);
}

static bool
make_bare(struct world *w)
{
	struct cidr *nets = calloc(NETWORKS, sizeof *nets);
	size_t n = 0;
	enum err e;

	w->addresses = calloc(PEERS, sizeof *w->addresses);
	if (nets == NULL || w->addresses == NULL)
		return false;
	for (size_t i = 0; i < NETWORKS; i++)
		if (cidr_parse(w->networks[i].network, (struct cidr_limits){16, 32}, &nets[i], NULL) !=
		    ERR_NONE)
			return false;
	qsort(nets, NETWORKS, sizeof *nets, network_cmp);
	for (size_t i = 0; i < NETWORKS; i++)
		if (n == 0 || network_cmp(&nets[n - 1], &nets[i]) != 0)
			nets[n++] = nets[i];
	for (size_t i = 0; i < PEERS; i++)
		if (!cidr_address(str_of(w->peers[i]), &w->addresses[i]))
			return false;
	e = networks_build(&w->bare, nets, n, NULL);
	free(nets);
	return e == ERR_NONE;
}

static bool
make_world(struct world *w)
{
	struct coverage_rows rows = {.limits = {16, 32}};
	char peer[CIDR_TEXT];

	w->networks = calloc(NETWORKS, sizeof *w->networks);
	w->texts = calloc(NETWORKS, sizeof *w->texts);
	w->contracts = calloc(INSTITUTIONS, sizeof *w->contracts);
	w->periods = calloc(2 * SUBSCRIBERS, sizeof *w->periods);
	w->peers = calloc(PEERS, sizeof *w->peers);
	if (w->networks == NULL || w->texts == NULL || w->contracts == NULL || w->periods == NULL ||
	    w->peers == NULL)
		return false;
	for (size_t i = 0; i < NETWORKS; i++) {
		write_network(w->texts[i], i % 2 == 0 && i / 2 < PEERS ? w->peers[i / 2] : peer);
		w->networks[i] = (struct institution_network_row){
		    (int64_t)(next_random() % INSTITUTIONS) + 1, str_of(w->texts[i])};
	}
	for (size_t i = 0; i < PEERS; i++)
		if (w->peers[i][0] == '\0')
			write_network(peer, w->peers[i]);
	for (size_t i = 0; i < INSTITUTIONS; i++)
		w->contracts[i] = (struct institution_period){.institution_id = (int64_t)i + 1,
		    .plan_id = 1 + (int64_t)(i % 3),
		    .starts_at = NOW - YEAR,
		    .ends_at = NOW + (int64_t)(i % 5) * YEAR / 4 - YEAR / 8};
	for (size_t i = 0; i < 2 * SUBSCRIBERS; i++)
		w->periods[i] = (struct entitlement_period){.plan_id = 1 + (int64_t)(next_random() % 3),
		    .starts_at = NOW - YEAR - (int64_t)(i % 2) * YEAR,
		    .ends_at = NOW + (int64_t)(next_random() % (uint64_t)YEAR) - YEAR / 2,
		    .source = i % 7 == 0 ? SOURCE_SEAT : SOURCE_OWN};
	rows.networks = w->networks;
	rows.network_count = NETWORKS;
	rows.contracts = w->contracts;
	rows.contract_count = INSTITUTIONS;
	return coverage_build(&w->coverage, &rows, NULL) == ERR_NONE && make_bare(w);
}

#define ROUNDS 11

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static size_t
look_up(const struct world *w, int64_t n)
{
	size_t covered = 0;

	for (int64_t i = 0; i < n; i++)
		covered += networks_find(w->bare, w->addresses[next_random() % PEERS]) != NETWORK_NONE;
	return covered;
}

static size_t
decide(const struct world *w, int64_t n)
{
	static const int64_t plans[] = {2};
	const struct entitlement_article article = {ACCESS_SUBSCRIBER, plans, 1};
	size_t full = 0;

	for (int64_t i = 0; i < n; i++) {
		const struct entitlement_reader reader = {.signed_in = true,
		    .periods = &w->periods[2 * (next_random() % SUBSCRIBERS)],
		    .period_count = 2};
		struct entitlement_visit visit = {.period_count = 0};

		visit.period_count = coverage_find(
		    w->coverage, str_of(w->peers[next_random() % PEERS]), &visit.periods);
		full += entitlement_decide(&article, &reader, &visit, NOW).verdict == VERDICT_FULL;
	}
	return full;
}

/* Nanoseconds of one, median and best of the rounds; and the share of those that were found. */
static void
measure(const char *name, size_t (*run)(const struct world *w, int64_t n), const struct world *w, int64_t n)
{
	double took[ROUNDS];
	size_t found = 0;

	for (size_t i = 0; i < ROUNDS; i++) {
		double began = seconds();

		found += run(w, n);
		took[i] = (seconds() - began) / (double)n * 1e9;
	}
	qsort(took, ROUNDS, sizeof *took, compare);
	printf(", \"%s_ns\": %.0f, \"%s_best_ns\": %.0f, \"%s_yes\": %.2f", name, took[ROUNDS / 2], name,
	    took[0], name, (double)found / (double)n / ROUNDS);
}

int
main(int argc, char **argv)
{
	int64_t n = argc > 1 ? strtoll(argv[1], NULL, 10) : 500000;
	struct world w = {.coverage = NULL};

	if (n < 1 || !make_world(&w))
		return 1;
	printf("{\"networks\": %zu", coverage_networks(w.coverage));
	measure("lookup", look_up, &w, n);
	measure("decision", decide, &w, n);
	printf("}\n");
	coverage_release(w.coverage);
	networks_free(w.bare);
	free(w.addresses);
	free(w.networks);
	free(w.texts);
	free(w.contracts);
	free(w.periods);
	free(w.peers);
	return 0;
}
