/* page_status.c: errors that look like the site; health, metrics, robots. */
#include "web/page_status.h"

#include "base/log.h"
#include "base/metrics.h"
#include "web/page_fill.h"
#include "web/view.h"

#define LATEST 3

/* The template's flag "title_KIND" and the locale's text "error_KIND_title". */
static const char *
kind_of(enum status status)
{
	switch (status) {
	case STATUS_NOT_FOUND: return "404";
	case STATUS_METHOD: return "405";
	case STATUS_GONE: return "410";
	case STATUS_MOVED:
	case STATUS_FOUND:
	case STATUS_SEE_OTHER:
	case STATUS_PERMANENT: return "moved";
	default: return (int)status >= 500 ? "500" : "other";
	}
}

/* Something to read instead. */
static bool
add_latest(struct context *cx, const struct request *req, json_t *data, struct page_tags *tags)
{
	struct list_range range = {.now = req->now, .limit = LATEST};
	struct cards cards = {.count = 0};

	page_tag(tags, VIEW_LIST_HOME, 0);
	page_tag(tags, VIEW_LISTS, 0);
	if (list_store_latest(cx->doors.open, &cx->arena, range, &cards) != ERR_NONE)
		return true; /* a page about an error does without */
	return view_flag(data, "has_cards", cards.count > 0) &&
	       view_take(data, "cards", view_cards(cx, &cards, 0, tags));
}

static json_t *
status_data(struct context *cx, const struct request *req, enum status status, struct page_tags *tags)
{
	const char *kind = kind_of(status);
	struct str title_key = arena_printf(&cx->arena, "error_%s_title", kind);
	struct str flag = arena_printf(&cx->arena, "title_%s", kind);
	const char *title = json_string_value(json_object_get(cx->setup->texts, title_key.at));
	json_t *data = view_page(cx, req, tags, title != NULL ? title : http_reason(status), NULL);
	json_t *error = json_pack("{s:i, s:b, s:n}", "status", (int)status, flag.at, 1, "request_id");

	if (data == NULL || json_object_set(data, "error", error) != 0) {
		json_decref(error);
		json_decref(data);
		return NULL;
	}
	if ((int)status >= 500)
		(void)view_text(error, "request_id", req->id);
	json_decref(error);
	view_noindex(data);
	return data;
}

static enum status
make_status(
    struct context *cx, const struct request *req, const void *subject, json_t **data, struct page_tags *tags)
{
	enum status status = *(const enum status *)subject;

	*data = status_data(cx, req, status, tags);
	if (*data != NULL && (status == STATUS_NOT_FOUND || status == STATUS_GONE) &&
	    !add_latest(cx, req, *data, tags)) {
		json_decref(*data);
		*data = NULL;
	}
	return *data == NULL ? STATUS_UNAVAILABLE : status;
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

/* A fault of ours has its own page each time: it names the request. */
static bool
show_fault(struct context *cx, const struct request *req, struct response *res)
{
	struct page_tags unused = {.n = 0};
	json_t *data = status_data(cx, req, res->status, &unused);
	bool shown = data != NULL && page_render(cx, res, "error", data) == STATUS_OK;

	json_decref(data);
	return shown;
}

static bool
show_kept(struct context *cx, const struct request *req, struct response *res)
{
	enum status status = res->status;
	const struct page_plan plan = {.template = "error",
	    .path = STR("!status"),
	    .class = (unsigned)status,
	    .make = make_status,
	    .subject = &status};

	if (page_fill(cx, req, res, &plan) == status && res->page != NULL)
		return true;
	page_release(res->page);
	res->page = NULL;
	return false;
}

void
page_status(struct context *cx, const struct request *req, struct response *res)
{
	bool shown = (int)res->status >= 500 ? show_fault(cx, req, res) : show_kept(cx, req, res);

	if (!shown)
		plain(res, http_reason(res->status));
	if (!keeps(res->status))
		res->cache = CACHE_NONE;
	if (res->status == STATUS_UNAVAILABLE)
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
	struct memo_stats pages = memo_stats(cx->site->pages);
	struct buf text = BUF_EMPTY;

	(void)req;
	metrics_set(METRIC_CACHE_BYTES, (int64_t)pages.bytes);
	metrics_set(METRIC_CACHE_EVICTIONS, (int64_t)pages.evictions);
	metrics_set(METRIC_CACHE_RETURNS, (int64_t)pages.returns);
	metrics_set(METRIC_CACHE_DISK, (int64_t)pages.below);
	metrics_set(METRIC_LOG_DROPPED, (int64_t)log_dropped());
	metrics_write(&text, POTERNE_VERSION);
	res->type = "text/plain; version=0.0.4; charset=utf-8";
	if (!text.failed)
		res->body = arena_copy(&cx->arena, buf_str(&text));
	buf_free(&text);
	return res->body.len == 0 ? STATUS_UNAVAILABLE : STATUS_OK;
}
