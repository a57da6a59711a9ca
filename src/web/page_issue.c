/* page_issue.c: newsletters online, under the decision for somebody who is not signed in. */
#include "base/log.h"
#include "core/issue.h"
#include "store/issue_store.h"
#include "web/page_fill.h"
#include "web/page_newsletter.h"
#include "web/view.h"

#define ISSUES_SHOWN 100

static enum status
answer(struct context *cx, enum err e)
{
	if (e == ERR_NOT_FOUND)
		return STATUS_NOT_FOUND;
	LOG_ERROR("newsletter", LOG_CSTR("reason", db_message(cx->doors.open)));
	return STATUS_UNAVAILABLE;
}

static json_t *
issue_object(struct context *cx, const struct issue *issue)
{
	json_t *o = json_object();
	struct str url = arena_printf(
	    &cx->arena, "/newsletter/" STR_FMT "/" STR_FMT, STR_ARG(issue->list_slug), STR_ARG(issue->slug));

	if (o != NULL && view_text(o, "title", issue->title) && view_text(o, "url", url) &&
	    view_time(cx, o, "published", issue->created_at))
		return o;
	json_decref(o);
	return NULL;
}

static bool
add_issues(struct context *cx, json_t *data, const struct issue *issues, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; list != NULL && i < n; i++)
		if (json_array_append_new(list, issue_object(cx, &issues[i])) != 0) {
			json_decref(list);
			return false;
		}
	return view_flag(data, "has_issues", n > 0) && view_take(data, "issues", list);
}

static enum status
make_list(
    struct context *cx, const struct request *req, const void *subject, json_t **out, struct page_tags *tags)
{
	struct newsletter_row row;
	struct issue *issues = NULL;
	size_t n = 0;
	json_t *data, *own;
	enum err e = newsletter_store_by_slug(cx->doors.open, &cx->arena, req->args[0], &row);

	(void)subject;
	if (e == ERR_NONE)
		e = issue_store_recent(cx->doors.open, &cx->arena, row.id, ISSUES_SHOWN, &issues, &n);
	if (e != ERR_NONE)
		return answer(cx, e);
	page_tag(tags, CHANGE_NEWSLETTER, row.id);
	data = view_page(cx, req, tags, row.name.at, arena_cstr(&cx->arena, req->url.path));
	own = json_object();
	if (data == NULL || own == NULL || !view_text(own, "name", row.name) ||
	    !view_text(own, "description", row.description) || json_object_set(data, "list", own) != 0 ||
	    !add_issues(cx, data, issues, n)) {
		json_decref(own);
		json_decref(data);
		return STATUS_UNAVAILABLE;
	}
	json_decref(own);
	view_describe(data, row.description);
	*out = data;
	return STATUS_OK;
}

enum status
page_newsletter_list(struct context *cx, const struct request *req, struct response *res)
{
	const struct page_plan plan = {
	    .template = "newsletter_list", .path = req->url.path, .make = make_list};

	return page_fill(cx, req, res, &plan);
}

/* The issue's text as HTML, by nobody's rights. */
static enum err
write_issue(
    struct context *cx, const struct issue *issue, int64_t now, struct page_tags *tags, struct buf *html)
{
	const struct issue_shop shop = {.config = &cx->setup->config,
	    .templates = cx->setup->templates,
	    .common = cx->setup->common,
	    .paywall = cx->site->paywall,
	    .doors = cx->doors};
	struct issue_text *text = arena_zero(&cx->arena, 1, sizeof *text);
	struct fault f = {""};
	enum err e = text == NULL ? ERR_MEMORY : issue_parse(&cx->arena, issue->markdown, text, &f);

	if (e == ERR_NONE)
		e = issue_resolve(&shop, &cx->arena, text, now, NULL);
	if (e == ERR_NONE)
		e = issue_html(&shop, text, NULL, now, html, &f);
	for (size_t i = 0; text != NULL && i < text->article_count; i++)
		if (text->articles[i].rights != NULL)
			page_tag(tags, CHANGE_ARTICLE, text->articles[i].rights->article_id);
	page_tag(tags, VIEW_LISTS, 0);
	if (text != NULL)
		issue_release(text);
	if (e != ERR_NONE)
		LOG_ERROR("issue", LOG_NUM("issue", issue->id), LOG_CSTR("reason", f.text));
	return e;
}

static enum status
make_issue(
    struct context *cx, const struct request *req, const void *subject, json_t **out, struct page_tags *tags)
{
	struct buf html = BUF_EMPTY;
	struct issue issue;
	json_t *data = NULL, *own = NULL;
	struct str list_url;
	enum err e = issue_store_free(cx->doors.open, &cx->arena, req->args[0], req->args[1], &issue);

	(void)subject;
	if (e != ERR_NONE)
		return answer(cx, e);
	page_tag(tags, CHANGE_NEWSLETTER, issue.newsletter_id);
	e = write_issue(cx, &issue, req->now, tags, &html);
	list_url = arena_printf(&cx->arena, "/newsletter/" STR_FMT, STR_ARG(issue.list_slug));
	if (e == ERR_NONE)
		data = view_page(cx, req, tags, issue.title.at, arena_cstr(&cx->arena, req->url.path));
	own = data == NULL ? NULL : issue_object(cx, &issue);
	if (own == NULL || !view_text(own, "list_name", issue.list_name) ||
	    !view_text(own, "list_url", list_url) || !view_text(own, "content_html", buf_str(&html)) ||
	    !view_flag(own, "for_subscribers", !str_eq(issue.list_access, STR("public"))) ||
	    json_object_set(data, "issue", own) != 0) {
		json_decref(data);
		data = NULL;
	}
	json_decref(own);
	buf_free(&html);
	*out = data;
	return data == NULL ? STATUS_UNAVAILABLE : STATUS_OK;
}

enum status
page_newsletter_issue(struct context *cx, const struct request *req, struct response *res)
{
	const struct page_plan plan = {
	    .template = "newsletter_issue", .path = req->url.path, .make = make_issue};

	return page_fill(cx, req, res, &plan);
}
