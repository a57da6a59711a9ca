/* page_fill.c: page cache first, templates second. */
#include "web/page_fill.h"

#include "base/log.h"
#include "base/metrics.h"
#include "web/polish.h"
#include "web/view.h"

#define SHEET_MOST ((size_t)256 * 1024) /* a larger one is not kept */

static enum status
render(struct context *cx, const char *template, const json_t *data, struct buf *html)
{
	struct fault f = {""};
	enum err e = template_render(cx->setup->templates, template, data, html, &f);

	metrics_add(METRIC_RENDERS, 1);
	if (e == ERR_NONE && !html->failed)
		return STATUS_OK;
	LOG_ERROR("render", LOG_CSTR("template", template), LOG_CSTR("reason", f.text));
	return html->failed || e == ERR_MEMORY ? STATUS_UNAVAILABLE : STATUS_INTERNAL;
}

static enum status
write_template(struct context *cx, const struct request *req, const struct page_plan *plan, struct buf *out,
    struct page_tags *tags)
{
	json_t *data = NULL;
	enum status made = plan->make(cx, req, plan->subject, &data, tags), rendered;

	if (data == NULL)
		return made == STATUS_OK ? STATUS_UNAVAILABLE : made;
	rendered = render(cx, plan->template, data, out);
	json_decref(data);
	return rendered == STATUS_OK ? made : rendered;
}

/* The thread's own buffer: pages are written into memory that is there already. */
static struct buf *
sheet(struct context *cx)
{
	if (cx->sheet.cap > SHEET_MOST)
		buf_free(&cx->sheet);
	buf_clear(&cx->sheet);
	return &cx->sheet;
}

/* All that a page shows is read from one state of the database, and its locks are taken once for all statements. */
static enum status
write_page(struct context *cx, const struct request *req, const struct page_plan *plan, struct buf *out,
    struct page_tags *tags)
{
	struct db *db = cx->doors.open;
	enum status made;

	if (db_begin(db) != ERR_NONE) {
		LOG_ERROR("page", LOG_CSTR("reason", db_message(db)));
		return STATUS_UNAVAILABLE;
	}
	made = plan->write != NULL ? plan->write(cx, req, plan->subject, out, tags)
	                           : write_template(cx, req, plan, out, tags);
	if (db_commit(db) != ERR_NONE) /* nothing was written: the snapshot is given back all the same */
		LOG_WARNING("page", LOG_CSTR("reason", db_message(db)));
	return made;
}

/* *out is NULL when there is nothing to show: then the status says why. */
static enum status
make_page(struct context *cx, const struct request *req, const struct page_plan *plan, struct page_tags *tags,
    struct page **out)
{
	struct buf *bytes = sheet(cx);
	enum status made = write_page(cx, req, plan, bytes, tags);

	*out = NULL;
	if (bytes->failed)
		made = STATUS_UNAVAILABLE;
	else if (bytes->len > 0 && (int)made < 500)
		*out = page_new(
		    &(struct page_source){
		        made, plan->type != NULL ? plan->type : "text/html; charset=utf-8", buf_str(bytes)},
		    http_codings(req->accept_encoding), cx->compressor, COMPRESS_FAST);
	return *out == NULL && made == STATUS_OK ? STATUS_UNAVAILABLE : made;
}

/* What a page depends on, never who asks: its kind, the standing of the reader, the setup, the path. */
static struct str
key_of(struct context *cx, const struct request *req, const struct page_plan *plan)
{
	const unsigned kind[] = {plan->class, (unsigned)request_standing(req), cx->generation};
	const struct str parts[] = {{(const char *)kind, sizeof kind}, plan->path};

	return arena_join(&cx->arena, parts, sizeof parts / sizeof *parts);
}

/* What is asked for once may never be again: it is packed as fast as can be. More and more readers are a reason for an
 * idle thread to do better. */
static void
count_hit(struct context *cx, struct str key, struct page *page)
{
	uint32_t hits = atomic_fetch_add_explicit(&page->hits, 1, memory_order_relaxed) + 1;
	uint32_t enough = page->effort == COMPRESS_FAST ? POLISH_QUICK : POLISH_BEST;

	/* At each doubling: a thread that had too much to do may have let the wish fall. */
	if (page->effort != COMPRESS_BEST && hits >= enough && (hits & (hits - 1)) == 0)
		polish_want(cx->site->polish, key, page);
}

/* Takes the reference over. A client without codings is rare enough that the page gets its plain form back only then. */
static enum status
show(struct context *cx, const struct request *req, struct response *res, struct str key, struct page *page)
{
	struct page *whole;

	res->page = page;
	if (page_pick(page, http_codings(req->accept_encoding)) != NULL)
		return page->status;
	context_linger(cx);
	whole = page_plain(page, cx->compressor);
	res->page = whole;
	if (whole != NULL)
		(void)memo_replace(cx->site->pages, key, &page->head, &whole->head);
	page_release(page);
	return whole != NULL ? whole->status : STATUS_UNAVAILABLE;
}

enum status
page_fill(struct context *cx, const struct request *req, struct response *res, const struct page_plan *plan)
{
	struct memo *memo = cx->site->pages;
	struct str key = key_of(cx, req, plan);
	struct memo_value *found = NULL;
	struct memo_fill *fill = NULL;
	struct page_tags tags = {.n = 0};
	struct page *page;
	enum status status;

	if (key.at == NULL)
		return STATUS_UNAVAILABLE;
	res->cache = request_is_plain(req) ? CACHE_SHARED : CACHE_PRIVATE;
	found = memo_find(memo, key);
	if (found == NULL) { /* made, or waited for */
		context_linger(cx);
		(void)memo_get(memo, key, &found, &fill);
	}
	metrics_add(found != NULL ? METRIC_CACHE_HITS : METRIC_CACHE_MISSES, 1);
	if (found != NULL && fill == NULL) {
		count_hit(cx, key, (struct page *)found);
		return show(cx, req, res, key, (struct page *)found);
	}
	status = make_page(cx, req, plan, &tags, &page);
	if (fill != NULL && page != NULL && tags.n <= PAGE_TAGS)
		(void)memo_store(memo, fill, &page->head, tags.tags, tags.n);
	else if (fill != NULL)
		memo_abandon(memo, fill);
	memo_release(found);
	if (page == NULL)
		res->cache = CACHE_NONE;
	return page == NULL ? status : show(cx, req, res, key, page);
}

enum status
page_render(struct context *cx, struct response *res, const char *template, const json_t *data)
{
	struct buf *html = sheet(cx);
	enum status status = data == NULL ? STATUS_UNAVAILABLE : render(cx, template, data, html);

	if (status == STATUS_OK) {
		res->body = arena_copy(&cx->arena, buf_str(html));
		if (res->body.at == NULL)
			status = STATUS_UNAVAILABLE;
	}
	return status;
}
