/* page_discovery.c: addresses of all that may be read or begun, gated articles with the others (NS3). */
#include "web/page_discovery.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "format/sitemap.h"
#include "store/changes.h"
#include "store/section_store.h"
#include "store/sitemap_store.h"
#include "web/response.h"
#include "web/page_fill.h"
#include "web/view.h"

#define NEWS_DAYS 2
#define NEWS_MAX 1000
#define PARTS_MAX 100000
#define ADDRESS_MOST 1024

static struct str
address(struct context *cx, struct str section, struct str slug)
{
	return arena_printf(&cx->arena, "%s/" STR_FMT "%s" STR_FMT, cx->setup->config.site_url,
	    STR_ARG(section), slug.len > 0 ? "/" : "", STR_ARG(slug));
}

/* Home and sections stand in the first part. */
static enum err
write_lists(struct context *cx, struct buf *out)
{
	struct section *sections;
	size_t n;
	enum err e = section_store_all(cx->doors.open, &cx->arena, &sections, &n);

	sitemap_address(out, address(cx, STR_NONE, STR_NONE), 0);
	for (size_t i = 0; e == ERR_NONE && i < n; i++)
		sitemap_address(out, address(cx, sections[i].slug, STR_NONE), 0);
	return e;
}

/* Where rows go as they are read: nothing is gathered but the text itself. */
struct sheet {
	const struct config *cfg;
	struct buf *out;
};

/* "SITE/SECTION/SLUG", until the next one. A longer one than the schema lets be is cut. */
static struct str
place(const struct sheet *s, const struct sitemap_row *row, char text[ADDRESS_MOST])
{
	int n = snprintf(text, ADDRESS_MOST, "%s/" STR_FMT "/" STR_FMT, s->cfg->site_url,
	    STR_ARG(row->section), STR_ARG(row->slug));

	return (struct str){text, n < 0 ? 0 : n < ADDRESS_MOST ? (size_t)n : ADDRESS_MOST - 1};
}

static void
put_address(void *arg, const struct sitemap_row *row)
{
	const struct sheet *s = arg;
	char text[ADDRESS_MOST];

	sitemap_address(s->out, place(s, row, text), row->updated_at);
}

static void
put_news(void *arg, const struct sitemap_row *row)
{
	const struct sheet *s = arg;
	char text[ADDRESS_MOST];

	sitemap_article(s->out, &(struct sitemap_news){.url = place(s, row, text),
	                            .publication = str_of(s->cfg->site_name),
	                            .language = str_of(s->cfg->site_language),
	                            .title = row->title,
	                            .published_at = row->published_at});
}

/* A part changes with its own articles (invalidate.c), not with all. */
static enum status
write_part(struct context *cx, const struct request *req, const void *subject, struct buf *out,
    struct page_tags *tags)
{
	int64_t part = *(const int64_t *)subject;
	struct sheet sheet = {&cx->setup->config, out};
	enum err e;

	page_tag(tags, VIEW_SITEMAP, part);
	page_tag(tags, CHANGE_SECTION, 0);
	page_tag(tags, VIEW_LISTS, 0);
	sitemap_begin(out, false, false);
	e = part == 1 ? write_lists(cx, out) : ERR_NONE;
	if (e == ERR_NONE)
		e = sitemap_store_part(cx->doors.open, part, req->now, put_address, &sheet);
	sitemap_end(out, false);
	return response_error(cx->doors.open, "sitemap", e);
}

static enum status
write_index(struct context *cx, const struct request *req, const void *subject, struct buf *out,
    struct page_tags *tags)
{
	const char *site = cx->setup->config.site_url;
	int64_t n = *(const int64_t *)subject;

	(void)req;
	(void)tags; /* the number of parts is all that it says, and in its key */
	sitemap_begin(out, true, false);
	for (int64_t i = 1; i <= n; i++)
		sitemap_part(out, arena_printf(&cx->arena, "%s/sitemap/%lld.xml", site, (long long)i));
	sitemap_end(out, true);
	return STATUS_OK;
}

static enum status
show_xml(
    struct context *cx, const struct request *req, struct response *res, page_writer write, const int64_t *n)
{
	const struct page_plan plan = {.type = "application/xml; charset=utf-8",
	    .path = req->url.path,
	    .class = (unsigned)*n,
	    .write = write,
	    .subject = n};

	return page_fill(cx, req, res, &plan);
}

/* One part is the sitemap itself; more make it an index. */
enum status
page_sitemap(struct context *cx, const struct request *req, struct response *res)
{
	int64_t n;
	enum err e = sitemap_store_parts(cx->doors.open, &n);

	if (e != ERR_NONE)
		return response_error(cx->doors.open, "sitemap", e);
	return show_xml(cx, req, res, n == 1 ? write_part : write_index, &n);
}

enum status
page_sitemap_part(struct context *cx, const struct request *req, struct response *res)
{
	struct str name = req->args[0], tail = STR(".xml");
	int64_t part, n;
	enum err e;

	if (!str_ends(name, tail) ||
	    !str_to_int(str_slice(name, 0, name.len - tail.len), 1, PARTS_MAX, &part))
		return STATUS_NOT_FOUND;
	if ((e = sitemap_store_parts(cx->doors.open, &n)) != ERR_NONE)
		return response_error(cx->doors.open, "sitemap", e);
	return part > n ? STATUS_NOT_FOUND : show_xml(cx, req, res, write_part, &part);
}

static enum status
write_news(struct context *cx, const struct request *req, const void *subject, struct buf *out,
    struct page_tags *tags)
{
	struct sheet sheet = {&cx->setup->config, out};
	enum err e;

	(void)subject;
	page_tag(tags, CHANGE_ARTICLE, 0);
	page_tag(tags, VIEW_LISTS, 0);
	sitemap_begin(out, false, true);
	e = sitemap_store_recent(
	    cx->doors.open, req->now - NEWS_DAYS * CLOCK_DAY, req->now, NEWS_MAX, put_news, &sheet);
	sitemap_end(out, false);
	return response_error(cx->doors.open, "sitemap", e);
}

/* NS1: what is older than two days leaves with time, so that the page is kept for an hour at most. */
enum status
page_sitemap_news(struct context *cx, const struct request *req, struct response *res)
{
	const struct page_plan plan = {.type = "application/xml; charset=utf-8",
	    .path = req->url.path,
	    .class = (unsigned)(req->now / 3600 % 1000000),
	    .write = write_news};

	return page_fill(cx, req, res, &plan);
}

static enum status
show_text(const struct request *req, struct response *res, const char *type, struct str text)
{
	res->cache = req->bears_session ? CACHE_PRIVATE : CACHE_SHARED;
	res->type = type;
	res->body = text;
	return text.len == 0 ? STATUS_UNAVAILABLE : STATUS_OK;
}

enum status
page_robots(struct context *cx, const struct request *req, struct response *res)
{
	const char *site = cx->setup->config.site_url;

	return show_text(req, res, "text/plain; charset=utf-8",
	    arena_printf(&cx->arena,
	        "User-agent: *\nDisallow: /account\nDisallow: /gift/\nDisallow: /login\nDisallow: /preview/\n"
	        "Disallow: /search?\nDisallow: /session/\n\nSitemap: %s/sitemap.xml\nSitemap: "
	        "%s/sitemap-news.xml\n",
	        site, site));
}

/* RFC 9116: Expires less than a year ahead, on a fixed day so that the file stays the same for a while. */
enum status
page_security(struct context *cx, const struct request *req, struct response *res)
{
	const struct config *cfg = &cx->setup->config;
	int64_t half_year = 182 * CLOCK_DAY;
	char expires[CLOCK_TEXT];

	if (cfg->site_contact[0] == '\0')
		return STATUS_NOT_FOUND;
	clock_rfc3339((req->now / half_year + 2) * half_year - CLOCK_DAY, expires);
	return show_text(req, res, "text/plain; charset=utf-8",
	    arena_printf(&cx->arena,
	        "Contact: mailto:%s\nExpires: %s\nPreferred-Languages: %s, en\n"
	        "Canonical: %s/.well-known/security.txt\n",
	        cfg->site_contact, expires, cfg->site_language, cfg->site_url));
}

enum status
page_manifest(struct context *cx, const struct request *req, struct response *res)
{
	const struct config *cfg = &cx->setup->config;
	const json_t *assets = json_object_get(cx->setup->common, "asset");
	json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:s, s:[{s:s, s:s, s:s}]}", "name", cfg->site_name,
	    "short_name", cfg->site_name, "lang", cfg->site_language, "start_url", "/", "display", "browser",
	    "icons", "src", json_string_value(json_object_get(assets, "favicon")), "sizes", "any", "type",
	    "image/svg+xml");
	char *text = o == NULL ? NULL : json_dumps(o, JSON_COMPACT);
	struct str copy = text == NULL ? STR_NONE : arena_copy(&cx->arena, str_of(text));

	json_decref(o);
	free(text);
	return show_text(req, res, "application/manifest+json; charset=utf-8", copy);
}
