/* page_index.c: cards in lists. What they show is free for all, whoever reads. */
#include "web/page_index.h"

#include <string.h>

#include "base/log.h"
#include "store/changes.h"
#include "web/heading.h"
#include "web/page_article.h"
#include "web/page_fill.h"
#include "web/page_static.h"
#include "web/paging.h"
#include "web/view.h"

#define HOME_LATEST 7 /* one leads */
#define HOME_PER_SECTION 4

struct subject {
	const struct heading_kind *kind;
	struct str slug, list; /* list: the address of its first part */
	struct str path;       /* of this part */
	struct list_range range;
};

static bool
add_name(json_t *data, const char *key, const struct heading *heading, struct str path)
{
	json_t *o = json_object();

	if (o == NULL || !view_text(o, "name", heading->name) || !view_text(o, "url", path) ||
	    !view_text(o, "description", heading->text) || !view_text(o, "bio", heading->text) ||
	    !view_flag(o, "collective", heading->collective)) {
		json_decref(o);
		return false;
	}
	return view_take(data, key, o);
}

static enum status
make_list(
    struct context *cx, const struct request *req, const void *subject, json_t **out, struct page_tags *tags)
{
	const struct subject *s = subject;
	struct cards cards = {.count = 0};
	struct heading heading;
	json_t *data;
	enum err e = s->kind->find(cx->doors.open, &cx->arena, s->slug, &heading);

	if (e == ERR_NONE)
		e = s->kind->cards(cx->doors.open, &cx->arena, heading.id, s->range, &cards);
	if (e == ERR_NONE && cards.count == 0 && !paging_is_first(&s->range))
		e = ERR_NOT_FOUND;
	if (e != ERR_NONE)
		return response_error(cx->doors.open, "list", e);
	page_tag(tags, s->kind->change, heading.id);
	page_tag(tags, s->kind->list, heading.id);
	page_tag(tags, VIEW_LISTS, 0);
	data = view_page(cx, req, tags, heading.name.at, arena_cstr(&cx->arena, s->path));
	if (data == NULL || !add_name(data, s->kind->member, &heading, s->list) ||
	    !paging_add(cx, data, s->list, &s->range, &cards, tags)) {
		json_decref(data);
		return STATUS_UNAVAILABLE;
	}
	view_describe(data, heading.text);
	(void)view_feed(cx, data, heading.name, s->list);
	if (s->kind == &heading_section)
		view_current(data, s->slug, paging_is_first(&s->range));
	*out = data;
	return STATUS_OK;
}

static enum status
show_list(
    struct context *cx, const struct request *req, struct response *res, const struct heading_kind *kind)
{
	struct subject s = {.kind = kind,
	    .slug = req->args[0],
	    .list = req->url.path,
	    .range = {.now = req->now, .limit = cx->setup->config.page_size}};
	struct page_plan plan = {.template = kind->template, .make = make_list, .subject = &s};
	enum status status = paging_read(cx, req, res, &s.range, &s.path);

	if (status != STATUS_OK)
		return status;
	plan.path = s.path;
	status = page_fill(cx, req, res, &plan);
	if (status != STATUS_NOT_FOUND || !paging_is_first(&s.range))
		return status;
	if (kind == &heading_section)
		status = page_written(cx, req, res);
	return status == STATUS_NOT_FOUND ? page_moved(cx, req, res) : status;
}

enum status
page_section(struct context *cx, const struct request *req, struct response *res)
{
	return show_list(cx, req, res, &heading_section);
}

enum status
page_author(struct context *cx, const struct request *req, struct response *res)
{
	return show_list(cx, req, res, &heading_author);
}

enum status
page_tag_list(struct context *cx, const struct request *req, struct response *res)
{
	return show_list(cx, req, res, &heading_tag);
}

static json_t *
shelf(struct context *cx, const struct request *req, const struct section *section, struct page_tags *tags)
{
	struct list_range range = {.now = req->now, .limit = HOME_PER_SECTION};
	struct cards cards = {.count = 0};
	struct str url = arena_printf(&cx->arena, "/" STR_FMT, STR_ARG(section->slug));
	json_t *o, *list;

	if (list_store_in_section(cx->doors.open, &cx->arena, section->id, range, &cards) != ERR_NONE)
		return NULL;
	page_tag(tags, VIEW_LIST_SECTION, section->id);
	if (cards.count == 0)
		return json_null();
	list = view_cards(cx, &cards, 0, tags);
	o = json_object();
	if (o == NULL)
		json_decref(list);
	else if (view_take(o, "cards", list) && view_text(o, "name", section->name) &&
	         view_text(o, "url", url))
		return o;
	json_decref(o);
	return NULL;
}

static json_t *
shelves(struct context *cx, const struct request *req, struct page_tags *tags)
{
	struct section *sections;
	size_t n;
	json_t *list = json_array();
	enum err e = section_store_all(cx->doors.open, &cx->arena, &sections, &n);

	for (size_t i = 0; e == ERR_NONE && list != NULL && i < n; i++) {
		json_t *one = shelf(cx, req, &sections[i], tags);

		if (json_is_null(one))
			continue;
		if (json_array_append_new(list, one) != 0)
			e = ERR_MEMORY;
	}
	if (e == ERR_NONE)
		return list;
	json_decref(list);
	return NULL;
}

/* The newest with a picture leads; the others keep their order. */
static void
lead_with_picture(struct cards *cards)
{
	struct card lead;
	size_t i = 0;

	while (i < cards->count && cards->at[i].image.len == 0)
		i++;
	if (i == 0 || i == cards->count)
		return;
	lead = cards->at[i];
	memmove(&cards->at[1], &cards->at[0], i * sizeof lead);
	cards->at[0] = lead;
}

static bool
add_front(struct context *cx, const struct request *req, json_t *data, struct page_tags *tags)
{
	struct list_range range = {.now = req->now, .limit = HOME_LATEST};
	struct cards cards = {.count = 0};
	json_t *rest;

	if (list_store_latest(cx->doors.open, &cx->arena, range, &cards) != ERR_NONE)
		return false;
	lead_with_picture(&cards);
	if (!view_take(data, "lead", cards.count > 0 ? view_card(cx, &cards.at[0], tags) : json_null()))
		return false;
	if (cards.count < 2)
		return view_take(data, "latest", json_null());
	rest = view_cards(cx, &cards, 1, tags);
	return rest != NULL && view_take(data, "latest", json_pack("{s:o}", "cards", rest));
}

static enum status
make_home(
    struct context *cx, const struct request *req, const void *subject, json_t **out, struct page_tags *tags)
{
	const struct config *cfg = &cx->setup->config;
	json_t *data = view_page(cx, req, tags, cfg->site_name, "/");

	(void)subject;
	page_tag(tags, VIEW_LIST_HOME, 0);
	page_tag(tags, VIEW_LISTS, 0);
	if (data == NULL || !view_flag(data, "home", true) || !add_front(cx, req, data, tags) ||
	    !view_take(data, "sections", shelves(cx, req, tags))) {
		LOG_ERROR("home", LOG_CSTR("reason", db_message(cx->doors.open)));
		json_decref(data);
		return STATUS_UNAVAILABLE;
	}
	view_describe(data, str_of(cfg->site_tagline));
	*out = data;
	return STATUS_OK;
}

enum status
page_home(struct context *cx, const struct request *req, struct response *res)
{
	const struct page_plan plan = {.template = "home", .path = STR("/"), .make = make_home};

	return page_fill(cx, req, res, &plan);
}
