/* paging.c: which part of a list, and what leads to the others. */
#include "web/paging.h"

#include "web/view.h"

#define NUMBER_MAX 1000

static struct str
part_path(struct context *cx, struct str list, int64_t at, int64_t id)
{
	return arena_printf(
	    &cx->arena, STR_FMT "?before=%lld-%lld", STR_ARG(list), (long long)at, (long long)id);
}

static struct str
number_path(struct context *cx, struct str list, int64_t number)
{
	return number < 2 ? list
	                  : arena_printf(&cx->arena, STR_FMT "?page=%lld", STR_ARG(list), (long long)number);
}

bool
paging_is_first(const struct list_range *range)
{
	return range->before_at == 0 && range->skip == 0;
}

/* TIME-ID; times before 1970 have a sign of their own. */
static bool
read_card(struct str text, int64_t *at, int64_t *id)
{
	bool early = str_starts(text, STR("-"));
	struct str time;

	text = str_slice(text, early ? 1 : 0, text.len);
	if (!str_split(&text, '-', &time) || !str_to_int(time, 1, INT64_MAX, at) ||
	    !str_to_int(text, 1, INT64_MAX, id))
		return false;
	*at = early ? -*at : *at;
	return true;
}

/* page=N: counted from the newest, so what a number shows moves on; no deeper than NUMBER_MAX, since it is counted. */
static enum status
read_number(struct context *cx, const struct request *req, struct response *res, struct str text,
    struct list_range *range, struct str *path)
{
	int64_t number;

	if (!str_to_int(text, 1, NUMBER_MAX, &number))
		return STATUS_NOT_FOUND;
	if (number == 1) {
		res->cache = request_is_plain(req) ? CACHE_SHARED : CACHE_PRIVATE;
		return response_redirect(res, cx, STATUS_MOVED, *path, STR_NONE);
	}
	range->skip = (number - 1) * range->limit;
	*path = number_path(cx, *path, number);
	return path->at == NULL ? STATUS_UNAVAILABLE : STATUS_OK;
}

enum status
paging_read(struct context *cx, const struct request *req, struct response *res, struct list_range *range,
    struct str *path)
{
	struct str before = request_query(req, &cx->arena, "before");
	struct str number = request_query(req, &cx->arena, "page");

	*path = req->url.path;
	if (before.len == 0 && number.len > 0)
		return read_number(cx, req, res, number, range, path);
	if (before.len == 0)
		return STATUS_OK;
	if (!read_card(before, &range->before_at, &range->before_id) || range->before_at > req->now)
		return STATUS_NOT_FOUND;
	*path = part_path(cx, *path, range->before_at, range->before_id);
	return path->at == NULL ? STATUS_UNAVAILABLE : STATUS_OK;
}

bool
paging_add(struct context *cx, json_t *data, struct str list, const struct list_range *range,
    const struct cards *cards, struct page_tags *tags)
{
	const struct card *last = cards->count > 0 ? &cards->at[cards->count - 1] : NULL;
	bool first = paging_is_first(range);
	struct str previous = first                  ? STR_NONE
	                      : range->skip > 0      ? number_path(cx, list, range->skip / range->limit)
	                      : cards->newer_at == 0 ? list
	                                             : part_path(cx, list, cards->newer_at, cards->newer_id);
	struct str next = cards->more && last != NULL ? part_path(cx, list, last->published_at, last->id)
	                                              : STR_NONE;
	json_t *items = view_cards(cx, cards, 0, tags);

	return items != NULL && view_flag(data, "has_cards", cards->count > 0) &&
	       view_take(data, "cards", items) && view_flag(data, "pages", !first || cards->more) &&
	       view_text(data, "previous_url", previous) && view_text(data, "next_url", next);
}
