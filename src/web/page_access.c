/* page_access.c: the chain of core/explain.h as data for the template, which has the words. */
#include "web/page_access.h"

#include <stdio.h>

#include "base/clock.h"
#include "core/explain.h"
#include "store/article_store.h"
#include "store/pause_store.h"
#include "store/subscription_store.h"
#include "web/account.h"
#include "web/view.h"
#include "web/visit.h"

static const char *const facts[] = {
    [EXPLAIN_ACCESS] = "access",
    [EXPLAIN_PLAN] = "plan",
    [EXPLAIN_SIGNED_IN] = "signed_in",
    [EXPLAIN_STRANGER] = "stranger",
    [EXPLAIN_PERIOD] = "period",
    [EXPLAIN_NO_PERIOD] = "no_period",
    [EXPLAIN_PAUSE] = "pause",
    [EXPLAIN_FREE_READ] = "free_read",
    [EXPLAIN_GIFT] = "gift",
    [EXPLAIN_CRAWLER] = "crawler",
    [EXPLAIN_DEVICES] = "devices",
    [EXPLAIN_DECISION] = "decision",
};
_Static_assert(sizeof facts / sizeof *facts == EXPLAIN_FACTS, "name every fact");

struct names {
	struct plan *plans;
	size_t n;
};

static struct str
plan_name(const struct names *names, int64_t id)
{
	for (size_t i = 0; i < names->n; i++)
		if (names->plans[i].id == id)
			return names->plans[i].name;
	return STR_NONE;
}

static bool
set_flag(json_t *o, const char *prefix, const char *name)
{
	char key[64];

	(void)snprintf(key, sizeof key, "%s_%s", prefix, name);
	return view_flag(o, key, true);
}

/* The last day of a period is the one before its first second that is not covered. */
static json_t *
step_view(struct context *cx, const struct names *names, const struct explain_step *s)
{
	static const char *const sources[] = {"own", "seat", "network"};
	const struct entitlement_period *p = s->period;
	bool pause = s->fact == EXPLAIN_PAUSE, open = pause && s->pause.ends_at == INT64_MAX;
	int64_t from = pause ? s->pause.starts_at : p != NULL ? p->starts_at : 0;
	int64_t ends = pause ? s->pause.ends_at : p != NULL ? p->ends_at : 0;
	int64_t until = open || ends == 0 ? 0 : ends - 1;
	json_t *o = json_object();

	if (o != NULL && set_flag(o, "is", facts[s->fact]) &&
	    set_flag(o, "because", reason_name(s->reason)) && set_flag(o, "access", access_name(s->access)) &&
	    (p == NULL || (unsigned)p->source >= SOURCE_COUNT || set_flag(o, "source", sources[p->source])) &&
	    view_text(o, "plan", plan_name(names, s->plan_id)) && view_time(cx, o, "from", from) &&
	    view_time(cx, o, "until", until) && view_flag(o, "holds", s->holds) &&
	    view_flag(o, "whole", s->fact == EXPLAIN_DECISION && s->reason >= REASON_PUBLIC))
		return o;
	json_decref(o);
	return NULL;
}

static json_t *
chain_view(struct context *cx, const struct explain_question *q)
{
	struct explain_step *steps = arena_zero(&cx->arena, explain_room(q), sizeof *steps);
	size_t n = steps == NULL ? 0 : explain_chain(q, steps);
	struct names names = {NULL, 0};
	json_t *list = json_array();

	if (subscription_store_plans(cx->doors.open, &cx->arena, &names.plans, &names.n) != ERR_NONE)
		names.n = 0;
	for (size_t i = 0; list != NULL && i < n; i++)
		if (json_array_append_new(list, step_view(cx, &names, &steps[i])) != 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

/* The facts of another date are those of now: only the calendar differs. */
static json_t *
explain_article(
    struct context *cx, const struct request *req, const struct rights *rights, struct str path, int64_t at)
{
	struct visit visit;
	struct article art;
	json_t *o = json_object(), *steps;

	visit_look(cx, req, rights, &visit);
	if (at != req->now)
		visit.brings.devices_ahead = 0;
	steps = chain_view(
	    cx, &(struct explain_question){&rights->article, &req->reader->reader, &visit.brings, at});
	if (o != NULL &&
	    article_store_read(cx->doors.open, &cx->arena, rights->article_id, &art) == ERR_NONE &&
	    view_text(o, "title", art.title) && view_text(o, "url", path) &&
	    json_object_set(o, "steps", steps) == 0) {
		json_decref(steps);
		return o;
	}
	json_decref(steps);
	json_decref(o);
	return NULL;
}

/* Null unless ?about= names an article that is there; the whole address as it stands in the browser will do too. */
static json_t *
explain_about(struct context *cx, const struct request *req, struct str about, int64_t at)
{
	struct str site = str_of(cx->setup->config.site_url), section, slug;
	struct str path = str_starts(about, site) ? str_slice(about, site.len, about.len) : about;
	struct rights *rights = NULL;
	json_t *found = NULL;

	if (!visit_path(path, &section, &slug) ||
	    paywall_article(cx->site->paywall, &cx->doors, section, slug, &rights) != ERR_NONE)
		return json_null();
	if (visit_publication(rights, req->now) == STATUS_OK)
		found = explain_article(cx, req, rights, path, at);
	memo_release(&rights->head);
	return found != NULL ? found : json_null();
}

static bool
has_own_period(const struct entitlement_reader *r, int64_t now)
{
	for (size_t i = 0; i < r->period_count; i++)
		if (r->periods[i].source == SOURCE_OWN && r->periods[i].ended_at == 0 &&
		    now < r->periods[i].ends_at)
			return true;
	return false;
}

/* access{about at_text on_iso unknown paused paused_until… may_pause explained}. */
static json_t *
access_view(struct context *cx, const struct request *req)
{
	struct str about = str_trim(request_query(req, &cx->arena, "about"));
	struct str on = str_trim(request_query(req, &cx->arena, "on"));
	const struct entitlement_reader *r = &req->reader->reader;
	const struct entitlement_pause *pause = NULL;
	json_t *o = json_object(), *explained;
	int64_t at = req->now;
	bool bad_date = on.len > 0 && !clock_parse(on, &at);

	for (size_t i = 0; i < r->pause_count; i++)
		if (r->pauses[i].starts_at <= req->now && req->now < r->pauses[i].ends_at)
			pause = &r->pauses[i];
	explained = about.len > 0 && !bad_date ? explain_about(cx, req, about, at) : json_null();
	if (o != NULL && view_text(o, "about", about) && view_text(o, "on", on) &&
	    view_time(cx, o, "at", at) && view_flag(o, "bad_date", bad_date) &&
	    view_flag(o, "unknown", about.len > 0 && !bad_date && json_is_null(explained)) &&
	    view_flag(o, "paused", pause != NULL) &&
	    view_flag(o, "may_pause", pause == NULL && has_own_period(r, req->now)) &&
	    view_time(
	        cx, o, "paused_until", pause != NULL && pause->ends_at != INT64_MAX ? pause->ends_at : 0) &&
	    view_take(o, "explained", explained))
		return o;
	json_decref(o);
	return NULL;
}

static enum status
resume(struct context *cx, const struct request *req, struct response *res)
{
	const struct change change = {
	    .kind = CHANGE_SUBSCRIBER, .ref = req->reader->session.subscriber_id, .access = true};
	struct db *writer = context_writer(cx);
	struct fault f = {""};
	enum err e = writer == NULL ? ERR_BUSY : pause_store_resume(writer, change.ref, req->now, &f);

	paywall_forget(cx->site->paywall, &change);
	if (e != ERR_NONE && e != ERR_NOT_FOUND)
		return account_fault(&f, e);
	return response_redirect(res, cx, STATUS_SEE_OTHER, STR("/account/access"), STR_NONE);
}

enum status
page_access(struct context *cx, const struct request *req, struct response *res)
{
	enum status status = account_guard(cx, req, res);
	struct subscriber reader;
	json_t *data;

	if (status != STATUS_OK)
		return status;
	if (req->method == METHOD_POST)
		return resume(cx, req, res);
	data = account_page(cx, req, "access", "access_title", &reader, &status);
	if (data == NULL)
		return status;
	if (!view_take(data, "access", access_view(cx, req))) {
		json_decref(data);
		return STATUS_UNAVAILABLE;
	}
	return account_render(cx, res, "access", data, STATUS_OK);
}
