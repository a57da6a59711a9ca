/* account.c: guards and the head of every account page. */
#include "web/account.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "web/page_fill.h"
#include "web/view.h"

enum status
account_fault(const struct fault *f, enum err e)
{
	LOG_ERROR("account", LOG_CSTR("reason", f->text[0] != '\0' ? f->text : err_name(e)));
	return STATUS_UNAVAILABLE;
}

enum status
account_sign_in_again(struct context *cx, struct response *res, const char *path)
{
	return response_redirect(
	    res, cx, STATUS_SEE_OTHER, STR("/login"), arena_printf(&cx->arena, "next=%s", path));
}

enum status
account_guard(struct context *cx, const struct request *req, struct response *res)
{
	if (req->reader != NULL)
		return STATUS_OK;
	return account_sign_in_again(cx, res, arena_cstr(&cx->arena, req->url.path));
}

bool
account_recent(const struct context *cx, const struct request *req)
{
	return req->now - req->reader->session.created_at < cx->setup->config.signin_recent_s;
}

static json_t *
account_member(struct context *cx, const struct request *req, const char *tab, struct str email)
{
	struct str flag = arena_printf(&cx->arena, "tab_%s", tab);
	struct str again = arena_printf(&cx->arena, "/login?next=/account/%s", tab);
	json_t *account = json_object();

	if (account != NULL && flag.at != NULL && view_text(account, "email", email) &&
	    view_flag(account, flag.at, true) && view_text(account, "again_url", again) &&
	    view_flag(account, "recent", account_recent(cx, req)))
		return account;
	json_decref(account);
	return NULL;
}

json_t *
account_page(struct context *cx, const struct request *req, const char *tab, const char *title_key,
    struct subscriber *reader, enum status *status)
{
	struct page_tags unused = {.n = 0};
	const char *title = json_string_value(json_object_get(cx->setup->texts, title_key));
	json_t *data;

	*status = STATUS_UNAVAILABLE;
	if (subscriber_store_by_id(cx->doors.full, &cx->arena, req->reader->session.subscriber_id, reader) !=
	    ERR_NONE)
		return NULL;
	data = view_page(cx, req, &unused, title, NULL);
	if (data == NULL || !view_take(data, "account", account_member(cx, req, tab, reader->email))) {
		json_decref(data);
		return NULL;
	}
	view_noindex(data);
	return data;
}

enum status
account_render(
    struct context *cx, struct response *res, const char *template, json_t *data, enum status status)
{
	enum status rendered = page_render(cx, res, template, data);

	json_decref(data);
	return rendered == STATUS_OK ? status : rendered;
}

bool
account_moment(const struct context *cx, json_t *object, const char *name, int64_t at)
{
	struct arena *a = (struct arena *)(uintptr_t)&cx->arena;
	char key[40];

	(void)snprintf(key, sizeof key, "%s_clock", name);
	return view_time(cx, object, name, at) &&
	       view_text(object, key, at == 0 ? STR_NONE : view_clock(cx, a, at));
}
