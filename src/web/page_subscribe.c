/* page_subscribe.c: the offered plans, each with the payment link that its row names. */
#include "web/page_subscribe.h"

#include <string.h>

#include "base/log.h"
#include "store/subscription_store.h"
#include "web/page_fill.h"
#include "web/view.h"

/* "9,90 €" in the language's own way; the words of the plan win. */
static struct str
price_text(struct context *cx, const struct plan *p)
{
	const char *mark = json_string_value(json_object_get(cx->setup->texts, "price_decimal"));
	bool euro = str_eq(p->price_currency, STR("EUR"));
	struct str unit = euro ? STR("€") : p->price_currency;

	if (p->price_text.len > 0 || p->price_amount < 0)
		return p->price_text;
	if (p->price_amount % 100 == 0)
		return arena_printf(
		    &cx->arena, "%lld\u00a0" STR_FMT, (long long)(p->price_amount / 100), STR_ARG(unit));
	return arena_printf(&cx->arena, "%lld%s%02d\u00a0" STR_FMT, (long long)(p->price_amount / 100),
	    mark != NULL ? mark : ".", (int)(p->price_amount % 100), STR_ARG(unit));
}

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
	bool said = p->price_text.len == 0 && p->price_amount >= 0;
	json_t *o = json_object();

	if (o != NULL && view_text(o, "name", p->name) && view_text(o, "slug", p->slug) &&
	    view_text(o, "description", p->description) && view_text(o, "price_text", price_text(cx, p)) &&
	    view_flag(o, "per_month", said && str_eq(p->price_period, STR("month"))) &&
	    view_flag(o, "per_quarter", said && str_eq(p->price_period, STR("quarter"))) &&
	    view_flag(o, "per_year", said && str_eq(p->price_period, STR("year"))) &&
	    view_number(o, "devices", p->devices) && view_flag(o, "limited", p->devices > 0) &&
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
	enum status status = STATUS_UNAVAILABLE;

	if (data != NULL && member != NULL && json_object_set(data, "subscribe", member) == 0)
		status = page_render(cx, res, "subscribe", data);
	json_decref(member);
	json_decref(plans);
	json_decref(data);
	return status;
}
