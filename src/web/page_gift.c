/* page_gift.c: a GET shows, a POST counts: what previews and scanners open costs nobody anything. */
#include "web/page_gift.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/token.h"
#include "store/gift_store.h"
#include "web/page_fill.h"
#include "web/page_meter.h"
#include "web/tally.h"
#include "web/view.h"
#include "web/visit.h"

/* A page of the reader's own, with one member beside the common ones; takes the member over. */
static enum status
render(struct context *cx, const struct request *req, struct response *res, const char *template,
    const char *title_key, json_t *member)
{
	struct page_tags tags = {.n = 0};
	const char *title = json_string_value(json_object_get(cx->setup->texts, title_key));
	json_t *data = view_page(cx, req, &tags, title, NULL);
	enum status status = STATUS_UNAVAILABLE;

	if (data != NULL && member != NULL && json_object_set(data, template, member) == 0 &&
	    view_take(data, "account", json_pack("{s:b}", "tab_gifts", 1))) {
		view_noindex(data);
		status = page_render(cx, res, template, data);
	}
	json_decref(member);
	json_decref(data);
	return status;
}

/* --- giving ------------------------------------------------------------------------------------------------------- */

static bool
may_give(const struct context *cx, const struct visit *v)
{
	enum reason r = v->decision.reason;

	return (r == REASON_SUBSCRIBED || r == REASON_SEAT || r == REASON_GRACE) &&
	       cx->setup->config.gift_per_month > 0;
}

static enum status
give(struct context *cx, const struct request *req, struct response *res, const struct rights *rights)
{
	const struct config *cfg = &cx->setup->config;
	char month[METER_MONTH], token[TOKEN_TEXT + 1], hash[TOKEN_HASH + 1];
	struct gift_new g = {.subscriber_id = req->reader->session.subscriber_id,
	    .article_id = rights->article_id,
	    .now = req->now,
	    .expires_at = req->now + cfg->gift_life_s,
	    .readers_max = cfg->gift_readers,
	    .limit = cfg->gift_per_month};
	struct db *writer = context_writer(cx);
	struct fault f = {""};
	int64_t id;
	enum err e;

	if (writer == NULL)
		return STATUS_UNAVAILABLE;
	meter_month_text(meter_month(req->now), month);
	token_new(token);
	token_hash(str_of(token), hash);
	g.month = str_of(month);
	g.hash = str_of(hash);
	e = gift_store_add(writer, &g, &id, &f);
	if (e == ERR_DENIED)
		return response_redirect(
		    res, cx, STATUS_SEE_OTHER, STR("/account/gifts"), STR("none-left=1"));
	if (e != ERR_NONE)
		return response_error(writer, "gift", e);
	return response_redirect(
	    res, cx, STATUS_SEE_OTHER, arena_printf(&cx->arena, "/gift/%s", token), STR_NONE);
}

enum status
page_give(struct context *cx, const struct request *req, struct response *res)
{
	struct str path;
	struct rights *rights;
	struct visit visit;
	enum status status;

	if ((status = visit_of_form(cx, req, &path, &rights)) != STATUS_OK)
		return status;
	status = visit_publication(rights, req->now);
	if (status == STATUS_OK) {
		visit_look(cx, req, rights, &visit);
		status = req->reader != NULL && may_give(cx, &visit)
		             ? give(cx, req, res, rights)
		             : response_redirect(res, cx, STATUS_SEE_OTHER, path, STR_NONE);
	}
	memo_release(&rights->head);
	return status;
}

/* --- opening ------------------------------------------------------------------------------------------------------ */

static bool
gift_over(const struct gift *g, int64_t now)
{
	return g->revoked_at != 0 || g->expires_at <= now;
}

static bool
is_giver(const struct request *req, const struct gift *g)
{
	return req->reader != NULL && req->reader->session.subscriber_id == g->subscriber_id;
}

/* g NULL: there is none of that name; nothing is told apart from one that is over. */
static enum status
show_gift(struct context *cx, const struct request *req, struct response *res, const struct gift *g)
{
	bool valid = g != NULL && !gift_over(g, req->now) &&
	             (g->readers < g->readers_max || is_giver(req, g));
	struct str url = arena_printf(
	    &cx->arena, "%s" STR_FMT, cx->setup->config.site_url, STR_ARG(req->url.path));
	static const struct gift none = {0};
	json_t *o = json_object();
	enum status status;

	if (g == NULL)
		g = &none;
	if (o == NULL || !view_flag(o, "valid", valid) || !view_flag(o, "mine", valid && is_giver(req, g)) ||
	    !view_text(o, "action", valid ? req->url.path : STR_NONE) ||
	    !view_text(o, "url", valid ? url : STR_NONE) ||
	    !view_text(o, "title", valid ? g->title : STR_NONE) ||
	    !view_text(o, "article_url",
	        valid
	            ? arena_printf(&cx->arena, "/" STR_FMT "/" STR_FMT, STR_ARG(g->section), STR_ARG(g->slug))
	            : STR_NONE) ||
	    !view_time(cx, o, "until", valid ? g->expires_at : 0) ||
	    !view_number(o, "readers_max", valid ? g->readers_max : 0) ||
	    !view_number(o, "readers", valid ? g->readers : 0)) {
		json_decref(o);
		return STATUS_UNAVAILABLE;
	}
	status = render(cx, req, res, "gift", valid ? "gift_title" : "gift_over_title", o);
	return status == STATUS_OK && !valid ? STATUS_GONE : status;
}

/* Counts the browser among the gift's readers, and lets it remember. */
static enum err
open_gift(struct context *cx, const struct request *req, struct response *res, const struct gift *g)
{
	char hex[2 * METER_ID + 1], text[2 * METER_ID + 32], reader[TOKEN_HASH + 1];
	struct db *writer = context_writer(cx);
	struct meter_card card;
	enum err e;

	if (writer == NULL)
		return ERR_BUSY;
	visit_card(cx, req, &card);
	token_hex(card.id, METER_ID, hex);
	(void)snprintf(text, sizeof text, "%s gift %lld", hex, (long long)g->id);
	token_hash(str_of(text), reader);
	e = gift_store_open(writer, g->id, str_of(reader), req->now);
	if (e != ERR_NONE)
		return e;
	tally_add(cx, req, COUNTER_GIFT, g->article_id);
	meter_add_gift(&card, (struct meter_gift){g->id, g->article_id, g->expires_at});
	return page_meter_cookie(cx, res, &card, req->now);
}

static enum status
take_gift(struct context *cx, const struct request *req, struct response *res, const struct gift *g)
{
	struct str path = arena_printf(
	    &cx->arena, "/" STR_FMT "/" STR_FMT, STR_ARG(g->section), STR_ARG(g->slug));
	struct rights *rights;
	struct visit visit;
	enum err e;

	e = paywall_article(cx->site->paywall, &cx->doors, g->section, g->slug, &rights);
	if (e != ERR_NONE)
		return response_error(cx->doors.open, "gift", e);
	visit_look(cx, req, rights, &visit);
	memo_release(&rights->head);
	e = visit.decision.verdict == VERDICT_FULL ? ERR_NONE : open_gift(cx, req, res, g);
	if (e == ERR_DENIED)
		return show_gift(cx, req, res, NULL);
	return e == ERR_NONE ? response_redirect(res, cx, STATUS_SEE_OTHER, path, STR_NONE)
	                     : STATUS_UNAVAILABLE;
}

enum status
page_gift(struct context *cx, const struct request *req, struct response *res)
{
	char hash[TOKEN_HASH + 1];
	struct gift g;
	enum err e;

	if (response_line(res, &cx->arena, "X-Robots-Tag", STR("noindex")) != ERR_NONE)
		return STATUS_UNAVAILABLE;
	token_hash(req->args[0], hash);
	e = req->args[0].len == TOKEN_TEXT ? gift_store_by_hash(cx->doors.full, &cx->arena, str_of(hash), &g)
	                                   : ERR_NOT_FOUND;
	if (e != ERR_NONE && e != ERR_NOT_FOUND)
		return response_error(cx->doors.full, "gift", e);
	if (e == ERR_NONE && req->method == METHOD_POST && !gift_over(&g, req->now))
		return take_gift(cx, req, res, &g);
	return show_gift(cx, req, res, e == ERR_NONE ? &g : NULL);
}

/* --- the giver's list --------------------------------------------------------------------------------------------- */

static json_t *
gift_row(struct context *cx, const struct gift *g, int64_t now)
{
	struct str url = arena_printf(
	    &cx->arena, "/" STR_FMT "/" STR_FMT, STR_ARG(g->section), STR_ARG(g->slug));
	json_t *o = json_object();

	if (o != NULL && view_number(o, "id", g->id) && view_text(o, "title", g->title) &&
	    view_text(o, "url", url) && view_time(cx, o, "created", g->created_at) &&
	    view_time(cx, o, "until", g->expires_at) && view_number(o, "readers", g->readers) &&
	    view_number(o, "readers_max", g->readers_max) && view_flag(o, "one_reader", g->readers == 1) &&
	    view_flag(o, "revoked", g->revoked_at != 0) &&
	    view_flag(o, "over", g->revoked_at == 0 && g->expires_at <= now) &&
	    view_flag(o, "open", !gift_over(g, now)))
		return o;
	json_decref(o);
	return NULL;
}

static enum status
show_gifts(struct context *cx, const struct request *req, struct response *res)
{
	int64_t account = req->reader->session.subscriber_id, limit = cx->setup->config.gift_per_month,
	        left = 0;
	char month[METER_MONTH];
	struct gift *gifts = NULL;
	json_t *items = json_array(), *o;
	size_t n = 0;
	enum err e;

	meter_month_text(meter_month(req->now), month);
	e = gift_store_list(cx->doors.full, &cx->arena, account, req->now, &gifts, &n);
	if (e == ERR_NONE)
		e = gift_store_left(cx->doors.full, account, str_of(month), limit, &left);
	if (e != ERR_NONE) {
		json_decref(items);
		return response_error(cx->doors.full, "gift", e);
	}
	for (size_t i = 0; i < n; i++)
		if (json_array_append_new(items, gift_row(cx, &gifts[i], req->now)) != 0) {
			json_decref(items);
			return STATUS_UNAVAILABLE;
		}
	o = json_pack("{s:b, s:o, s:I, s:b, s:b, s:I, s:b}", "has_items", n > 0, "items", items, "left",
	    (json_int_t)left, "none_left", left == 0, "one_left", left == 1, "per_month", (json_int_t)limit,
	    "refused", left == 0 && request_query(req, &cx->arena, "none-left").len > 0);
	return render(cx, req, res, "gifts", "gifts_title", o);
}

static enum status
revoke_gift(struct context *cx, const struct request *req, struct response *res)
{
	struct db *writer = context_writer(cx);
	struct form form;
	struct str text;
	int64_t id;
	enum err e;

	if (form_parse_body(req->content_type, req->body, &cx->arena, &form) != ERR_NONE ||
	    !form_get(&form, "revoke", &text) || !str_to_int(text, 1, INT64_MAX, &id))
		return STATUS_BAD_REQUEST;
	if (writer == NULL)
		return STATUS_UNAVAILABLE;
	e = gift_store_revoke(writer, req->reader->session.subscriber_id, id, req->now);
	if (e != ERR_NONE && e != ERR_NOT_FOUND)
		return response_error(writer, "gift", e);
	return response_redirect(res, cx, STATUS_SEE_OTHER, STR("/account/gifts"), STR_NONE);
}

enum status
page_gifts(struct context *cx, const struct request *req, struct response *res)
{
	if (req->reader == NULL)
		return response_redirect(
		    res, cx, STATUS_SEE_OTHER, STR("/login"), STR("next=/account/gifts"));
	return req->method == METHOD_POST ? revoke_gift(cx, req, res) : show_gifts(cx, req, res);
}
