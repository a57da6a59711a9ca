/* page_login.c: asking for a link, typing its code, following it; GET shows, POST acts. */
#include "web/page_login.h"

#include "base/clock.h"
#include "base/log.h"
#include "format/cookie.h"
#include "web/page_fill.h"
#include "web/sign_in.h"
#include "web/tally.h"
#include "web/view.h"

/* A page with one member of its own, which is taken over. */
static enum status
show(struct context *cx, const struct request *req, struct response *res, const char *template,
    const char *title_key, json_t *login)
{
	struct page_tags unused = {.n = 0};
	const char *title = json_string_value(json_object_get(cx->setup->texts, title_key));
	json_t *data = view_page(cx, req, &unused, title, NULL);
	enum status status = STATUS_UNAVAILABLE;

	if (data != NULL && view_take(data, "login", login)) {
		view_noindex(data);
		status = page_render(cx, res, template, data);
	} else if (data == NULL) {
		json_decref(login);
	}
	json_decref(data);
	return status;
}

struct login_view {
	struct str next, email;
	bool bad_email, bad_password;
	int64_t wait_s; /* 0: no need to */
};

static enum status
show_login(struct context *cx, const struct request *req, struct response *res, const struct login_view *v)
{
	json_t *login = json_object();

	if (login == NULL || !view_text(login, "next", v->next) || !view_text(login, "email", v->email) ||
	    !view_flag(login, "bad_email", v->bad_email) ||
	    !view_flag(login, "bad_password", v->bad_password) || !view_flag(login, "wait", v->wait_s > 0) ||
	    !view_number(login, "wait_seconds", v->wait_s) ||
	    !view_flag(login, "password_open", v->bad_password || v->wait_s > 0) ||
	    !view_flag(login, "registration", cx->setup->config.signin_registration != 0)) {
		json_decref(login);
		return STATUS_UNAVAILABLE;
	}
	return show(cx, req, res, "login", "login_title", login);
}

/* The status of a page that was shown although something was wrong. */
static enum status
but(enum status shown, enum status instead)
{
	return shown == STATUS_OK ? instead : shown;
}

static enum status
ask(struct context *cx, const struct request *req, struct response *res)
{
	struct login_view v = {.next = sign_in_next(sign_in_field(req, &cx->arena, "next")),
	    .email = sign_in_field(req, &cx->arena, "email"),
	    .bad_email = true};
	struct db *writer = context_writer(cx);
	struct buf cookie = BUF_EMPTY;
	struct str before = STR_NONE;
	char sealed[AUTH_COOKIE_TEXT];
	struct fault f = {""};
	struct auth_desk desk;
	enum err e;

	if (writer == NULL || !sign_in_desk(cx, req, writer, &desk))
		return STATUS_UNAVAILABLE;
	if (cookie_find(req->cookies, STR(AUTH_COOKIE), &before) != 1)
		before = STR_NONE;
	e = auth_ask(&desk, v.email, v.next, before, sealed, &f);
	if (e == ERR_INVALID)
		return but(show_login(cx, req, res, &v), STATUS_UNPROCESSABLE);
	if (e == ERR_NONE &&
	    (!cookie_set(&cookie, STR(AUTH_COOKIE), str_of(sealed), desk.config->signin_life_s) ||
	        response_line(res, &cx->arena, "Set-Cookie", buf_str(&cookie)) != ERR_NONE))
		e = ERR_MEMORY;
	buf_free(&cookie);
	if (e == ERR_NONE)
		return response_redirect(res, cx, STATUS_SEE_OTHER, STR("/login/code"), STR_NONE);
	LOG_ERROR("login", LOG_CSTR("reason", f.text[0] != '\0' ? f.text : err_name(e)));
	return STATUS_UNAVAILABLE;
}

enum status
page_login(struct context *cx, const struct request *req, struct response *res)
{
	struct login_view v = {.next = sign_in_next(request_query(req, &cx->arena, "next"))};

	return req->method == METHOD_POST ? ask(cx, req, res) : show_login(cx, req, res, &v);
}

static bool
pending(const struct request *req, const struct auth_desk *desk, struct auth_pending *out)
{
	struct str cookie;

	return cookie_find(req->cookies, STR(AUTH_COOKIE), &cookie) == 1 &&
	       auth_pending_read(desk, cookie, out);
}

static enum status
enter(struct context *cx, const struct request *req, struct response *res, struct auth_entry *entry)
{
	if (entry->registered)
		tally_add_from(cx, req, COUNTER_ACCOUNT, entry->next);
	return sign_in_done(cx, req, res, &entry->ticket, entry->next);
}

/* left: tries after a wrong code; -1: none was wrong. */
static enum status
show_code(struct context *cx, const struct request *req, struct response *res, const struct auth_pending *p,
    bool dead, int64_t left)
{
	struct str login_url = arena_printf(&cx->arena, "/login?next=" STR_FMT, STR_ARG(p->next));
	json_t *login = json_object();

	if (login == NULL || !view_flag(login, "dead", dead) || !view_text(login, "email", p->email) ||
	    !view_text(login, "again_url", login_url) || !view_flag(login, "wrong", left >= 0) ||
	    !view_number(login, "left", left) ||
	    !view_number(login, "minutes", cx->setup->config.signin_life_s / 60)) {
		json_decref(login);
		return STATUS_UNAVAILABLE;
	}
	return show(cx, req, res, "login_code", dead ? "login_dead_title" : "login_code_title", login);
}

enum status
page_login_code(struct context *cx, const struct request *req, struct response *res)
{
	static const struct auth_pending none = {{"", 0}, {"", 0}, {"/", 1}};
	bool post = req->method == METHOD_POST;
	struct db *db = post ? context_writer(cx) : cx->doors.full;
	struct auth_entry entry;
	struct auth_pending p;
	struct auth_desk desk;
	struct fault f = {""};
	int64_t left;

	if (db == NULL || !sign_in_desk(cx, req, db, &desk))
		return STATUS_UNAVAILABLE;
	if (!pending(req, &desk, &p))
		return post ? but(show_code(cx, req, res, &none, true, -1), STATUS_GONE)
		            : response_redirect(res, cx, STATUS_SEE_OTHER, STR("/login"), STR_NONE);
	if (!post)
		return show_code(cx, req, res, &p, false, -1);
	switch (auth_enter_by_code(&desk, &p, sign_in_field(req, &cx->arena, "code"), &entry, &left, &f)) {
	case ERR_NONE: return enter(cx, req, res, &entry);
	case ERR_DENIED:
		if (left > 0)
			return but(show_code(cx, req, res, &p, false, left), STATUS_UNPROCESSABLE);
		break;
	case ERR_NOT_FOUND: break;
	default: LOG_ERROR("login", LOG_CSTR("reason", f.text)); return STATUS_UNAVAILABLE;
	}
	return but(show_code(cx, req, res, &p, true, -1), STATUS_GONE);
}

enum status
page_login_password(struct context *cx, const struct request *req, struct response *res)
{
	struct login_view v = {.next = sign_in_next(sign_in_field(req, &cx->arena, "next")),
	    .email = sign_in_field(req, &cx->arena, "email")};
	struct str password = sign_in_field(req, &cx->arena, "password");
	struct db *writer = context_writer(cx);
	struct auth_entry entry;
	struct auth_desk desk;
	struct fault f = {""};
	enum err e;

	if (writer == NULL || !sign_in_desk(cx, req, writer, &desk))
		return STATUS_UNAVAILABLE;
	e = auth_enter_by_password(&desk, &cx->site->guard, v.email, password, &entry, &v.wait_s, &f);
	if (e == ERR_NONE)
		return sign_in_done(cx, req, res, &entry.ticket, v.next);
	if (e == ERR_DENIED) {
		v.bad_password = true;
		v.wait_s = 0;
		return but(show_login(cx, req, res, &v), STATUS_UNPROCESSABLE);
	}
	if (e != ERR_BUSY) {
		LOG_ERROR("login", LOG_CSTR("reason", f.text[0] != '\0' ? f.text : err_name(e)));
		return STATUS_UNAVAILABLE;
	}
	if (response_line(res, &cx->arena, "Retry-After",
	        arena_printf(&cx->arena, "%lld", (long long)v.wait_s)) != ERR_NONE)
		return STATUS_UNAVAILABLE;
	return but(show_login(cx, req, res, &v), STATUS_TOO_MANY);
}

static enum status
show_link(struct context *cx, const struct request *req, struct response *res, const struct auth_row *row,
    bool same)
{
	json_t *login = json_object(), *device = sign_in_device(row == NULL ? STR_NONE : row->device);
	bool ok = login != NULL && device != NULL && view_flag(login, "valid", row != NULL) &&
	          view_flag(login, "same_browser", same) &&
	          view_flag(login, "is_new", row != NULL && row->subscriber_id == 0) &&
	          view_text(login, "email", row == NULL ? STR_NONE : row->email) &&
	          json_object_set(login, "device", device) == 0 &&
	          view_text(login, "action", row == NULL ? STR_NONE : req->url.path) &&
	          view_text(login, "asked_clock",
	              row == NULL ? STR_NONE : view_clock(cx, &cx->arena, row->created_at));

	json_decref(device);
	if (!ok) {
		json_decref(login);
		return STATUS_UNAVAILABLE;
	}
	return but(
	    show(cx, req, res, "login_link", row != NULL ? "login_link_title" : "login_dead_title", login),
	    row != NULL ? STATUS_OK : STATUS_GONE);
}

static enum status
follow(struct context *cx, const struct request *req, struct response *res, const struct auth_desk *desk)
{
	struct auth_entry entry;
	struct fault f = {""};

	switch (auth_enter_by_link(desk, req->args[0], &entry, &f)) {
	case ERR_NONE: return enter(cx, req, res, &entry);
	case ERR_DENIED:
	case ERR_NOT_FOUND: return show_link(cx, req, res, NULL, false);
	default: LOG_ERROR("login", LOG_CSTR("reason", f.text)); return STATUS_UNAVAILABLE;
	}
}

/* In another browser than the one that asked, nobody is signed in without saying so (LG7). */
enum status
page_login_link(struct context *cx, const struct request *req, struct response *res)
{
	bool post = req->method == METHOD_POST;
	struct db *db = post ? context_writer(cx) : cx->doors.full;
	struct auth_pending p;
	struct auth_desk desk;
	struct auth_row row;
	bool same;

	if (db == NULL || !sign_in_desk(cx, req, db, &desk))
		return STATUS_UNAVAILABLE;
	switch (auth_look(&desk, req->args[0], &row)) {
	case ERR_NONE: break;
	case ERR_NOT_FOUND: return show_link(cx, req, res, NULL, false);
	default: return STATUS_UNAVAILABLE;
	}
	same = pending(req, &desk, &p) && auth_same_browser(&row, &p);
	if (post && (same || str_eq(sign_in_field(req, &cx->arena, "confirm"), STR("yes"))))
		return follow(cx, req, res, &desk);
	return show_link(cx, req, res, &row, same);
}

enum status
page_logout(struct context *cx, const struct request *req, struct response *res)
{
	struct db *writer = context_writer(cx);
	enum err e = ERR_NONE;

	if (req->reader != NULL)
		e = writer == NULL ? ERR_BUSY
		                   : session_store_revoke(writer, req->reader->session.subscriber_id,
		                         req->reader->session.id, req->now);
	if ((e != ERR_NONE && e != ERR_NOT_FOUND) || sign_in_clear(cx, res, SESSION_COOKIE) != STATUS_OK ||
	    response_line(res, &cx->arena, "Clear-Site-Data", STR("\"cache\"")) != ERR_NONE)
		return STATUS_UNAVAILABLE;
	/* The reader's next page is decided without waiting for change_log. */
	sign_in_forget(cx, req, false);
	return response_redirect(res, cx, STATUS_SEE_OTHER, STR("/"), STR_NONE);
}
