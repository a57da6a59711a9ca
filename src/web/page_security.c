/* page_security.c: changes that end every session; all ask for a recent sign-in. */
#include "web/page_security.h"

#include "core/account.h"
#include "web/account.h"
#include "web/page_fill.h"
#include "web/page_newsletter.h"
#include "web/sign_in.h"
#include "web/view.h"

static enum status
but(enum status shown, enum status instead)
{
	return shown == STATUS_OK ? instead : shown;
}

static enum status
show_password(struct context *cx, const struct request *req, struct response *res, enum password_flaw flaw)
{
	struct subscriber reader;
	enum status status;
	json_t *data = account_page(cx, req, "password", "account_password_title", &reader, &status),
	       *account;
	struct str hash;
	int64_t changed_at = 0;
	enum err e;

	if (data == NULL)
		return status;
	account = json_object_get(data, "account");
	e = auth_store_password(cx->doors.full, &cx->arena, reader.id, &hash, &changed_at);
	if ((e != ERR_NONE && e != ERR_NOT_FOUND) || !view_flag(account, "has_password", e == ERR_NONE) ||
	    !view_time(cx, account, "changed", changed_at) ||
	    !view_flag(account, "bad", flaw != PASSWORD_GOOD) ||
	    !view_flag(account, "too_short", flaw == PASSWORD_SHORT) ||
	    !view_flag(account, "too_long", flaw == PASSWORD_LONG) ||
	    !view_flag(account, "common", flaw == PASSWORD_COMMON) ||
	    !view_flag(account, "done", request_query(req, &cx->arena, "done").len > 0)) {
		json_decref(data);
		return STATUS_UNAVAILABLE;
	}
	return account_render(
	    cx, res, "account_password", data, flaw == PASSWORD_GOOD ? STATUS_OK : STATUS_UNPROCESSABLE);
}

/* An empty hash takes the password away. */
static enum status
store_password(struct context *cx, const struct request *req, struct response *res, struct str hash)
{
	struct db *writer = context_writer(cx);
	struct session_ticket ticket;
	struct auth_desk desk;
	struct fault f = {""};
	enum err e;

	if (writer == NULL || !sign_in_desk(cx, req, writer, &desk))
		return STATUS_UNAVAILABLE;
	e = account_set_password(&desk, hash, &ticket, &f);
	if (e != ERR_NONE)
		return account_fault(&f, e);
	sign_in_forget(cx, req, true);
	if (sign_in_cookie(cx, req, res, &ticket) != STATUS_OK)
		return STATUS_UNAVAILABLE;
	return response_redirect(res, cx, STATUS_SEE_OTHER, STR("/account/password"), STR("done=1"));
}

static enum status
set_password(struct context *cx, const struct request *req, struct response *res)
{
	struct str password = sign_in_field(req, &cx->arena, "password");
	enum password_flaw flaw;
	char hash[PASSWORD_HASH];
	enum err e;

	if (str_eq(sign_in_field(req, &cx->arena, "remove"), STR("yes")))
		return store_password(cx, req, res, STR_NONE);
	flaw = password_judge(password, cx->setup->common_passwords);
	if (flaw != PASSWORD_GOOD)
		return show_password(cx, req, res, flaw);
	e = password_hash(cx->site->guard.gate, password, hash);
	if (e == ERR_NONE)
		return store_password(cx, req, res, str_of(hash));
	return account_fault(&(struct fault){""}, e);
}

enum status
page_password(struct context *cx, const struct request *req, struct response *res)
{
	enum status status = account_guard(cx, req, res);

	if (status != STATUS_OK)
		return status;
	if (req->method != METHOD_POST)
		return show_password(cx, req, res, PASSWORD_GOOD);
	return account_recent(cx, req) ? set_password(cx, req, res)
	                               : account_sign_in_again(cx, res, "/account/password");
}

/* /.well-known/change-password (W3C): password managers ask for it. */
enum status
page_change_password(struct context *cx, const struct request *req, struct response *res)
{
	(void)req;
	return response_redirect(res, cx, STATUS_FOUND, STR("/account/password"), STR_NONE);
}

static enum status
show_email(struct context *cx, const struct request *req, struct response *res, struct str typed, bool bad)
{
	struct subscriber reader;
	enum status status;
	json_t *data = account_page(cx, req, "email", "account_email_title", &reader, &status), *account;

	if (data == NULL)
		return status;
	account = json_object_get(data, "account");
	if (!view_text(account, "typed", typed) ||
	    !view_number(account, "minutes", cx->setup->config.signin_life_s / 60) ||
	    !view_flag(account, "bad", bad) ||
	    !view_flag(account, "sent", request_query(req, &cx->arena, "sent").len > 0) ||
	    !view_flag(account, "done", request_query(req, &cx->arena, "done").len > 0)) {
		json_decref(data);
		return STATUS_UNAVAILABLE;
	}
	return account_render(cx, res, "account_email", data, bad ? STATUS_UNPROCESSABLE : STATUS_OK);
}

enum status
page_email(struct context *cx, const struct request *req, struct response *res)
{
	struct str typed = sign_in_field(req, &cx->arena, "email");
	enum status status = account_guard(cx, req, res);
	struct auth_desk desk;
	struct fault f = {""};
	struct db *writer;
	enum err e;

	if (status != STATUS_OK)
		return status;
	if (req->method != METHOD_POST)
		return show_email(cx, req, res, STR_NONE, false);
	if (!account_recent(cx, req))
		return account_sign_in_again(cx, res, "/account/email");
	writer = context_writer(cx);
	if (writer == NULL || !sign_in_desk(cx, req, writer, &desk))
		return STATUS_UNAVAILABLE;
	e = account_ask_email(&desk, typed, &f);
	if (e == ERR_INVALID)
		return show_email(cx, req, res, typed, true);
	if (e != ERR_NONE)
		return account_fault(&f, e);
	return response_redirect(res, cx, STATUS_SEE_OTHER, STR("/account/email"), STR("sent=1"));
}

/* Signed in as the account that asked: where it did, most likely. */
static bool
own_link(const struct request *req, const struct auth_row *row)
{
	return req->reader != NULL && req->reader->session.subscriber_id == row->subscriber_id;
}

static enum status
show_email_link(
    struct context *cx, const struct request *req, struct response *res, const struct auth_row *row)
{
	struct page_tags unused = {.n = 0};
	const char *title = json_string_value(
	    json_object_get(cx->setup->texts, row != NULL ? "email_link_title" : "login_dead_title"));
	json_t *data = view_page(cx, req, &unused, title, NULL), *link = json_object();
	enum status status = STATUS_UNAVAILABLE;

	if (data != NULL && link != NULL && view_flag(link, "valid", row != NULL) &&
	    view_text(link, "action", row != NULL ? req->url.path : STR_NONE) &&
	    view_text(link, "email", row != NULL ? row->email : STR_NONE) &&
	    view_flag(link, "own", row != NULL && own_link(req, row)) &&
	    json_object_set(data, "link", link) == 0) {
		view_noindex(data);
		status = page_render(cx, res, "email_link", data);
	}
	json_decref(link);
	json_decref(data);
	return but(status, row != NULL ? STATUS_OK : STATUS_GONE);
}

static enum status
follow(struct context *cx, const struct request *req, struct response *res, const struct auth_desk *desk)
{
	struct newsletter_desk letters = page_newsletter_desk(cx, req, desk->db);
	struct session_ticket ticket;
	struct fault f = {""};
	bool opened;

	letters.form = STR("/account/email"); /* never the secret */
	switch (account_set_email(desk, &letters, req->args[0], &ticket, &opened, &f)) {
	case ERR_NONE: break;
	case ERR_CONFLICT: /* the address has its own account: said to its owner only */
	case ERR_NOT_FOUND: return show_email_link(cx, req, res, NULL);
	default: return account_fault(&f, ERR_INTERNAL);
	}
	sign_in_forget(cx, req, true);
	if (!opened)
		return response_redirect(
		    res, cx, STATUS_SEE_OTHER, STR("/login"), STR("next=/account/email"));
	if (sign_in_cookie(cx, req, res, &ticket) != STATUS_OK)
		return STATUS_UNAVAILABLE;
	return response_redirect(res, cx, STATUS_SEE_OTHER, STR("/account/email"), STR("done=1"));
}

enum status
page_email_link(struct context *cx, const struct request *req, struct response *res)
{
	bool post = req->method == METHOD_POST;
	struct db *db = post ? context_writer(cx) : cx->doors.full;
	struct auth_desk desk;
	struct auth_row row;

	if (db == NULL || !sign_in_desk(cx, req, db, &desk))
		return STATUS_UNAVAILABLE;
	switch (account_look_email(&desk, req->args[0], &row)) {
	case ERR_NONE: break;
	case ERR_NOT_FOUND: return show_email_link(cx, req, res, NULL);
	default: return STATUS_UNAVAILABLE;
	}
	if (post && (own_link(req, &row) || str_eq(sign_in_field(req, &cx->arena, "confirm"), STR("yes"))))
		return follow(cx, req, res, &desk);
	return show_email_link(cx, req, res, &row);
}
