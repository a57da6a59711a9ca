/* router.c: the guards of every request, in order, and the sending of its answer. */
#include "web/router.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "format/cookie.h"
#include "web/crawler_asks.h"
#include "web/origin.h"
#include "web/page_status.h"

bool
route_match(const char *pattern, struct str path, struct str args[REQUEST_ARGS])
{
	size_t i = 0, n = 0;

	while (*pattern == '/' && i < path.len && path.at[i] == '/') {
		size_t from = ++i, want = strcspn(++pattern, "/");

		while (i < path.len && path.at[i] != '/')
			i++;
		if (*pattern == ':') {
			if (i == from || n == REQUEST_ARGS)
				return false;
			args[n++] = str_slice(path, from, i);
		} else if (i - from != want || memcmp(path.at + from, pattern, want) != 0) {
			return false;
		}
		pattern += want;
	}
	return *pattern == '\0' && i == path.len;
}

static const struct route *
find_route(struct request *req)
{
	char first = req->url.path.len > 1 ? req->url.path.at[1] : '\0';

	/* Most routes differ in the first letter. */
	for (const struct route *r = routes; r->pattern != NULL; r++)
		if ((r->pattern[1] == first || r->pattern[1] == ':') &&
		    route_match(r->pattern, req->url.path, req->args))
			return r;
	return NULL;
}

static enum status
refuse_method(const struct route *route, const struct request *req, struct context *cx, struct response *res)
{
	struct str allow = (route->flags & ROUTE_POST) == 0  ? STR("GET, HEAD, OPTIONS")
	                   : (route->flags & ROUTE_GET) == 0 ? STR("POST, OPTIONS")
	                                                     : STR("GET, HEAD, POST, OPTIONS");

	if (response_line(res, &cx->arena, "Allow", allow) != ERR_NONE)
		return STATUS_UNAVAILABLE;
	return req->method == METHOD_OPTIONS ? STATUS_NO_CONTENT : STATUS_METHOD;
}

static bool
method_fits(const struct route *route, enum method method)
{
	return method == METHOD_POST
	           ? (route->flags & ROUTE_POST) != 0
	           : (method == METHOD_GET || method == METHOD_HEAD) && (route->flags & ROUTE_GET) != 0;
}

static enum status
read_input(const struct route *route, struct request *req, struct context *cx, struct fastcgi_request *fcgi)
{
	char *bytes;
	size_t n;

	if (req->length > (int64_t)route->input_max)
		return STATUS_TOO_LARGE;
	bytes = arena_alloc(&cx->arena, route->input_max);
	if (bytes == NULL)
		return STATUS_UNAVAILABLE;
	switch (fastcgi_read(fcgi, bytes, route->input_max, &n)) {
	case ERR_NONE: break;
	case ERR_TOO_LARGE: return STATUS_TOO_LARGE;
	default: return STATUS_BAD_REQUEST;
	}
	req->body = (struct str){bytes, n};
	return STATUS_OK;
}

/* Whatever is wrong with a cookie, the reader is nobody, and nothing else happens (SE1–SE9). */
static enum status
find_reader(struct request *req, struct context *cx)
{
	const struct config *cfg = &cx->setup->config;
	struct session_claims claims;
	struct str token;
	enum err e;

	if (cookie_find(req->cookies, STR(SESSION_COOKIE), &token) != 1)
		return STATUS_OK;
	if (session_seen_read(cx->seen, cx->setup->keyring, str_of(cfg->site_url), token, req->now,
	        &claims) != SESSION_GOOD) {
		metrics_add(METRIC_SESSIONS_REFUSED, 1);
		return STATUS_OK;
	}
	e = paywall_reader(
	    cx->site->paywall, &cx->doors, &claims, cfg->session_idle_s, req->now, &req->reader);
	metrics_add(req->reader != NULL ? METRIC_SESSIONS_VALID : METRIC_SESSIONS_REFUSED, 1);
	if (e != ERR_NONE)
		LOG_WARNING("reader_unknown", LOG_CSTR("reason", err_name(e)));
	return STATUS_OK;
}

/* What the address brings. It is asked for only where no copy of the answer is kept for others, whose address would not be
 * covered; and not while changes go unseen: a network that was taken away opens nothing. */
static void
find_network(struct request *req, struct context *cx)
{
	if (req->personal && cx->coverage != NULL && paywall_is_current(cx->site->paywall))
		req->visit.period_count = coverage_find(cx->coverage, req->peer, &req->visit.periods);
	req->visit.crawler = req->personal && paywall_is_current(cx->site->paywall) &&
	                     crawlers_have(cx->crawlers, req->peer);
	if (!req->visit.crawler && req->method != METHOD_POST)
		crawler_asks_note(cx->site->asks, req);
}

static enum status
dispatch(struct request *req, struct context *cx, struct response *res, struct fastcgi_request *fcgi)
{
	const struct route *route = find_route(req);
	enum status status;

	if (req->misspelt && (req->method == METHOD_GET || req->method == METHOD_HEAD))
		return response_redirect(res, cx, STATUS_MOVED, req->url.path, req->url.query);
	if (route == NULL || req->misspelt)
		return STATUS_NOT_FOUND;
	if (!method_fits(route, req->method))
		return refuse_method(route, req, cx, res);
	if (req->method == METHOD_POST) {
		if ((route->flags & ROUTE_ANY_ORIGIN) == 0 && !origin_ours(req, cx->setup->config.site_url))
			return STATUS_FORBIDDEN;
		if ((status = read_input(route, req, cx, fcgi)) != STATUS_OK)
			return status;
	}
	if ((route->flags & ROUTE_NO_READER) == 0) {
		find_network(req, cx);
		if ((status = find_reader(req, cx)) != STATUS_OK)
			return status;
	}
	return route->handle(cx, req, res);
}

static void
log_answer(const struct request *req, enum status status, int64_t took)
{
	bool secret = request_path_is_secret(req->url.path);
	struct str path = secret ? str_slice(req->url.path, 0,
	                               1 + str_find(str_slice(req->url.path, 1, SIZE_MAX), STR("/")))
	                         : req->url.path;

	log_fields((int)status >= 500 ? LOG_LEVEL_ERROR : LOG_LEVEL_DEBUG, "request",
	    (const struct log_field[]){LOG_TEXT("id", req->id), LOG_TEXT("path", path),
	        LOG_NUM("status", (int)status), LOG_NUM("us", took)},
	    4);
}

void
router_handle(void *context, struct fastcgi_request *fcgi)
{
	struct context *cx = context;
	struct response res = {.cache = CACHE_NONE, .type = "text/html; charset=utf-8"};
	int64_t began = clock_ticks(), took;
	struct request req;

	cx->request = fcgi;
	context_refresh(cx);
	res.status = request_read(&req, fastcgi_environment(fcgi), &cx->arena);
	if (res.status == STATUS_OK && fastcgi_is_late(fcgi))
		res.status = STATUS_UNAVAILABLE;
	else if (res.status == STATUS_OK)
		res.status = dispatch(&req, cx, &res, fcgi);
	if ((int)res.status >= 300 && res.page == NULL && res.body.len == 0)
		page_status(cx, &req, &res);
	response_send(&res, &req, cx, fcgi);
	took = clock_ticks() - began;
	metrics_observe(took);
	log_answer(&req, res.status, took);
	if (req.reader != NULL)
		memo_release(&req.reader->head);
	arena_reset(&cx->arena);
	cx->request = NULL;
}
