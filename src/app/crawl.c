/* crawl.c: a list of paths and a tree of those that are in it. */
#include "app/crawl.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#define ARENA_BYTES ((size_t)1 << 30)

struct crawl {
	struct arena arena;
	const char *target, *site_url;
	struct str **paths;
	size_t n, room, next, max;
	void *known; /* tsearch tree of struct str */
	bool full, failed;
};

static int
compare(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static void
leave(void *node)
{
	(void)node; /* it lives in the arena */
}

struct crawl *
crawl_open(const char *target, const char *site_url, size_t max)
{
	struct crawl *c = calloc(1, sizeof *c);

	if (c == NULL)
		return NULL;
	arena_init(&c->arena, ARENA_BYTES);
	c->target = target;
	c->site_url = site_url;
	c->max = max;
	return c;
}

void
crawl_close(struct crawl *c)
{
	if (c == NULL)
		return;
	tdestroy(c->known, leave);
	arena_free(&c->arena);
	free(c->paths);
	free(c);
}

static bool
reserve(struct crawl *c)
{
	size_t room = c->room * 2 + 256;
	struct str **paths;

	if (c->n < c->room)
		return true;
	paths = realloc(c->paths, room * sizeof *paths);
	if (paths == NULL)
		return false;
	c->paths = paths;
	c->room = room;
	return true;
}

static void
remember(struct crawl *c, struct str path)
{
	struct str probe = path, *kept, **place;

	if (tfind(&probe, &c->known, compare) != NULL)
		return;
	if (c->n == c->max) {
		c->full = true;
		return;
	}
	kept = arena_zero(&c->arena, 1, sizeof *kept);
	if (kept != NULL)
		*kept = arena_copy(&c->arena, path);
	place = kept == NULL || kept->at == NULL || !reserve(c) ? NULL : tsearch(kept, &c->known, compare);
	if (place == NULL)
		c->failed = true;
	else
		c->paths[c->n++] = kept;
}

/* nginx lets a reader open five of these a second: once is enough. */
static bool
is_form(struct str path)
{
	static const char *const places[] = {"/account", "/free-read", "/gift", "/login", "/logout",
	    "/newsletter", "/preview", "/session", "/stats", "/subscribe"};

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		struct str place = str_of(places[i]);

		if (str_starts(path, place) &&
		    (path.len == place.len || strchr("/?", path.at[place.len]) != NULL))
			return true;
	}
	return false;
}

void
crawl_add(struct crawl *c, struct str address)
{
	struct str hosts[] = {str_of(c->target), str_of(c->site_url)};

	for (size_t i = 0; i < 2; i++)
		if (str_starts(address, hosts[i]) &&
		    (address.len == hosts[i].len || address.at[hosts[i].len] == '/')) {
			address = str_slice(address, hosts[i].len, address.len);
			break;
		}
	address.len = str_find(address, STR("#"));
	if (address.len == 0 || address.len > CRAWL_ADDRESS || address.at[0] != '/' ||
	    (address.len > 1 && address.at[1] == '/') || str_starts(address, STR("/static/")) ||
	    str_has_control(address) || str_has(address, ' '))
		return;
	if (is_form(address))
		address.len = str_find(address, STR("?"));
	remember(c, address);
}

/* What may stand before an address, and what ends it. */
static bool
ends(char c)
{
	return c == '"' || c == '\'' || c == '<' || c == '>' || c == ' ' || c == ',' || c == '\r' ||
	       c == '\n' || c == '\t' || c == '\\' || c == ';';
}

static void
add_found(struct crawl *c, struct str raw)
{
	struct buf plain = BUF_EMPTY;

	while (raw.len > 0) { /* &amp; is the one entity of an address */
		size_t at = str_find(raw, STR("&amp;"));

		buf_put(&plain, str_slice(raw, 0, at));
		if (at < raw.len)
			buf_putc(&plain, '&');
		raw = str_slice(raw, at < raw.len ? at + 5 : at, raw.len);
	}
	if (plain.failed)
		c->failed = true;
	else
		crawl_add(c, buf_str(&plain));
	buf_free(&plain);
}

/* The length of an address that begins at i, with the "&amp;" that it may hold. */
static size_t
length_at(struct str text, size_t i)
{
	size_t n = 0;

	while (i + n < text.len && n <= CRAWL_ADDRESS &&
	       (!ends(text.at[i + n]) || str_ends(str_slice(text, i, i + n), STR("&amp"))))
		n++;
	return n;
}

void
crawl_links(struct crawl *c, struct str text)
{
	struct str site = str_of(c->site_url), target = str_of(c->target);

	for (size_t i = 0; i < text.len; i++) {
		bool begins = i > 0 && (ends(text.at[i - 1]) || text.at[i - 1] == '=');
		struct str rest = str_slice(text, i, text.len);
		size_t n;

		if (!begins || !(text.at[i] == '/' || text.at[i] == 'h') ||
		    !(text.at[i] == '/' || str_starts(rest, site) || str_starts(rest, target)))
			continue;
		n = length_at(text, i);
		if (text.at[i - 1] != '<') /* not the end of an element */
			add_found(c, str_slice(text, i, i + n));
		i += n;
	}
}

bool
crawl_next(struct crawl *c, struct str *path)
{
	if (c->next == c->n)
		return false;
	*path = *c->paths[c->next++];
	return true;
}

bool
crawl_full(const struct crawl *c)
{
	return c->full;
}

bool
crawl_failed(const struct crawl *c)
{
	return c->failed;
}

size_t
crawl_count(const struct crawl *c)
{
	return c->n;
}
