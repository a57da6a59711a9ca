/* page_subscribe.c: the offered plans, each with the payment link that its row names. */
#include "web/page_subscribe.h"

#include <string.h>

#include "base/log.h"
#include "store/subscription_store.h"
#include "web/page_fill.h"
#include "web/panel.h"
#include "web/sign_in.h"
#include "web/tally.h"
#include "web/view.h"

/* The link, with the number of the account that pays: the provider sends it back with the order. */
static struct str
payment_link(struct context *cx, const struct request *req, const struct plan *p)
{
	if (!str_starts(p->payment_url, STR("https://")))
		return STR_NONE;
	if (req->reader == NULL || str_has(p->payment_url, '#'))
		return p->payment_url;
	return arena_printf(&cx->arena, STR_FMT "%cclient_reference_id=%lld", STR_ARG(p->payment_url),
	    str_has(p->payment_url, '?') ? '&' : '?', (long long)req->reader->session.subscriber_id);
}

static json_t *
plan_row(struct context *cx, const struct request *req, const struct plan *p)
{
	json_t *o = panel_plan(cx, p);

	if (o != NULL && view_number(o, "devices", p->devices) && view_flag(o, "limited", p->devices > 0) &&
	    view_flag(o, "one_device", p->devices == 1) &&
	    view_text(o, "payment_url", payment_link(cx, req, p)))
		return o;
	json_decref(o);
	return NULL;
}

static json_t *
offered(struct context *cx, const struct request *req)
{
	struct plan *plans = NULL;
	size_t n = 0;
	json_t *list = json_array();

	if (subscription_store_plans(cx->doors.open, &cx->arena, &plans, &n) != ERR_NONE)
		LOG_ERROR("plans", LOG_CSTR("reason", db_message(cx->doors.open)));
	for (size_t i = 0; list != NULL && i < n; i++)
		if (plans[i].offered && json_array_append_new(list, plan_row(cx, req, &plans[i])) != 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

/* The article that the reader came from; none for the front page and for what is not ours. */
static struct str
way_back(struct context *cx, const struct request *req)
{
	struct str next = sign_in_next(request_query(req, &cx->arena, "next"));

	return next.len > 1 ? next : STR_NONE;
}

/* Rendered for each request: the payment link may have to know who pays. */
enum status
page_subscribe(struct context *cx, const struct request *req, struct response *res)
{
	struct page_tags tags = {.n = 0};
	const char *title = json_string_value(json_object_get(cx->setup->texts, "subscribe_title"));
	json_t *data = view_page(cx, req, &tags, title, "/subscribe"), *plans = offered(cx, req);
	json_t *member = plans == NULL ? NULL
	                               : json_pack("{s:b, s:O}", "has_plans", json_array_size(plans) > 0,
	                                     "plans", plans);
	struct str next = way_back(cx, req);
	struct str login = arena_printf(
	    &cx->arena, "/login%s" STR_FMT, next.len > 0 ? "?next=" : "", STR_ARG(next));
	enum status status = STATUS_UNAVAILABLE;

	if (req->method == METHOD_GET)
		tally_add_from(cx, req, COUNTER_OFFER, next);
	if (data != NULL && member != NULL && view_text(member, "next", next) &&
	    view_text(member, "login_url", login) && json_object_set(data, "subscribe", member) == 0)
		status = page_render(cx, res, "subscribe", data);
	json_decref(member);
	json_decref(plans);
	json_decref(data);
	return status;
}
