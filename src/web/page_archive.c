/* page_archive.c: the archive by month. */
#include "web/page_archive.h"

#include <stdio.h>

#include "base/clock.h"
#include "web/response.h"
#include "web/page_fill.h"
#include "web/paging.h"
#include "web/view.h"

#define MONTHS_MAX 1200

/* The first second of a month, and of the one after it. */
struct month {
	int year, month;
	int64_t from, to;
};

static struct month
month_at(int year, int month)
{
	bool last = month == 12;

	return (struct month){year, month,
	    clock_from_local((struct clock_date){.year = year, .month = month, .day = 1}),
	    clock_from_local((struct clock_date){
	        .year = last ? year + 1 : year, .month = last ? 1 : month + 1, .day = 1})};
}

static bool
read_month(struct str text, struct month *out)
{
	int64_t year, month;

	if (text.len != 7 || text.at[4] != '-' || !str_to_int(str_slice(text, 0, 4), 1900, 9998, &year) ||
	    !str_to_int(str_slice(text, 5, 7), 1, 12, &month))
		return false;
	*out = month_at((int)year, (int)month);
	return true;
}

static json_t *
month_link(struct context *cx, struct month m)
{
	struct str name = view_month(cx, &cx->arena, m.from);
	char url[40];

	(void)snprintf(url, sizeof url, "/archive/%04d-%02d", m.year, m.month);
	return json_pack("{s:s%, s:s}", "name", name.at, name.len, "url", url);
}

/* From month to month by what appeared last before it: an index look-up each, whatever the archive's size. */
static enum err
add_months(struct context *cx, int64_t now, json_t *list)
{
	int64_t before = now + 1, newest;
	enum err e = ERR_NONE;

	for (int i = 0; i < MONTHS_MAX; i++) {
		struct clock_date d;
		struct month m;

		if ((e = list_store_before(cx->doors.open, before, &newest)) != ERR_NONE)
			break;
		d = clock_local(newest);
		m = month_at(d.year, d.month);
		if (json_array_append_new(list, month_link(cx, m)) != 0)
			return ERR_MEMORY;
		before = m.from;
	}
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

static enum status
make_archive(
    struct context *cx, const struct request *req, const void *subject, json_t **out, struct page_tags *tags)
{
	const char *title = json_string_value(json_object_get(cx->setup->texts, "archive_title"));
	json_t *data = view_page(cx, req, tags, title, "/archive"), *months = json_array();
	enum err e = data == NULL || months == NULL ? ERR_MEMORY : add_months(cx, req->now, months);

	(void)subject;
	page_tag(tags, VIEW_LISTS, 0);
	page_tag(tags, VIEW_LIST_HOME, 0);
	if (e != ERR_NONE || json_object_set(data, "months", months) != 0) {
		json_decref(months);
		json_decref(data);
		return e == ERR_NONE ? STATUS_UNAVAILABLE : response_error(cx->doors.open, "archive", e);
	}
	json_decref(months);
	*out = data;
	return STATUS_OK;
}

enum status
page_archive(struct context *cx, const struct request *req, struct response *res)
{
	const struct page_plan plan = {.template = "archive", .path = req->url.path, .make = make_archive};

	return page_fill(cx, req, res, &plan);
}

struct subject {
	struct month month;
	struct str path; /* of the part */
	struct list_range range;
};

static enum status
make_month(
    struct context *cx, const struct request *req, const void *subject, json_t **out, struct page_tags *tags)
{
	const struct subject *s = subject;
	struct str name = view_month(cx, &cx->arena, s->month.from);
	struct cards cards = {.count = 0};
	json_t *data;
	enum err e = list_store_since(cx->doors.open, &cx->arena, s->month.from, s->range, &cards);

	if (e == ERR_NONE && cards.count == 0)
		e = ERR_NOT_FOUND;
	if (e != ERR_NONE)
		return response_error(cx->doors.open, "archive", e);
	page_tag(tags, VIEW_LISTS, 0);
	page_tag(tags, VIEW_LIST_HOME, 0);
	data = view_page(cx, req, tags, name.at, arena_cstr(&cx->arena, s->path));
	if (data == NULL || !view_take(data, "archive", json_pack("{s:s%}", "month", name.at, name.len)) ||
	    !paging_add(cx, data, req->url.path, &s->range, &cards, tags)) {
		json_decref(data);
		return STATUS_UNAVAILABLE;
	}
	*out = data;
	return STATUS_OK;
}

enum status
page_archive_month(struct context *cx, const struct request *req, struct response *res)
{
	struct subject s = {.range = {.limit = cx->setup->config.page_size}};
	struct page_plan plan = {.template = "archive_month", .make = make_month, .subject = &s};
	enum status status;

	if (!read_month(req->args[0], &s.month))
		return STATUS_NOT_FOUND;
	s.range.now = req->now < s.month.to - 1 ? req->now : s.month.to - 1;
	status = paging_read(cx, req, res, &s.range, &s.path);
	plan.path = s.path;
	return status == STATUS_OK ? page_fill(cx, req, res, &plan) : status;
}
