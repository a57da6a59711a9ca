/* sign_in.c: cookies in and out; every Set-Cookie of a session is written here. */
#include "web/sign_in.h"

#include "base/clock.h"
#include "base/log.h"
#include "format/agent.h"
#include "format/cookie.h"
#include "web/tally.h"
#include "web/view.h"

/* Firefox sur Linux: the label in the site's language. */
static struct str
device_text(struct context *cx, struct str label)
{
	size_t at = str_find(label, STR(" on "));
	const char *on = json_string_value(json_object_get(cx->setup->texts, "device_on"));

	return at == label.len || on == NULL
	           ? label
	           : arena_printf(&cx->arena, STR_FMT " %s " STR_FMT, STR_ARG(str_slice(label, 0, at)), on,
	                 STR_ARG(str_slice(label, at + 4, label.len)));
}

bool
sign_in_desk(struct context *cx, const struct request *req, struct db *db, struct auth_desk *out)
{
	char label[AGENT_LABEL];

	agent_label(req->user_agent, label);
	*out = (struct auth_desk){.db = db,
	    .ring = cx->setup->keyring,
	    .config = &cx->setup->config,
	    .arena = &cx->arena,
	    .now = req->now,
	    .ip = req->peer,
	    .device = arena_copy(&cx->arena, str_of(label)),
	    .moment = view_moment(cx, &cx->arena, req->now)};
	out->device_text = device_text(cx, out->device);
	if (req->reader != NULL) {
		out->old_session_id = req->reader->session.id;
		out->old_subscriber_id = req->reader->session.subscriber_id;
	}
	return out->device.at != NULL && out->device_text.at != NULL && out->moment.at != NULL;
}

static enum status
set_cookie(struct context *cx, struct response *res, const char *name, struct str value, int64_t life_s)
{
	struct buf cookie = BUF_EMPTY;
	enum err e = cookie_set(&cookie, str_of(name), value, life_s)
	                 ? response_line(res, &cx->arena, "Set-Cookie", buf_str(&cookie))
	                 : ERR_INTERNAL;

	if (cookie.data != NULL)
		token_wipe(cookie.data, cookie.len);
	buf_free(&cookie);
	return e == ERR_NONE ? STATUS_OK : STATUS_UNAVAILABLE;
}

enum status
sign_in_clear(struct context *cx, struct response *res, const char *cookie)
{
	return set_cookie(cx, res, cookie, STR("gone"), 0);
}

void
sign_in_forget(struct context *cx, const struct request *req, bool account)
{
	struct change change = {.kind = CHANGE_SESSION};

	if (req->reader == NULL)
		return;
	change.ref = req->reader->session.id;
	if (account) {
		change.kind = CHANGE_SUBSCRIBER;
		change.ref = req->reader->session.subscriber_id;
	}
	paywall_forget(cx->site->paywall, &change);
}

enum status
sign_in_cookie(
    struct context *cx, const struct request *req, struct response *res, struct session_ticket *ticket)
{
	enum status status = set_cookie(
	    cx, res, SESSION_COOKIE, str_of(ticket->token), ticket->expires_at - req->now);

	token_wipe(ticket, sizeof *ticket);
	sign_in_forget(cx, req, false);
	return status;
}

enum status
sign_in_done(struct context *cx, const struct request *req, struct response *res,
    struct session_ticket *ticket, struct str next)
{
	LOG_INFO("signed_in", LOG_TEXT("id", req->id), LOG_NUM("session", ticket->id));
	if (sign_in_cookie(cx, req, res, ticket) != STATUS_OK ||
	    sign_in_clear(cx, res, AUTH_COOKIE) != STATUS_OK)
		return STATUS_UNAVAILABLE;
	tally_add_from(cx, req, COUNTER_SIGN_IN, next);
	return response_redirect(res, cx, STATUS_SEE_OTHER, sign_in_next(next), STR_NONE);
}

struct str
sign_in_next(struct str typed)
{
	return typed.len > 0 && url_own_path(typed) ? typed : STR("/");
}

json_t *
sign_in_device(struct str label)
{
	json_t *device = json_object();
	size_t at = str_find(label, STR(" on "));
	struct str browser = str_slice(label, 0, at), system = str_slice(label, at + 4, label.len);

	if (str_eq(browser, STR("Browser")))
		browser = STR_NONE;
	if (device == NULL || !view_text(device, "browser", browser) ||
	    !view_text(device, "system", at == label.len ? STR_NONE : system)) {
		json_decref(device);
		return NULL;
	}
	return device;
}

struct str
sign_in_field(const struct request *req, struct arena *a, const char *name)
{
	struct form form;
	struct str value;

	if (form_parse_body(req->content_type, req->body, a, &form) != ERR_NONE ||
	    !form_get(&form, name, &value))
		return STR_NONE;
	return value;
}
