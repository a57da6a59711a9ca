/* page_search.c: what is found, as a page. It is not kept in memory: there are as many as there are questions. */
#include "web/page_search.h"

#include "core/search.h"
#include "format/escape.h"
#include "format/search_words.h"
#include "web/page_fill.h"
#include "web/view.h"

static bool
add_marked(json_t *o, const char *key, struct str text)
{
	struct buf html = BUF_EMPTY;
	bool ok;

	search_words_mark(&html, text);
	ok = !html.failed && view_text(o, key, buf_str(&html));
	buf_free(&html);
	return ok;
}

static json_t *
result(struct context *cx, const struct search_result *r)
{
	struct page_tags unused = {.n = 0};
	json_t *o = view_card(cx, &r->card, &unused);

	if (o != NULL && add_marked(o, "title_html", r->title) && add_marked(o, "excerpt_html", r->excerpt))
		return o;
	json_decref(o);
	return NULL;
}

static json_t *
results(struct context *cx, const struct search_answer *answer)
{
	json_t *list = json_array();

	for (size_t i = 0; list != NULL && i < answer->count; i++)
		if (json_array_append_new(list, result(cx, &answer->results[i])) != 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

/* /search?q=TEXT&page=N */
static bool
add_url(json_t *o, const char *key, struct str text, int64_t page)
{
	struct buf url = BUF_EMPTY;
	bool ok;

	buf_puts(&url, "/search?q=");
	escape_url_query(&url, text);
	if (page > 1)
		buf_printf(&url, "&page=%lld", (long long)page);
	ok = !url.failed && view_text(o, key, page < 1 ? STR_NONE : buf_str(&url));
	buf_free(&url);
	return ok;
}

static json_t *
suggestions(const struct search_answer *answer)
{
	json_t *list = json_array();

	for (size_t i = 0; list != NULL && i < answer->suggestion_count; i++) {
		json_t *o = json_object();

		if (o == NULL || !view_text(o, "text", answer->suggestions[i]) ||
		    !add_url(o, "url", answer->suggestions[i], 1) || json_array_append(list, o) != 0) {
			json_decref(o);
			json_decref(list);
			return NULL;
		}
		json_decref(o);
	}
	return list;
}

static bool
add_answer(
    struct context *cx, json_t *data, const struct search_question *q, const struct search_answer *answer)
{
	json_t *o = json_object();
	bool more_pages = q->page > 1 || answer->more;

	if (o != NULL && view_text(o, "query", q->text) && view_flag(o, "whole", q->whole) &&
	    view_flag(o, "asked", answer->asked) && view_flag(o, "has_results", answer->count > 0) &&
	    view_take(o, "results", results(cx, answer)) && view_text(o, "meant", answer->meant) &&
	    add_url(o, "meant_url", answer->meant, answer->meant.len > 0) &&
	    view_flag(o, "has_suggestions", answer->suggestion_count > 0) &&
	    view_take(o, "suggestions", suggestions(answer)) && view_flag(o, "pages", more_pages) &&
	    add_url(o, "previous_url", q->text, q->page - 1) &&
	    add_url(o, "next_url", q->text, answer->more ? q->page + 1 : 0) &&
	    view_number(data, "page_number", q->page))
		return view_take(data, "search", o);
	json_decref(o);
	return false;
}

/* Everybody's page is compressed and kept a second; a reader's stays as it is: it may hold paid text beside what an
 * address brought (LK20), and is nobody else's. */
static enum status
show(struct context *cx, const struct request *req, struct response *res, const json_t *data)
{
	enum status status = page_render(cx, res, "search", data);

	if (status != STATUS_OK)
		return status;
	res->cache = request_is_plain(req) ? CACHE_SHARED : CACHE_PRIVATE;
	if (!request_is_plain(req))
		return STATUS_OK;
	res->page = page_new(&(struct page_source){STATUS_OK, "text/html; charset=utf-8", res->body},
	    http_codings(req->accept_encoding), cx->compressor, COMPRESS_FAST);
	return res->page != NULL ? STATUS_OK : STATUS_UNAVAILABLE;
}

static bool
read_question(struct context *cx, const struct request *req, struct search_question *q)
{
	struct str page = request_query(req, &cx->arena, "page");

	*q = (struct search_question){
	    .text = str_slice(str_trim(request_query(req, &cx->arena, "q")), 0, SEARCH_QUERY_MAX),
	    .whole = request_standing(req) == STANDING_SUBSCRIBER,
	    .facts = req->reader,
	    .visit = &req->visit,
	    .now = req->now,
	    .page = 1};
	while (q->text.len > 0 && !str_is_utf8(q->text)) /* cut inside a character */
		q->text.len--;
	return page.len == 0 || str_to_int(page, 1, SEARCH_PAGES, &q->page);
}

static const char *
text(const struct context *cx, const char *key)
{
	return json_string_value(json_object_get(cx->setup->texts, key));
}

enum status
page_search(struct context *cx, const struct request *req, struct response *res)
{
	struct search_answer *answer = arena_alloc(&cx->arena, sizeof *answer);
	struct page_tags unused = {.n = 0};
	struct search_question q;
	enum status status = STATUS_UNAVAILABLE;
	json_t *data;
	enum err e;

	if (!read_question(cx, req, &q))
		return STATUS_NOT_FOUND;
	context_linger(cx);
	e = answer == NULL ? ERR_MEMORY : search_ask(cx->site->paywall, &cx->doors, &cx->arena, &q, answer);
	if (e != ERR_NONE)
		return response_error(cx->doors.open, "search", e);
	data = view_page(cx, req, &unused, text(cx, "search_title"), q.text.len == 0 ? "/search" : NULL);
	if (data != NULL && add_answer(cx, data, &q, answer)) {
		view_describe(data, str_of(text(cx, "search_empty")));
		if (q.text.len > 0) /* there are as many such pages as there are questions */
			view_noindex(data);
		status = show(cx, req, res, data);
	}
	json_decref(data);
	return status;
}

static void
element(struct buf *out, const char *name, const char *text)
{
	buf_printf(out, "<%s>", name);
	escape_xml(out, str_of(text));
	buf_printf(out, "</%s>\n", name);
}

/* OpenSearch 1.1. */
enum status
page_opensearch(struct context *cx, const struct request *req, struct response *res)
{
	const struct config *cfg = &cx->setup->config;
	const char *icon = json_string_value(
	    json_object_get(json_object_get(cx->setup->common, "asset"), "favicon"));
	struct buf out = BUF_EMPTY;

	buf_puts(&out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	               "<OpenSearchDescription xmlns=\"http://a9.com/-/spec/opensearch/1.1/\">\n");
	element(&out, "ShortName", cfg->site_name);
	element(&out, "Description", cfg->site_tagline[0] != '\0' ? cfg->site_tagline : cfg->site_name);
	element(&out, "Language", cfg->site_language);
	element(&out, "InputEncoding", "UTF-8");
	if (icon != NULL) {
		buf_puts(&out, "<Image type=\"image/svg+xml\">");
		escape_xml(&out, str_of(cfg->site_url));
		escape_xml(&out, str_of(icon));
		buf_puts(&out, "</Image>\n");
	}
	buf_puts(&out, "<Url type=\"text/html\" method=\"get\" template=\"");
	escape_xml(&out, str_of(cfg->site_url));
	buf_puts(&out, "/search?q={searchTerms}\"/>\n</OpenSearchDescription>\n");
	res->cache = req->bears_session ? CACHE_PRIVATE : CACHE_SHARED;
	res->type = "application/opensearchdescription+xml; charset=utf-8";
	res->body = out.failed ? STR_NONE : arena_copy(&cx->arena, buf_str(&out));
	buf_free(&out);
	return res->body.len == 0 ? STATUS_UNAVAILABLE : STATUS_OK;
}
