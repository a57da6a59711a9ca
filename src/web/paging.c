/* paging.c: which part of a list, and what leads to the others. */
#include "web/paging.h"

#include "web/view.h"

#define PAGES_MAX 10000

bool
paging_read(struct context *cx, const struct request *req, int64_t *page)
{
	struct str text = request_query(req, &cx->arena, "page");

	*page = 1;
	return text.len == 0 || str_to_int(text, 1, PAGES_MAX, page);
}

struct str
paging_path(struct context *cx, struct str path, int64_t page)
{
	return page == 1 ? path
	                 : arena_printf(&cx->arena, STR_FMT "?page=%lld", STR_ARG(path), (long long)page);
}

static bool
add_url(struct context *cx, json_t *data, const char *key, struct str path, int64_t page)
{
	return page < 1 ? view_take(data, key, json_null())
	                : view_text(data, key, paging_path(cx, path, page));
}

bool
paging_add(struct context *cx, json_t *data, struct str path, int64_t page, const struct cards *cards,
    struct page_tags *tags)
{
	json_t *list = view_cards(cx, cards, 0, tags);

	return list != NULL && view_flag(data, "has_cards", cards->count > 0) &&
	       view_take(data, "cards", list) && view_flag(data, "pages", page > 1 || cards->more) &&
	       view_number(data, "page_number", page) && add_url(cx, data, "previous_url", path, page - 1) &&
	       add_url(cx, data, "next_url", path, cards->more ? page + 1 : 0);
}
