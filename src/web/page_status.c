/* page_status.c: errors that look like the site; health, metrics, robots. */
#include "web/page_status.h"

#include "base/metrics.h"
#include "web/page_fill.h"
#include "web/view.h"

static const char *
title_key(enum status status)
{
	switch (status) {
	case STATUS_NOT_FOUND: return "title_404";
	case STATUS_METHOD: return "title_405";
	case STATUS_GONE: return "title_410";
	case STATUS_MOVED:
	case STATUS_SEE_OTHER:
	case STATUS_PERMANENT:
	case STATUS_FOUND: return "title_moved";
	default: return (int)status >= 500 ? "title_500" : "title_other";
	}
}

static enum status
make_status(
    struct context *cx, const struct request *req, const void *subject, json_t **data, struct page_tags *tags)
{
	enum status status = *(const enum status *)subject;
	json_t *error = json_pack("{s:i, s:b}", "status", (int)status, title_key(status), 1);

	*data = view_page(cx, req, tags, http_reason(status), NULL);
	if (*data == NULL || json_object_set_new(*data, "error", error) != 0)
		return STATUS_UNAVAILABLE;
	view_noindex(*data);
	return status;
}

static void
plain(struct response *res, const char *sentence)
{
	res->type = "text/plain; charset=utf-8";
	res->body = str_of(sentence);
}

static bool
keeps(enum status status)
{
	return status == STATUS_NOT_FOUND || status == STATUS_GONE || status == STATUS_MOVED;
}

void
page_status(struct context *cx, const struct request *req, struct response *res)
{
	enum status status = res->status;
	const struct page_plan plan = {.template = "error",
	    .path = STR("!status"),
	    .class = (unsigned)status,
	    .make = make_status,
	    .subject = &status};

	if (cx->setup == NULL || page_fill(cx, req, res, &plan) != status || res->page == NULL) {
		page_release(res->page);
		res->page = NULL;
		plain(res, http_reason(status));
	}
	if (!keeps(status))
		res->cache = CACHE_NONE;
	if (status == STATUS_UNAVAILABLE)
		(void)response_line(res, &cx->arena, "Retry-After", STR("2"));
}

enum status
page_healthz(struct context *cx, const struct request *req, struct response *res)
{
	int64_t version;

	(void)req;
	if (db_data_version(cx->doors.open, &version) != ERR_NONE) {
		plain(res, "database unavailable\n");
		return STATUS_UNAVAILABLE;
	}
	plain(res, "ok\n");
	return STATUS_OK;
}

enum status
page_metrics(struct context *cx, const struct request *req, struct response *res)
{
	struct buf text = BUF_EMPTY;

	(void)req;
	metrics_write(&text, POTERNE_VERSION);
	res->type = "text/plain; version=0.0.4; charset=utf-8";
	if (!text.failed)
		res->body = arena_copy(&cx->arena, buf_str(&text));
	buf_free(&text);
	return res->body.len == 0 ? STATUS_UNAVAILABLE : STATUS_OK;
}

enum status
page_robots(struct context *cx, const struct request *req, struct response *res)
{
	(void)cx;
	res->cache = req->bears_session ? CACHE_PRIVATE : CACHE_SHARED;
	plain(res,
	    "User-agent: *\nDisallow: /account\nDisallow: /login\nDisallow: /session/\nDisallow: /search\n");
	return STATUS_OK;
}
