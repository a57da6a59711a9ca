/* page_stats.c: what people read and where they meet the wall, as bars. */
#include "web/page_stats.h"

#include "base/clock.h"
#include "core/counters.h"
#include "store/counter_store.h"
#include "web/response.h"
#include "web/page_fill.h"
#include "web/view.h"

#define DAYS 28
#define ARTICLES 20
#define CHART_HEIGHT 100 /* units of the drawing */

static int64_t
day_time(int64_t day)
{
	return clock_from_local((struct clock_date){.year = (int)(day / 10000),
	    .month = (int)(day / 100 % 100),
	    .day = (int)(day % 100),
	    .hour = 12});
}

static int64_t
share(int64_t part, int64_t whole, int64_t of)
{
	return whole <= 0 ? 0 : part * of / whole;
}

/* One bar: whole texts below, walls above them, to the scale of the highest day. */
static json_t *
day_bar(struct context *cx, const struct counter_day *d, size_t place, int64_t highest)
{
	int64_t full = share(d->full, highest, CHART_HEIGHT), wall = share(d->wall, highest, CHART_HEIGHT);
	struct str date = view_date(cx, &cx->arena, day_time(d->day));

	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:s%, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
	    "x", (json_int_t)place * 10, "full_y", (json_int_t)(CHART_HEIGHT - full), "full_height",
	    (json_int_t)full, "wall_y", (json_int_t)(CHART_HEIGHT - full - wall), "wall_height",
	    (json_int_t)wall, "date", date.at, date.len, "full", (json_int_t)d->full, "wall",
	    (json_int_t)d->wall, "credits", (json_int_t)d->credits, "gifts", (json_int_t)d->gifts, "offers",
	    (json_int_t)d->offers, "sign_ins", (json_int_t)d->sign_ins, "accounts", (json_int_t)d->accounts,
	    "subscriptions", (json_int_t)d->subscriptions, "newsletters", (json_int_t)d->newsletters,
	    "search_percent", (json_int_t)share(d->wall_search, d->wall, 100));
}

static json_t *
day_bars(struct context *cx, const struct counter_day *days, size_t n)
{
	json_t *list = json_array();
	int64_t highest = 1;

	for (size_t i = 0; i < n; i++)
		highest = days[i].full + days[i].wall > highest ? days[i].full + days[i].wall : highest;
	for (size_t i = n; list != NULL && i > 0; i--)
		if (json_array_append_new(list, day_bar(cx, &days[i - 1], n - i, highest)) != 0)
			break;
	return list;
}

static json_t *
article_rows(struct context *cx, const struct counter_article *articles, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; list != NULL && i < n; i++) {
		const struct counter_article *a = &articles[i];
		struct str url = arena_printf(
		    &cx->arena, "/" STR_FMT "/" STR_FMT, STR_ARG(a->section), STR_ARG(a->slug));

		if (json_array_append_new(
		        list, json_pack("{s:s%, s:s%, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "title",
		                  a->title.at, a->title.len, "url", url.at, url.len, "full",
		                  (json_int_t)a->full, "wall", (json_int_t)a->wall, "credits",
		                  (json_int_t)a->credits, "gifts", (json_int_t)a->gifts, "offers",
		                  (json_int_t)a->offers, "sign_ins", (json_int_t)a->sign_ins, "wall_percent",
		                  (json_int_t)share(a->wall, a->full + a->wall, 100))) != 0)
			break;
	}
	return list;
}

enum status
page_stats(struct context *cx, const struct request *req, struct response *res)
{
	struct page_tags unused = {.n = 0};
	int64_t from = counters_day(req->now - (DAYS - 1) * CLOCK_DAY);
	struct counter_day *days = NULL;
	struct counter_article *articles = NULL;
	size_t day_count = 0, article_count = 0;
	json_t *data;
	enum status status = STATUS_UNAVAILABLE;
	enum err e;

	if (req->reader == NULL ||
	    !counter_store_is_staff(cx->doors.open, req->reader->session.subscriber_id))
		return STATUS_NOT_FOUND;
	e = counter_store_days(cx->doors.open, &cx->arena, from, &days, &day_count);
	if (e == ERR_NONE)
		e = counter_store_articles(
		    cx->doors.open, &cx->arena, from, ARTICLES, &articles, &article_count);
	if (e != ERR_NONE)
		return response_error(cx->doors.open, "stats", e);
	data = view_page(
	    cx, req, &unused, json_string_value(json_object_get(cx->setup->texts, "stats_title")), NULL);
	if (data != NULL && view_flag(data, "has_days", day_count > 0) &&
	    view_number(data, "chart_width", (int64_t)day_count * 10) &&
	    view_take(data, "days", day_bars(cx, days, day_count)) &&
	    view_take(data, "articles", article_rows(cx, articles, article_count))) {
		view_noindex(data);
		status = page_render(cx, res, "stats", data);
	}
	json_decref(data);
	return status;
}
