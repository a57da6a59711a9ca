/* page_account.c: periods and reasons, put into words by the template. */
#include "web/page_account.h"

#include "store/article_store.h"
#include "store/subscription_store.h"
#include "web/account.h"
#include "web/view.h"
#include "web/visit.h"

static struct str
plan_name(const struct plan *plans, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (plans[i].id == id)
			return plans[i].name;
	return STR_NONE;
}

/* One of state_open, state_grace, state_soon, state_stopped, state_over is true. The last day is the one before the first
 * second that is not covered. */
static json_t *
period_view(struct context *cx, const struct period *p, struct str name, int64_t now)
{
	bool stopped = p->ended_at != 0 && now >= p->ended_at, soon = !stopped && now < p->starts_at;
	bool open = !stopped && !soon && now < p->ends_at;
	bool grace = !stopped && !soon && !open && now - p->ends_at < p->grace_s;
	json_t *o = json_object();

	if (o != NULL && view_text(o, "plan", name) && view_flag(o, "state_open", open) &&
	    view_flag(o, "state_grace", grace) && view_flag(o, "state_soon", soon) &&
	    view_flag(o, "state_stopped", stopped) &&
	    view_flag(o, "state_over", !open && !grace && !soon && !stopped) &&
	    view_flag(o, "trial", str_eq(p->kind, STR("trial"))) &&
	    view_flag(o, "complimentary", str_eq(p->kind, STR("complimentary"))) &&
	    view_time(cx, o, "starts", p->starts_at) && view_time(cx, o, "last_day", p->ends_at - 1) &&
	    view_time(cx, o, "grace", p->ends_at + p->grace_s - 1) && view_time(cx, o, "ended", p->ended_at))
		return o;
	json_decref(o);
	return NULL;
}

struct rows_of {
	struct plan *plans;
	struct period *periods;
	size_t plan_count, period_count;
};

static bool
read_periods(struct context *cx, int64_t subscriber_id, struct rows_of *out)
{
	return subscription_store_plans(cx->doors.open, &cx->arena, &out->plans, &out->plan_count) ==
	           ERR_NONE &&
	       subscription_store_periods(
	           cx->doors.open, &cx->arena, subscriber_id, &out->periods, &out->period_count) == ERR_NONE;
}

static json_t *
periods_view(struct context *cx, const struct rows_of *rows, int64_t now)
{
	json_t *list = json_array();

	for (size_t i = rows->period_count; list != NULL && i > 0; i--) {
		const struct period *p = &rows->periods[i - 1];
		struct str name = plan_name(rows->plans, rows->plan_count, p->plan_id);

		if (json_array_append_new(list, period_view(cx, p, name.len > 0 ? name : p->plan, now)) !=
		    0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

/* The decision about one article, as the page itself would take it: {title, url, full, reason_NAME: true, plan, until_…}. */
static json_t *
why_view(struct context *cx, const struct request *req, const struct rows_of *rows,
    const struct rights *rights, struct str path)
{
	struct visit visit;
	struct str flag, plan = STR_NONE;
	const struct entitlement_period *p;
	int64_t until = 0;
	struct article art;
	json_t *why = json_object();

	visit_look(cx, req, rights, &visit);
	p = visit.decision.period;
	flag = arena_printf(&cx->arena, "reason_%s", reason_name(visit.decision.reason));
	if (p != NULL) {
		plan = plan_name(rows->plans, rows->plan_count, p->plan_id);
		until = visit.decision.reason == REASON_GRACE         ? p->ends_at + p->grace_s - 1
		        : visit.decision.reason == REASON_NOT_STARTED ? p->starts_at
		                                                      : p->ends_at - 1;
	}
	if (why != NULL && flag.at != NULL &&
	    article_store_read(cx->doors.open, &cx->arena, rights->article_id, &art) == ERR_NONE &&
	    view_text(why, "title", art.title) && view_text(why, "url", path) &&
	    view_flag(why, "full", visit.decision.verdict == VERDICT_FULL) && view_flag(why, flag.at, true) &&
	    view_text(why, "plan", plan) && view_time(cx, why, "until", until))
		return why;
	json_decref(why);
	return NULL;
}

/* Null unless ?about= names an article that is there. */
static json_t *
why(struct context *cx, const struct request *req, const struct rows_of *rows)
{
	struct str path = request_query(req, &cx->arena, "about"), rest = str_slice(path, 1, path.len);
	struct str section, slug;
	struct rights *rights = NULL;
	json_t *found = NULL;

	if (path.len == 0 || !url_own_path(path) || !str_split(&rest, '/', &section) ||
	    !str_split(&rest, '/', &slug) || rest.at != NULL)
		return json_null();
	if (paywall_article(cx->site->paywall, &cx->doors, section, slug, &rights) != ERR_NONE)
		return json_null();
	if (rights->published_at != 0 && rights->published_at <= req->now && rights->withdrawn_at == 0)
		found = why_view(cx, req, rows, rights, path);
	memo_release(&rights->head);
	return found != NULL ? found : json_null();
}

static bool
is_paused(const struct entitlement_reader *r, int64_t now)
{
	for (size_t i = 0; i < r->pause_count; i++)
		if (r->pauses[i].starts_at <= now && now < r->pauses[i].ends_at)
			return true;
	return false;
}

enum status
page_account(struct context *cx, const struct request *req, struct response *res)
{
	enum status status = account_guard(cx, req, res);
	struct rows_of rows = {.plans = NULL};
	struct subscriber reader;
	json_t *data, *account;

	if (status != STATUS_OK)
		return status;
	data = account_page(cx, req, "home", "account_title", &reader, &status);
	if (data == NULL)
		return status;
	account = json_object_get(data, "account");
	if (!read_periods(cx, reader.id, &rows) ||
	    !view_take(account, "periods", periods_view(cx, &rows, req->now)) ||
	    !view_flag(account, "paused", is_paused(&req->reader->reader, req->now)) ||
	    !view_flag(account, "has_periods", rows.period_count > 0) ||
	    !view_time(cx, account, "since", reader.created_at) ||
	    !view_take(account, "why", why(cx, req, &rows))) {
		json_decref(data);
		return STATUS_UNAVAILABLE;
	}
	return account_render(cx, res, "account", data, STATUS_OK);
}
