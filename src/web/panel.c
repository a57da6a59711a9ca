/* panel.c: plans, free reads and gifts around an article. */
#include "web/panel.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/changes.h"
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

json_t *
panel_plan(struct context *cx, const struct plan *p)
{
	bool said = p->price_text.len == 0 && p->price_amount >= 0;
	json_t *o = json_object();

	if (o != NULL && view_text(o, "name", p->name) && view_text(o, "slug", p->slug) &&
	    view_text(o, "description", p->description) && view_text(o, "price_text", price_text(cx, p)) &&
	    view_flag(o, "per_month", said && str_eq(p->price_period, STR("month"))) &&
	    view_flag(o, "per_quarter", said && str_eq(p->price_period, STR("quarter"))) &&
	    view_flag(o, "per_year", said && str_eq(p->price_period, STR("year"))))
		return o;
	json_decref(o);
	return NULL;
}

static bool
plan_asked(const struct entitlement_article *article, int64_t id)
{
	for (size_t i = 0; i < article->plan_count; i++)
		if (article->plans[i] == id)
			return true;
	return article->plan_count == 0;
}

/* The plans that open this article and are offered; the names of all that open it, "a, b". */
static json_t *
offered_plans(struct context *cx, const struct panel_of *p, struct str *names)
{
	struct plan *plans = NULL;
	size_t n = 0;
	json_t *list = json_array();

	*names = STR_NONE;
	if (subscription_store_plans(cx->doors.open, &cx->arena, &plans, &n) != ERR_NONE)
		LOG_ERROR("plans", LOG_CSTR("reason", db_message(cx->doors.open)));
	for (size_t i = 0; list != NULL && i < n; i++) {
		if (!plan_asked(&p->rights->article, plans[i].id))
			continue;
		if (p->rights->article.plan_count > 0)
			*names = arena_printf(&cx->arena, STR_FMT "%s" STR_FMT, STR_ARG(*names),
			    names->len > 0 ? ", " : "", STR_ARG(plans[i].name));
		if (!plans[i].offered)
			continue;
		if (json_array_append_new(list, panel_plan(cx, &plans[i])) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

/* panel.free_read: the form that spends one, or null. */
static bool
add_free_read(json_t *panel, const struct panel_of *p)
{
	int32_t left = p->visit->free_left;

	if (left <= 0)
		return view_take(panel, "free_read", json_null());
	return view_take(panel, "free_read",
	    json_pack("{s:s, s:s%, s:i, s:b}", "action", "/free-read", "article", p->path.at, p->path.len,
	        "left", (int)left, "last", left == 1));
}

/* Members that are true for one reason each; the template asks for these by name. */
static bool
add_reasons(json_t *panel, enum reason reason)
{
	static const enum reason asked[] = {REASON_PLAN, REASON_NOT_STARTED, REASON_PAUSED, REASON_DEVICES};
	char key[48];
	bool ok = true;

	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
		(void)snprintf(key, sizeof key, "reason_%s", reason_name(asked[i]));
		ok = view_flag(panel, key, false) && ok;
	}
	(void)snprintf(key, sizeof key, "reason_%s", reason_name(reason));
	return view_flag(panel, key, true) && ok;
}

static json_t *
make_panel(struct context *cx, const struct panel_of *p, struct page_tags *tags)
{
	struct arena *a = &cx->arena;
	enum reason reason = p->visit->decision.reason;
	struct str names, login = arena_printf(a, "/login?next=" STR_FMT, STR_ARG(p->path)),
	                  subscribe = arena_printf(a, "/subscribe?next=" STR_FMT, STR_ARG(p->path));
	json_t *panel = json_object(), *plans = offered_plans(cx, p, &names);

	page_tag(tags, CHANGE_PLAN, 0);
	if (panel != NULL && plans != NULL && add_reasons(panel, reason) &&
	    view_flag(panel, "has_plans", json_array_size(plans) > 0) &&
	    json_object_set(panel, "plans", plans) == 0 &&
	    view_flag(panel, "expired", reason == REASON_EXPIRED) &&
	    view_text(panel, "expired_text", STR_NONE) && view_text(panel, "needs_plan_names", names) &&
	    view_text(panel, "login_url", login) && view_text(panel, "subscribe_url", subscribe) &&
	    add_free_read(panel, p) && view_flag(panel, "free_used", p->visit->free_left == 0)) {
		json_decref(plans);
		return panel;
	}
	json_decref(plans);
	json_decref(panel);
	return NULL;
}

/* Why the whole text is here although nothing was paid for it. */
static json_t *
make_note(const struct visit *v)
{
	int32_t left = v->free_left > 0 ? v->free_left : 0;

	if (v->decision.reason != REASON_FREE_READ && v->decision.reason != REASON_GIFT)
		return json_null();
	return json_pack("{s:b, s:b, s:i, s:b, s:b}", "free_read", v->decision.reason == REASON_FREE_READ,
	    "gift", v->decision.reason == REASON_GIFT, "left", (int)left, "none_left", left == 0, "one_left",
	    left == 1);
}

/* The form with which a subscriber gives the article. */
static json_t *
make_give(struct context *cx, const struct panel_of *p)
{
	enum reason r = p->visit->decision.reason;

	if ((r != REASON_SUBSCRIBED && r != REASON_SEAT && r != REASON_GRACE) ||
	    cx->setup->config.gift_per_month == 0)
		return json_null();
	return json_pack("{s:s, s:s%, s:I, s:I}", "action", "/gift", "article", p->path.at, p->path.len,
	    "days", (json_int_t)(cx->setup->config.gift_life_s / CLOCK_DAY), "readers",
	    (json_int_t)cx->setup->config.gift_readers);
}

bool
panel_add(struct context *cx, json_t *data, const struct panel_of *p, struct page_tags *tags)
{
	bool full = p->visit->decision.verdict == VERDICT_FULL;

	return view_take(data, "panel", full ? json_null() : make_panel(cx, p, tags)) &&
	       view_take(data, "note", make_note(p->visit)) && view_take(data, "give", make_give(cx, p));
}
