/* page_link.c: from a one-time link of the command line to a session. */
#include "web/page_link.h"

#include "base/log.h"
#include "core/session_issue.h"
#include "format/agent.h"
#include "web/page_fill.h"
#include "web/sign_in.h"
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
use_link(struct context *cx, const struct request *req, struct response *res)
{
	const struct config *cfg = &cx->setup->config;
	char label[AGENT_LABEL];
	struct session_new s = {
	    .now = req->now,
	    .expires_at = req->now + cfg->session_life_s,
	};
	struct session_ticket ticket;
	struct fault f = {""};
	struct db *writer = context_writer(cx);
	enum err e;

	agent_label(req->user_agent, label);
	s.label = str_of(label);
	e = writer == NULL ? ERR_BUSY
	                   : session_link_consume(writer, cx->setup->keyring, str_of(cfg->site_url),
	                         req->args[0], &s, &ticket, &f);
	if (e == ERR_NOT_FOUND)
		return show_link(cx, req, res, false);
	if (e != ERR_NONE) {
		LOG_ERROR("link", LOG_CSTR("reason", f.text[0] != '\0' ? f.text : err_name(e)));
		return STATUS_UNAVAILABLE;
	}
	return sign_in_done(cx, req, res, &ticket, STR("/"));
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
