/* crawlers.h: which addresses are a search engine's. What a request calls itself is never asked. */
#ifndef CORE_CRAWLERS_H
#define CORE_CRAWLERS_H

#include "base/arena.h"
#include "format/cidr.h"
#include "format/config.h"
#include "store/db.h"

/* Off unless [crawlers] names a file or names. */
bool crawlers_wanted(const struct config *cfg);

/* Verified networks, immutable once built, reference-counted; the last user frees it. */
struct crawlers;

enum err crawlers_load(
    struct crawlers **out, struct db *db, int64_t now); /* any role; *out NULL: there are none */
struct crawlers *crawlers_keep(struct crawlers *c);     /* NULL is fine, in all */
void crawlers_release(struct crawlers *c);
bool crawlers_have(const struct crawlers *c, struct str peer);

/* Names and addresses by the domain name system. */
struct crawler_resolver {
	void *arg;
	/* The name of an address. ERR_NOT_FOUND: it has none; ERR_BUSY: no answer. */
	enum err (*name_of)(void *arg, struct cidr_address address, struct arena *a, struct str *name);
	/* Whether the name has this address among its own. */
	enum err (*has)(void *arg, struct str name, struct cidr_address address, bool *out);
};

/* By its name, which must lie in one of the domains ("googlebot.com google.com") and lead back to the address (G10).
 * ERR_BUSY: ask again. */
enum err crawler_verify(const struct crawler_resolver *r, struct arena *a, struct str domains,
    struct cidr_address address, bool *verified, struct str *name);

/* The network of one address as the table has it: itself. false: it is no address. */
bool crawler_network(struct str peer, char out[CIDR_TEXT]);

#endif
