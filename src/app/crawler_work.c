/* crawler_work.c: a file, and the resolver of the C library. */
#include "app/crawler_work.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "core/crawlers.h"
#include "format/ranges.h"
#include "store/crawler_store.h"

#define FILE_BYTES ((size_t)256 * 1024)
#define ARENA_BYTES ((size_t)16 * 1024 * 1024)
#define LOOKUPS 5 /* a round: a name server that is silent must not keep mail waiting */
#define KEEP_LIST_S (7 * CLOCK_DAY)
#define KEEP_VERIFIED_S CLOCK_DAY
#define KEEP_REFUSED_S (6 * 3600)

static enum err
store_list(struct db *db, const struct cidr *nets, size_t n, int64_t now)
{
	char text[CIDR_TEXT];
	enum err e = db_begin(db);

	for (size_t i = 0; e == ERR_NONE && i < n; i++) {
		cidr_text(&nets[i], text);
		e = crawler_store_listed(db, str_of(text), now, now + KEEP_LIST_S);
	}
	if (e == ERR_NONE)
		e = crawler_store_settled(db, now);
	if (e == ERR_NONE)
		return db_commit(db);
	db_rollback(db);
	return e;
}

enum err
crawler_work_list(struct db *db, const struct config *cfg, struct fault *f)
{
	const char *off = cfg->crawler_ranges[0] == '\0' ? "file" : NULL;
	int64_t now = clock_now();
	struct cidr *nets = NULL;
	struct arena a;
	struct str text;
	size_t n = 0;
	enum err e = crawler_store_purge(db, now, off);

	if (e == ERR_NONE && cfg->crawler_names[0] == '\0')
		e = crawler_store_purge(db, now, "lookup");
	if (e != ERR_NONE)
		return fault_set(f, e, "crawlers: %s", db_message(db));
	if (off != NULL)
		return ERR_NONE;
	arena_init(&a, ARENA_BYTES);
	e = file_read(&a, cfg->crawler_ranges, FILE_BYTES, &text, f);
	if (e == ERR_NONE)
		e = ranges_read(&a, text, &nets, &n, f);
	if (e != ERR_NONE)
		e = fault_context(f, e, "[crawlers] ranges_file");
	else if ((e = store_list(db, nets, n, now)) != ERR_NONE)
		e = fault_set(f, e, "crawlers: %s", db_message(db));
	arena_free(&a);
	return e;
}

enum err
crawler_networks_text(struct db *db, const struct config *cfg, struct buf *out, struct fault *f)
{
	struct str *networks;
	struct arena a;
	size_t n = 0;
	enum err e;

	if (!crawlers_wanted(cfg))
		return ERR_NONE;
	arena_init(&a, ARENA_BYTES);
	e = crawler_store_verified(db, &a, clock_now(), &networks, &n);
	for (size_t i = 0; e == ERR_NONE && i < n; i++)
		buf_printf(out, STR_FMT " 1;\n", STR_ARG(networks[i]));
	arena_free(&a);
	if (e == ERR_NONE && out->failed)
		e = ERR_MEMORY;
	return e == ERR_NONE ? e : fault_set(f, e, "crawlers: %s", db_message(db));
}

union socket_address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static void
put_bytes(uint8_t out[16], struct cidr_address address)
{
	for (unsigned i = 0; i < 8; i++) {
		out[i] = (uint8_t)(address.high >> (56 - 8 * i));
		out[8 + i] = (uint8_t)(address.low >> (56 - 8 * i));
	}
}

static socklen_t
socket_address(struct cidr_address address, union socket_address *out)
{
	uint8_t bytes[16];

	memset(out, 0, sizeof *out);
	put_bytes(bytes, address);
	if (address.high == 0 && address.low >> 32 == 0xffff) {
		out->v4.sin_family = AF_INET;
		memcpy(&out->v4.sin_addr, bytes + 12, 4);
		return sizeof out->v4;
	}
	out->v6.sin6_family = AF_INET6;
	memcpy(&out->v6.sin6_addr, bytes, 16);
	return sizeof out->v6;
}

static enum err
resolver_error(int code)
{
	return code == EAI_NONAME || code == EAI_NODATA || code == EAI_FAIL ? ERR_NOT_FOUND : ERR_BUSY;
}

static enum err
name_of(void *arg, struct cidr_address address, struct arena *a, struct str *name)
{
	union socket_address from;
	socklen_t n = socket_address(address, &from);
	char host[NI_MAXHOST];
	int code = getnameinfo(&from.any, n, host, sizeof host, NULL, 0, NI_NAMEREQD);

	(void)arg;
	if (code != 0)
		return resolver_error(code);
	*name = arena_copy(a, str_of(host));
	return name->at == NULL ? ERR_MEMORY : ERR_NONE;
}

static enum err
has(void *arg, struct str name, struct cidr_address address, bool *out)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	union socket_address want;
	socklen_t n = socket_address(address, &want);
	struct addrinfo *list = NULL;
	char host[NI_MAXHOST];
	int code;

	(void)arg;
	*out = false;
	if (name.len >= sizeof host)
		return ERR_NOT_FOUND;
	memcpy(host, name.at, name.len);
	host[name.len] = '\0';
	if ((code = getaddrinfo(host, NULL, &hints, &list)) != 0)
		return resolver_error(code);
	for (const struct addrinfo *i = list; i != NULL; i = i->ai_next)
		if (i->ai_addrlen == n && i->ai_family == want.any.sa_family)
			*out =
			    *out ||
			    (n == sizeof want.v4
			            ? memcmp(
			                  &((const struct sockaddr_in *)(const void *)i->ai_addr)->sin_addr,
			                  &want.v4.sin_addr, 4) == 0
			            : memcmp(
			                  &((const struct sockaddr_in6 *)(const void *)i->ai_addr)->sin6_addr,
			                  &want.v6.sin6_addr, 16) == 0);
	freeaddrinfo(list);
	return ERR_NONE;
}

static enum err
look_up(struct db *db, const struct config *cfg, struct arena *a, struct str network)
{
	static const struct crawler_resolver resolver = {NULL, name_of, has};
	int64_t now = clock_now();
	struct str name = STR_NONE;
	bool verified = false;
	struct cidr net;
	enum err e = cidr_parse(network, (struct cidr_limits){32, 128}, &net, NULL);

	if (e == ERR_NONE)
		e = crawler_verify(&resolver, a, str_of(cfg->crawler_names), net.first, &verified, &name);
	if (e == ERR_MEMORY)
		return e;
	/* no answer: the row goes, and the address may ask again later */
	return crawler_store_answer(db, network, verified, name,
	    e != ERR_NONE ? now + 60 : now + (verified ? KEEP_VERIFIED_S : KEEP_REFUSED_S));
}

enum err
crawler_work_lookups(struct db *db, const struct config *cfg, struct fault *f)
{
	struct str *networks;
	struct arena a;
	size_t n = 0;
	enum err e;

	if (cfg->crawler_names[0] == '\0')
		return ERR_NONE;
	(void)setenv("RES_OPTIONS", "timeout:2 attempts:1", 0);
	arena_init(&a, ARENA_BYTES);
	e = crawler_store_purge(db, clock_now(), NULL);
	if (e == ERR_NONE)
		e = crawler_store_asked(db, &a, LOOKUPS, &networks, &n);
	for (size_t i = 0; e == ERR_NONE && i < n; i++)
		e = look_up(db, cfg, &a, networks[i]);
	arena_free(&a);
	return e == ERR_NONE ? e : fault_set(f, e, "crawlers: %s", db_message(db));
}
