/* response.c: header lines, redirects, and the sending of everything. */
#include "web/response.h"

#include <stdio.h>

#include "base/log.h"
#include "base/metrics.h"

enum err
response_line(struct response *res, struct arena *a, const char *name, struct str value)
{
	const struct str parts[] = {res->lines, str_of(name), STR(": "), value, STR("\r\n")};
	struct str lines;

	if (!http_token_ok(str_of(name)) || !http_value_ok(value))
		return ERR_INVALID;
	lines = arena_join(a, parts, sizeof parts / sizeof *parts);
	if (lines.at == NULL)
		return ERR_MEMORY;
	res->lines = lines;
	return ERR_NONE;
}

enum status
response_redirect(
    struct response *res, struct context *cx, enum status status, struct str path, struct str query)
{
	struct str where = arena_printf(&cx->arena, "%s" STR_FMT "%s" STR_FMT, cx->setup->config.site_url,
	    STR_ARG(path), query.len > 0 ? "?" : "", STR_ARG(query));

	switch (where.at == NULL ? ERR_MEMORY : response_line(res, &cx->arena, "Location", where)) {
	case ERR_NONE: return status;
	case ERR_MEMORY: return STATUS_UNAVAILABLE;
	default: return STATUS_BAD_REQUEST;
	}
}

enum status
response_error(const struct db *db, const char *event, enum err e)
{
	switch (e) {
	case ERR_NONE: return STATUS_OK;
	case ERR_NOT_FOUND: return STATUS_NOT_FOUND;
	case ERR_BUSY:
	case ERR_FULL:
	case ERR_MEMORY: return STATUS_UNAVAILABLE;
	default: LOG_ERROR(event, LOG_CSTR("reason", db_message(db))); return STATUS_INTERNAL;
	}
}

static struct iovec
part(struct str s)
{
	return (struct iovec){(void *)(uintptr_t)s.at, s.len};
}

/* nginx counts lives in whole seconds and keeps "1" for up to two; told the last second itself, it keeps to it. */
static struct str
shared_lines(const struct request *req, struct context *cx)
{
	struct str lines = arena_printf(&cx->arena, STR_FMT "X-Accel-Expires: @%lld\r\n",
	    STR_ARG(cx->setup->shared), (long long)(req->now + cx->setup->config.cache_seconds - 1));

	return lines.at != NULL ? lines : cx->setup->shared;
}

static struct str
cache_lines(const struct response *res, const struct request *req, struct context *cx)
{
	switch (res->cache) {
	case CACHE_PRIVATE:
		/* whole articles for a search engine alone: no copy anywhere on the way (G11) */
		if (req->visit.crawler)
			return STR("Cache-Control: private, no-store\r\nVary: Cookie, Accept-Encoding\r\n");
		return STR("Cache-Control: private, no-cache\r\nVary: Cookie, Accept-Encoding\r\n");
	case CACHE_SHARED: return shared_lines(req, cx);
	case CACHE_FILE: return STR("Cache-Control: public, max-age=86400\r\n");
	case CACHE_NONE: break;
	}
	return STR("Cache-Control: no-store\r\n");
}

/* What is kept for everybody belongs to no request. */
static bool
names_request(const struct response *res, const struct request *req)
{
	return res->cache != CACHE_SHARED && req->id.len > 0 && http_value_ok(req->id);
}

static void
count(enum status status)
{
	static const enum metric by_class[] = {METRIC_REQUESTS_2XX, METRIC_REQUESTS_2XX, METRIC_REQUESTS_2XX,
	    METRIC_REQUESTS_3XX, METRIC_REQUESTS_4XX, METRIC_REQUESTS_5XX};

	metrics_add(by_class[(unsigned)status / 100 % 6], 1);
}

static void
send_parts(struct str head, const struct response *res, struct str body, const struct request *req,
    struct context *cx, struct fastcgi_request *fcgi)
{
	bool id = names_request(res, req);
	struct iovec parts[] = {part(head), part(cache_lines(res, req, cx)), part(cx->setup->security),
	    part(res->lines), part(id ? STR("X-Request-Id: ") : STR_NONE), part(id ? req->id : STR_NONE),
	    part(id ? STR("\r\n\r\n") : STR("\r\n")), part(body)};

	fastcgi_send(fcgi, parts, sizeof parts / sizeof *parts);
}

static struct str
head_of_body(const struct response *res, struct context *cx)
{
	if (res->body.len == 0)
		return arena_printf(
		    &cx->arena, "Status: %d %s\r\n", (int)res->status, http_reason(res->status));
	return arena_printf(&cx->arena, "Status: %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n",
	    (int)res->status, http_reason(res->status), res->type, res->body.len);
}

void
response_send(
    struct response *res, const struct request *req, struct context *cx, struct fastcgi_request *fcgi)
{
	const struct page_form *form;
	struct str head;

	if (res->page == NULL) {
		count(res->status);
		send_parts(head_of_body(res, cx), res, res->body, req, cx, fcgi);
		return;
	}
	form = page_pick(res->page, http_codings(req->accept_encoding));
	if (res->page->status == STATUS_OK && req->if_none_match.len > 0 &&
	    http_etag_match(req->if_none_match, form->etag)) {
		head = arena_printf(
		    &cx->arena, "Status: 304 Not Modified\r\nETag: " STR_FMT "\r\n", STR_ARG(form->etag));
		count(STATUS_NOT_MODIFIED);
		send_parts(head, res, STR_NONE, req, cx, fcgi);
	} else {
		count(res->page->status);
		send_parts(form->head, res, form->body, req, cx, fcgi);
	}
	page_release(res->page);
	res->page = NULL;
}
