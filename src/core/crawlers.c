/* crawlers.c: published or looked-up networks, and how an address proves itself. */
#include "core/crawlers.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/network.h"
#include "store/crawler_store.h"

#define SCRATCH_BYTES ((size_t)64 * 1024 * 1024)

static const struct cidr_limits widest = {16, 32};

struct crawlers {
	_Atomic uint32_t refs;
	struct networks *networks;
};

bool
crawlers_wanted(const struct config *cfg)
{
	return cfg->crawler_ranges[0] != '\0' || cfg->crawler_names[0] != '\0';
}

/* Sorted, each once; what is no network is left out. */
static size_t
read_nets(const struct str *texts, size_t n, struct cidr *nets)
{
	size_t count = 0, kept = 0;

	for (size_t i = 0; i < n; i++)
		if (cidr_parse(texts[i], widest, &nets[count], NULL) == ERR_NONE)
			count++;
	qsort(nets, count, sizeof *nets, network_cmp);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || network_cmp(&nets[kept - 1], &nets[i]) != 0)
			nets[kept++] = nets[i];
	return kept;
}

static enum err
build(struct crawlers **out, const struct cidr *nets, size_t n)
{
	struct crawlers *c = calloc(1, sizeof *c);
	enum err e;

	if (c == NULL)
		return ERR_MEMORY;
	c->refs = 1;
	e = networks_build(&c->networks, nets, n, NULL);
	if (e == ERR_NONE)
		*out = c;
	else
		free(c);
	return e;
}

enum err
crawlers_load(struct crawlers **out, struct db *db, int64_t now)
{
	struct arena scratch;
	struct cidr *nets = NULL;
	struct str *texts;
	size_t n = 0;
	enum err e;

	*out = NULL;
	arena_init(&scratch, SCRATCH_BYTES);
	e = crawler_store_verified(db, &scratch, now, &texts, &n);
	if (e == ERR_NONE && n > 0 && (nets = arena_zero(&scratch, n, sizeof *nets)) == NULL)
		e = ERR_MEMORY;
	if (e == ERR_NONE && n > 0)
		n = read_nets(texts, n, nets);
	if (e == ERR_NONE && n > 0)
		e = build(out, nets, n);
	arena_free(&scratch);
	return e;
}

struct crawlers *
crawlers_keep(struct crawlers *c)
{
	if (c != NULL)
		atomic_fetch_add(&c->refs, 1);
	return c;
}

void
crawlers_release(struct crawlers *c)
{
	if (c == NULL || atomic_fetch_sub(&c->refs, 1) != 1)
		return;
	networks_free(c->networks);
	free(c);
}

bool
crawlers_have(const struct crawlers *c, struct str peer)
{
	struct cidr_address address;

	return c != NULL && cidr_address(peer, &address) &&
	       networks_find(c->networks, address) != NETWORK_NONE;
}

bool
crawler_network(struct str peer, char out[CIDR_TEXT])
{
	struct cidr net;

	if (cidr_parse(peer, (struct cidr_limits){32, 128}, &net, NULL) != ERR_NONE)
		return false;
	cidr_text(&net, out);
	return true;
}

/* Whether the name is one of the domains or lies below one. */
static bool
name_counts(struct str name, struct str domains)
{
	struct str domain;

	if (str_ends(name, STR(".")))
		name.len--;
	while (str_split(&domains, ' ', &domain)) {
		struct str end = str_slice(name, name.len > domain.len ? name.len - domain.len : 0, name.len);

		if (domain.len == 0 || name.len < domain.len || !str_eq_nocase(end, domain))
			continue;
		if (name.len == domain.len || name.at[name.len - domain.len - 1] == '.')
			return true;
	}
	return false;
}

enum err
crawler_verify(const struct crawler_resolver *r, struct arena *a, struct str domains,
    struct cidr_address address, bool *verified, struct str *name)
{
	enum err e = r->name_of(r->arg, address, a, name);

	*verified = false;
	if (e == ERR_NOT_FOUND) {
		*name = STR_NONE;
		return ERR_NONE;
	}
	if (e == ERR_NONE && name_counts(*name, domains))
		e = r->has(r->arg, *name, address, verified);
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}
