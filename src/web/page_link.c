/* page_link.c: from a one-time link to a session cookie. */
#include "web/page_link.h"

#include "base/log.h"
#include "base/token.h"
#include "core/session_issue.h"
#include "format/cookie.h"
#include "web/page_fill.h"
#include "web/view.h"

static enum status
show_link(struct context *cx, const struct request *req, struct response *res, bool valid)
{
	struct page_tags tags = {.n = 0};
	const char *title = json_string_value(
	    json_object_get(cx->setup->texts, valid ? "link_title" : "link_dead_title"));
	json_t *data = view_page(cx, req, &tags, title, NULL), *link = json_object();
	enum status status = STATUS_UNAVAILABLE;

	if (data != NULL && link != NULL && view_flag(link, "valid", valid) &&
	    view_text(link, "action", valid ? req->url.path : STR_NONE) &&
	    json_object_set(data, "link", link) == 0) {
		view_noindex(data);
		status = page_render(cx, res, "link", data);
	}
	json_decref(link);
	json_decref(data);
	return status == STATUS_OK && !valid ? STATUS_GONE : status;
}

static enum status
set_cookie(struct context *cx, struct response *res, const struct session_ticket *ticket, int64_t now)
{
	struct buf cookie = BUF_EMPTY;
	enum err e = cookie_set(&cookie, STR(SESSION_COOKIE), str_of(ticket->token), ticket->expires_at - now)
	                 ? response_line(res, &cx->arena, "Set-Cookie", buf_str(&cookie))
	                 : ERR_INTERNAL;

	if (cookie.data != NULL)
		token_wipe(cookie.data, cookie.len);
	buf_free(&cookie);
	return e == ERR_NONE ? response_redirect(res, cx, STATUS_SEE_OTHER, STR("/"), STR_NONE)
	                     : STATUS_UNAVAILABLE;
}

static enum status
use_link(struct context *cx, const struct request *req, struct response *res)
{
	const struct config *cfg = &cx->setup->config;
	struct session_new s = {
	    .now = req->now, .expires_at = req->now + cfg->session_life_s, .label = STR_NONE};
	struct session_ticket ticket;
	struct fault f = {""};
	struct db *writer = context_writer(cx);
	enum status status;
	enum err e = writer == NULL ? ERR_BUSY
	                            : session_link_consume(writer, cx->setup->keyring, str_of(cfg->site_url),
	                                  req->args[0], &s, &ticket, &f);

	if (e == ERR_NOT_FOUND)
		return show_link(cx, req, res, false);
	if (e != ERR_NONE) {
		LOG_ERROR("link", LOG_CSTR("reason", f.text[0] != '\0' ? f.text : err_name(e)));
		return STATUS_UNAVAILABLE;
	}
	LOG_INFO("signed_in", LOG_TEXT("id", req->id), LOG_CSTR("by", "link"), LOG_NUM("session", ticket.id));
	status = set_cookie(cx, res, &ticket, req->now);
	token_wipe(&ticket, sizeof ticket);
	return status;
}

enum status
page_link(struct context *cx, const struct request *req, struct response *res)
{
	enum err e;

	if (response_line(res, &cx->arena, "X-Robots-Tag", STR("noindex")) != ERR_NONE)
		return STATUS_UNAVAILABLE;
	if (req->method == METHOD_POST)
		return use_link(cx, req, res);
	e = session_link_peek(cx->doors.full, req->args[0], req->now);
	return e == ERR_NONE || e == ERR_NOT_FOUND ? show_link(cx, req, res, e == ERR_NONE)
	                                           : STATUS_UNAVAILABLE;
}

enum status
page_logout(struct context *cx, const struct request *req, struct response *res)
{
	struct buf cookie = BUF_EMPTY;
	struct db *writer = context_writer(cx);
	enum err e = ERR_NONE;

	if (req->reader != NULL)
		e = writer == NULL ? ERR_BUSY
		                   : session_store_revoke(writer, req->reader->session.subscriber_id,
		                         req->reader->session.id, req->now);
	if ((e != ERR_NONE && e != ERR_NOT_FOUND) || !cookie_clear(&cookie, STR(SESSION_COOKIE)) ||
	    response_line(res, &cx->arena, "Set-Cookie", buf_str(&cookie)) != ERR_NONE ||
	    response_line(res, &cx->arena, "Clear-Site-Data", STR("\"cache\"")) != ERR_NONE) {
		buf_free(&cookie);
		return STATUS_UNAVAILABLE;
	}
	buf_free(&cookie);
	/* The reader's next page is decided without waiting for change_log. */
	if (req->reader != NULL) {
		const struct change over = {.kind = CHANGE_SESSION, .ref = req->reader->session.id};

		paywall_forget(cx->site->paywall, &over);
	}
	return response_redirect(res, cx, STATUS_SEE_OTHER, STR("/"), STR_NONE);
}
