/* page_newsletter.c: GET shows, POST acts. RFC 8058 for the last of the three. */
#include "web/page_newsletter.h"

#include <stdio.h>

#include "base/log.h"
#include "web/page_fill.h"
#include "web/tally.h"
#include "web/view.h"

#define LISTS_MOST 16

struct newsletter_desk
page_newsletter_desk(struct context *cx, const struct request *req, struct db *db)
{
	return (struct newsletter_desk){.db = db,
	    .arena = &cx->arena,
	    .config = &cx->setup->config,
	    .lasting = &cx->setup->lasting,
	    .ring = cx->setup->keyring,
	    .notice = &cx->setup->notice,
	    .ip = req->peer,
	    .form = req->url.path,
	    .now = req->now};
}

/* A page with one member of its own, which is taken over. */
static enum status
show(struct context *cx, const struct request *req, struct response *res, const char *template,
    const char *title_key, const char *member, json_t *own)
{
	struct page_tags unused = {.n = 0};
	json_t *data = view_page(
	    cx, req, &unused, json_string_value(json_object_get(cx->setup->texts, title_key)), NULL);
	enum status status = STATUS_UNAVAILABLE;

	if (data != NULL && own != NULL && json_object_set(data, member, own) == 0) {
		view_noindex(data);
		status = page_render(cx, res, template, data);
	}
	json_decref(own);
	json_decref(data);
	return status;
}

static enum status
fail(const struct fault *f, enum err e)
{
	LOG_ERROR("newsletter", LOG_CSTR("reason", f->text[0] != '\0' ? f->text : err_name(e)));
	return STATUS_UNAVAILABLE;
}

static json_t *
list_object(const struct newsletter_row *row)
{
	json_t *o = json_object();
	char url[100];

	(void)snprintf(url, sizeof url, "/newsletter/" STR_FMT, STR_ARG(row->slug));
	if (o != NULL && view_text(o, "slug", row->slug) && view_text(o, "name", row->name) &&
	    view_text(o, "description", row->description) && view_text(o, "url", str_of(url)) &&
	    view_flag(o, "for_subscribers", !str_eq(row->access, STR("public"))))
		return o;
	json_decref(o);
	return NULL;
}

/* The form with every list, none of them ticked (CO1). sent: after a POST. */
static enum status
show_form(
    struct context *cx, const struct request *req, struct response *res, bool sent, bool wrong, bool outdated)
{
	struct newsletter_row *rows = NULL;
	size_t n = 0;
	enum err e = newsletter_store_all(cx->doors.open, &cx->arena, STR_NONE, &rows, &n);
	json_t *own = json_object(), *lists = json_array();

	for (size_t i = 0; e == ERR_NONE && i < n; i++)
		if (json_array_append_new(lists, list_object(&rows[i])) != 0)
			e = ERR_MEMORY;
	if (e == ERR_NONE && (own == NULL || json_object_set(own, "lists", lists) != 0))
		e = ERR_MEMORY;
	json_decref(lists);
	if (e != ERR_NONE || !view_text(own, "notice_version", str_of(cx->setup->notice.version)) ||
	    !view_flag(own, "error", wrong) || !view_flag(own, "sent", sent) ||
	    !view_flag(own, "outdated", outdated)) {
		json_decref(own);
		return STATUS_UNAVAILABLE;
	}
	return show(cx, req, res, "newsletter", sent ? "newsletter_sent_title" : "newsletter_title",
	    "newsletter", own);
}

/* The lists whose boxes were ticked; the box of the form on every page stands for the first list. */
static bool
read_wishes(struct context *cx, const struct form *form, int64_t ids[LISTS_MOST], size_t *n)
{
	struct str consent = STR_NONE;

	*n = 0;
	for (size_t i = 0; i < form->n && *n < LISTS_MOST; i++) {
		struct newsletter_row row;

		if (!str_eq(form->fields[i].name, STR("list")))
			continue;
		if (newsletter_store_by_slug(cx->doors.open, &cx->arena, form->fields[i].value, &row) !=
		    ERR_NONE)
			return false;
		ids[(*n)++] = row.id;
	}
	return *n > 0 || (form_get(form, "consent", &consent) && str_eq(consent, STR("newsletter")));
}

static enum status
sign_up(struct context *cx, const struct request *req, struct response *res)
{
	struct str email = STR_NONE, version = STR_NONE;
	struct db *writer = context_writer(cx);
	struct newsletter_desk desk = page_newsletter_desk(cx, req, writer);
	int64_t ids[LISTS_MOST];
	struct fault f = {""};
	struct form form;
	size_t n = 0;
	bool whole;
	enum status shown;
	enum err e;

	if (writer == NULL)
		return STATUS_UNAVAILABLE;
	whole = form_parse_body(req->content_type, req->body, &cx->arena, &form) == ERR_NONE &&
	        form_get(&form, "email", &email) && form_get(&form, "notice", &version) &&
	        read_wishes(cx, &form, ids, &n);
	e = whole ? newsletter_ask(&desk, email, version, ids, n, &f) : ERR_INVALID;
	if (e == ERR_INVALID || e == ERR_CONFLICT) {
		shown = show_form(cx, req, res, false, e == ERR_INVALID, e == ERR_CONFLICT);
		return shown == STATUS_OK ? STATUS_UNPROCESSABLE : shown;
	}
	return e == ERR_NONE ? response_redirect(res, cx, STATUS_SEE_OTHER, STR("/newsletter"), STR("sent=1"))
	                     : fail(&f, e);
}

enum status
page_newsletter(struct context *cx, const struct request *req, struct response *res)
{
	if (req->method == METHOD_POST)
		return sign_up(cx, req, res);
	return show_form(
	    cx, req, res, str_eq(request_query(req, &cx->arena, "sent"), STR("1")), false, false);
}

static enum status
show_confirm(struct context *cx, const struct request *req, struct response *res,
    const struct newsletter_subscription *rows, size_t n, bool done)
{
	json_t *own = json_object(), *names = json_array();
	bool ok = own != NULL && names != NULL;
	enum status status;

	for (size_t i = 0; ok && i < n; i++)
		ok = json_array_append_new(
		         names, json_pack("{s:s%}", "name", rows[i].name.at, rows[i].name.len)) == 0;
	if (!ok || !view_flag(own, "valid", n > 0) || !view_flag(own, "done", done) ||
	    json_object_set(own, "lists", names) != 0 || !view_text(own, "action", req->url.path)) {
		json_decref(names);
		json_decref(own);
		return STATUS_UNAVAILABLE;
	}
	json_decref(names);
	status = show(cx, req, res, "newsletter_confirm",
	    n == 0 ? "newsletter_dead_title"
	    : done ? "newsletter_done_title"
	           : "newsletter_confirm_title",
	    "confirm", own);
	return status == STATUS_OK && n == 0 ? STATUS_GONE : status;
}

static bool
any_waits(const struct newsletter_subscription *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(rows[i].state, STR("pending")))
			return true;
	return false;
}

/* A link that is used again confirms nothing more. */
static enum err
confirm(struct context *cx, const struct request *req, struct db *db, struct fault *f)
{
	struct newsletter_desk desk = page_newsletter_desk(cx, req, db);
	struct newsletter_subscription *rows = NULL;
	size_t n = 0;
	bool waits = newsletter_look(db, &cx->arena, req->args[0], &rows, &n) == ERR_NONE &&
	             any_waits(rows, n);
	enum err e;

	desk.form = STR("/newsletter/confirm"); /* never the secret */
	e = newsletter_confirm(&desk, req->args[0], f);
	if (e == ERR_NONE && waits)
		tally_add(cx, req, COUNTER_NEWSLETTER, 0);
	return e;
}

enum status
page_newsletter_confirm(struct context *cx, const struct request *req, struct response *res)
{
	bool post = req->method == METHOD_POST;
	struct db *db = post ? context_writer(cx) : cx->doors.full;
	struct newsletter_subscription *rows = NULL;
	struct fault f = {""};
	size_t n = 0;
	enum err e;

	if (db == NULL || response_line(res, &cx->arena, "X-Robots-Tag", STR("noindex")) != ERR_NONE)
		return STATUS_UNAVAILABLE;
	e = post ? confirm(cx, req, db, &f) : ERR_NONE;
	if (e == ERR_NONE)
		e = newsletter_look(db, &cx->arena, req->args[0], &rows, &n);
	if (e == ERR_NOT_FOUND)
		return show_confirm(cx, req, res, NULL, 0, false);
	return e == ERR_NONE ? show_confirm(cx, req, res, rows, n, post) : fail(&f, e);
}

/* RFC 8058 3.2: the mail reader's POST says so; that of our own page does too. */
static bool
one_click(struct context *cx, const struct request *req, const char **method)
{
	struct str value = STR_NONE;
	struct form form;

	if (form_parse_body(req->content_type, req->body, &cx->arena, &form) != ERR_NONE)
		return false;
	*method = form_get(&form, "page", &value) ? "form" : "one-click";
	return form_get(&form, "List-Unsubscribe", &value) && str_eq(value, STR("One-Click"));
}

static enum status
show_leave(struct context *cx, const struct request *req, struct response *res, struct str list, bool done)
{
	json_t *own = json_object();

	if (own == NULL || !view_text(own, "name", list) || !view_flag(own, "done", done) ||
	    !view_text(own, "action", req->url.path)) {
		json_decref(own);
		return STATUS_UNAVAILABLE;
	}
	return show(cx, req, res, "newsletter_leave",
	    done ? "newsletter_left_title" : "newsletter_leave_title", "leave", own);
}

enum status
page_newsletter_leave(struct context *cx, const struct request *req, struct response *res)
{
	bool post = req->method == METHOD_POST;
	struct db *db = post ? context_writer(cx) : cx->doors.full;
	struct newsletter_desk desk = page_newsletter_desk(cx, req, db);
	const char *method = "one-click";
	struct fault f = {""};
	struct str list;
	enum err e;

	if (db == NULL || response_line(res, &cx->arena, "X-Robots-Tag", STR("noindex")) != ERR_NONE)
		return STATUS_UNAVAILABLE;
	e = newsletter_leaving(&desk, req->args[0], &list);
	if (e == ERR_NOT_FOUND)
		return STATUS_NOT_FOUND;
	if (e == ERR_NONE && post && !one_click(cx, req, &method))
		return STATUS_BAD_REQUEST;
	desk.form = STR("/newsletter/unsubscribe");
	if (e == ERR_NONE && post)
		e = newsletter_leave(&desk, req->args[0], method, &f);
	return e == ERR_NONE ? show_leave(cx, req, res, list, post) : fail(&f, e);
}
