/* network.c: prefixes laid flat as ranges that do not overlap; a table (IPv4) or a search in a small
 * index (IPv6) leads to one part of them, a search in it to the range. */
#include "core/network.h"

#include <stdlib.h>

#define STRIDE ((size_t)16) /* ranges an entry of the index stands for */
#define V4_HALVES ((size_t)65536)
#define DEPTH 129 /* prefixes that can hold each other, and none */

/* Range i goes from starts[i] until before starts[i + 1]. */
struct networks {
	struct cidr_address *starts, *index;
	uint32_t *rules; /* NETWORK_NONE: no prefix holds it */
	size_t n, index_n;
	uint32_t v4[V4_HALVES + 1]; /* the range of x.y.0.0, at [x * 256 + y]; the last of IPv4 behind them */
};

int
network_cmp(const void *a, const void *b)
{
	const struct cidr *x = a, *y = b;
	int order = cidr_address_cmp(x->first, y->first);

	return order != 0 ? order : (x->bits > y->bits) - (x->bits < y->bits);
}

/* Where the sweep stands: the prefixes that are open, the widest first. */
struct sweep {
	struct networks *nw;
	const struct cidr *nets;
	uint32_t open[DEPTH];
	size_t depth;
};

static uint32_t
innermost(const struct sweep *s)
{
	return s->depth > 0 ? s->open[s->depth - 1] : NETWORK_NONE;
}

/* From here on the innermost open prefix counts. */
static void
begin_range(struct sweep *s, struct cidr_address start)
{
	struct networks *nw = s->nw;

	if (nw->n > 0 && cidr_address_cmp(nw->starts[nw->n - 1], start) == 0)
		nw->n--;
	nw->starts[nw->n] = start;
	nw->rules[nw->n++] = innermost(s);
}

static void
close_innermost(struct sweep *s)
{
	struct cidr_address next = cidr_last(&s->nets[innermost(s)]);

	s->depth--;
	next.low++;
	next.high += next.low == 0;
	if (next.high != 0 || next.low != 0)
		begin_range(s, next);
}

static enum err
sweep(struct sweep *s, size_t n, uint32_t *parents)
{
	begin_range(s, (struct cidr_address){0, 0});
	for (size_t i = 0; i < n; i++) {
		while (
		    s->depth > 0 && cidr_address_cmp(cidr_last(&s->nets[innermost(s)]), s->nets[i].first) < 0)
			close_innermost(s);
		if ((i > 0 && network_cmp(&s->nets[i - 1], &s->nets[i]) >= 0) || s->depth == DEPTH)
			return ERR_INVALID;
		if (parents != NULL)
			parents[i] = innermost(s);
		s->open[s->depth++] = (uint32_t)i;
		begin_range(s, s->nets[i].first);
	}
	while (s->depth > 0)
		close_innermost(s);
	return ERR_NONE;
}

static void
lay_index(struct networks *nw)
{
	size_t at = 0;

	for (size_t i = 0; i < nw->n; i += STRIDE)
		nw->index[nw->index_n++] = nw->starts[i];
	for (size_t half = 0; half <= V4_HALVES; half++) {
		/* Behind the last address there is none of IPv4: the range of 255.255.255.255. */
		uint64_t low = (UINT64_C(0xffff) << 32) + (half << 16) - (half == V4_HALVES);
		const struct cidr_address first = {0, low};

		while (at + 1 < nw->n && cidr_address_cmp(nw->starts[at + 1], first) <= 0)
			at++;
		nw->v4[half] = (uint32_t)at;
	}
}

enum err
networks_build(struct networks **out, const struct cidr *nets, size_t n, uint32_t *parents)
{
	struct networks *nw = calloc(1, sizeof *nw);
	struct sweep s = {.nw = nw, .nets = nets};
	size_t most = 2 * n + 1;
	enum err e = ERR_TOO_LARGE;

	*out = NULL;
	if (nw == NULL)
		return ERR_MEMORY;
	if (n > NETWORKS_MAX)
		goto fail;
	e = ERR_MEMORY;
	nw->starts = calloc(most, sizeof *nw->starts);
	nw->rules = calloc(most, sizeof *nw->rules);
	nw->index = calloc(most / STRIDE + 1, sizeof *nw->index);
	if (nw->starts == NULL || nw->rules == NULL || nw->index == NULL)
		goto fail;
	if ((e = sweep(&s, n, parents)) != ERR_NONE)
		goto fail;
	lay_index(nw);
	*out = nw;
	return ERR_NONE;

fail:
	networks_free(nw);
	return e;
}

void
networks_free(struct networks *nw)
{
	if (nw == NULL)
		return;
	free(nw->starts);
	free(nw->rules);
	free(nw->index);
	free(nw);
}

/* The last of n sorted starts that is not above the address; the first is never above it. */
static size_t
last_not_above(const struct cidr_address *starts, size_t n, struct cidr_address a)
{
	const struct cidr_address *base = starts;

	while (n > 1) {
		size_t half = n / 2;

		if (base[half].high < a.high || (base[half].high == a.high && base[half].low <= a.low))
			base += half;
		n -= half;
	}
	return (size_t)(base - starts);
}

static bool
is_v4(struct cidr_address a)
{
	return a.high == 0 && a.low >> 32 == 0xffff;
}

uint32_t
networks_find(const struct networks *nw, struct cidr_address address)
{
	size_t from, n;

	if (is_v4(address)) {
		size_t half = (size_t)(address.low >> 16) & 0xffff;

		from = nw->v4[half];
		n = nw->v4[half + 1] - from + 1;
	} else {
		from = last_not_above(nw->index, nw->index_n, address) * STRIDE;
		n = nw->n - from < STRIDE ? nw->n - from : STRIDE;
	}
	return nw->rules[from + last_not_above(nw->starts + from, n, address)];
}
