/* page_static.c: templates without rows. */
#include "web/page_static.h"

#include "base/clock.h"
#include "core/auth.h"
#include "core/meter.h"
#include "base/log.h"
#include "format/markdown.h"
#include "format/typography.h"
#include "store/changes.h"
#include "store/page_store.h"
#include "web/response.h"
#include "web/page_fill.h"
#include "web/view.h"

/* The cookies this program sets, for the privacy page: the list is made where they are made. The meter's lives until the
 * month ends, or as long as a gift opened with it. */
static json_t *
cookies(const struct config *cfg)
{
	int64_t gift = cfg->gift_life_s / CLOCK_DAY, month = 31;

	return json_pack("[{s:s, s:I, s:n, s:b, s:b, s:b}, {s:s, s:n, s:I, s:b, s:b, s:b}, {s:s, s:I, s:n, "
	                 "s:b, s:b, s:b}]",
	    "name", SESSION_COOKIE, "days", (json_int_t)(cfg->session_life_s / CLOCK_DAY), "minutes",
	    "is_session", 1, "is_login", 0, "is_meter", 0, "name", AUTH_COOKIE, "days", "minutes",
	    (json_int_t)(cfg->signin_life_s / 60), "is_session", 0, "is_login", 1, "is_meter", 0, "name",
	    METER_COOKIE, "days", (json_int_t)(gift > month ? gift : month), "minutes", "is_session", 0,
	    "is_login", 0, "is_meter", 1);
}

static struct str
without_slash(struct str path)
{
	return str_slice(path, 1, path.len);
}

static enum status
make_words(
    struct context *cx, const struct request *req, const void *subject, json_t **out, struct page_tags *tags)
{
	const char *name = subject, *path = arena_cstr(&cx->arena, req->url.path);
	const char *title = json_string_value(json_object_get(cx->setup->texts, name));
	json_t *data = view_page(cx, req, tags, title != NULL ? title : name, path);

	page_tag(tags, CHANGE_PAGE, 0);
	if (data == NULL || !view_take(data, "cookies", cookies(&cx->setup->config))) {
		json_decref(data);
		return STATUS_UNAVAILABLE;
	}
	*out = data;
	return STATUS_OK;
}

/* A page that the publication has written, rendered when it is first asked for. */
static enum status
make_written(
    struct context *cx, const struct request *req, const void *subject, json_t **out, struct page_tags *tags)
{
	const struct words_page *page = subject;
	const char *language = cx->setup->config.site_language;
	struct buf html = BUF_EMPTY, title = BUF_EMPTY;
	struct cmark_node *doc = NULL;
	struct fault f = {""};
	json_t *data = NULL, *words = json_object();
	enum err e = markdown_read(page->markdown, language, &doc, &f);

	if (e == ERR_NONE)
		e = markdown_html(doc, NULL, &html);
	typography_apply(language, page->title, &title);
	page_tag(tags, CHANGE_PAGE, page->id);
	if (e == ERR_NONE && !html.failed && !title.failed)
		data = view_page(cx, req, tags, arena_cstr(&cx->arena, buf_str(&title)),
		    arena_cstr(&cx->arena, req->url.path));
	else
		LOG_ERROR("page", LOG_TEXT("slug", page->slug), LOG_CSTR("reason", f.text));
	if (data != NULL &&
	    (!view_text(words, "title", buf_str(&title)) || !view_text(words, "body_html", buf_str(&html)) ||
	        json_object_set(data, "words", words) != 0)) {
		json_decref(data);
		data = NULL;
	}
	markdown_free(doc);
	buf_free(&html);
	buf_free(&title);
	json_decref(words);
	*out = data;
	return data == NULL ? STATUS_INTERNAL : STATUS_OK;
}

enum status
page_written(struct context *cx, const struct request *req, struct response *res)
{
	struct words_page page;
	const struct page_plan plan = {
	    .template = "words", .path = req->url.path, .make = make_written, .subject = &page};
	enum err e = page_store_by_slug(cx->doors.open, &cx->arena, without_slash(req->url.path), &page);

	return e == ERR_NONE ? page_fill(cx, req, res, &plan) : response_error(cx->doors.open, "page", e);
}

/* The publication's own page, else the shipped one: the path's one word is its template and its title's key. */
enum status
page_words(struct context *cx, const struct request *req, struct response *res)
{
	enum status written = page_written(cx, req, res);
	const char *name = arena_cstr(&cx->arena, without_slash(req->url.path));
	const struct page_plan plan = {
	    .template = name, .path = req->url.path, .make = make_words, .subject = name};

	if (written != STATUS_NOT_FOUND)
		return written;
	return name == NULL ? STATUS_UNAVAILABLE : page_fill(cx, req, res, &plan);
}
