/* frame.c: navigation and footer from the tables, kept among the pages and dropped as they are. */
#include "web/frame.h"

#include <stdlib.h>

#include "base/log.h"
#include "store/changes.h"
#include "store/page_store.h"
#include "store/section_store.h"

#define FRAME_COST ((size_t)8 * 1024) /* about what its objects take, and as much for each of its links: */
#define LINK_COST ((size_t)600)

struct frame {
	struct memo_value head;
	json_t *data;
};

static void
frame_destroy(struct memo_value *value)
{
	struct frame *f = (struct frame *)value;

	json_decref(f->data);
	free(f);
}

static enum err
add_sections(struct context *cx, json_t *nav)
{
	struct section *sections;
	size_t n;
	enum err e = section_store_all(cx->doors.open, &cx->arena, &sections, &n);

	for (size_t i = 0; e == ERR_NONE && i < n; i++)
		if (json_array_append_new(nav,
		        json_pack("{s:s%, s:o, s:b, s:b}", "name", sections[i].name.at, sections[i].name.len,
		            "url", json_sprintf("/" STR_FMT, STR_ARG(sections[i].slug)), "current", 0,
		            "exact", 0)) != 0)
			e = ERR_MEMORY;
	return e;
}

/* The publication's own pages that the foot of every page leads to. */
static enum err
add_pages(struct context *cx, json_t *list)
{
	struct words_page *pages = NULL;
	size_t n = 0;
	enum err e = page_store_list(cx->doors.open, &cx->arena, true, &pages, &n);

	for (size_t i = 0; e == ERR_NONE && i < n; i++)
		if (json_array_append_new(
		        list, json_pack("{s:s%, s:o}", "name", pages[i].title.at, pages[i].title.len, "url",
		                  json_sprintf("/" STR_FMT, STR_ARG(pages[i].slug)))) != 0)
			e = ERR_MEMORY;
	return e;
}

static json_t *
home_feeds(const char *name)
{
	return json_pack("[{s:s, s:s, s:s}, {s:s, s:s, s:s}]", "type", "application/atom+xml", "title", name,
	    "url", "/feed.atom", "type", "application/feed+json", "title", name, "url", "/feed.json");
}

/* With what could be read; *e says whether that is all. */
static json_t *
make_data(struct context *cx, size_t *links, enum err *e)
{
	json_t *data = json_copy(cx->setup->common), *nav = json_array(), *pages = json_array();

	*e = data == NULL || nav == NULL || pages == NULL ? ERR_MEMORY : add_sections(cx, nav);
	if (*e == ERR_NONE)
		*e = add_pages(cx, pages);
	if (*e != ERR_NONE)
		LOG_ERROR("frame", LOG_CSTR("reason", db_message(cx->doors.open)));
	*links = json_array_size(nav) + json_array_size(pages);
	if (json_object_set_new(data, "has_nav", json_boolean(json_array_size(nav) > 0)) == 0 &&
	    json_object_set(data, "nav", nav) == 0 && json_object_set(data, "footer_pages", pages) == 0 &&
	    json_object_set_new(data, "feeds", home_feeds(cx->setup->config.site_name)) == 0 &&
	    json_object_set_new(data, "home", json_false()) == 0 &&
	    json_object_set_new(data, "article", json_null()) == 0 &&
	    json_object_set_new(data, "has_cards", json_false()) == 0 &&
	    json_object_set_new(data, "cards", json_array()) == 0 &&
	    json_object_set_new(data, "pages", json_false()) == 0) {
		json_decref(nav);
		json_decref(pages);
		return data;
	}
	json_decref(nav);
	json_decref(pages);
	json_decref(data);
	return NULL;
}

/* Takes data over; NULL: out of memory. */
static struct frame *
make_frame(json_t *data, size_t links)
{
	struct frame *f = data == NULL ? NULL : malloc(sizeof *f);

	if (f != NULL)
		*f = (struct frame){{1, FRAME_COST + links * LINK_COST, frame_destroy}, data};
	else
		json_decref(data);
	return f;
}

json_t *
frame_copy(struct context *cx)
{
	static const struct memo_tag tags[] = {{CHANGE_SECTION, 0}, {CHANGE_PAGE, 0}};
	struct memo *memo = cx->site->pages;
	struct memo_value *found = NULL;
	struct memo_fill *fill = NULL;
	struct frame *frame;
	enum err e = ERR_NONE;
	size_t links = 0;
	json_t *copy;

	(void)memo_get(
	    memo, (struct str){(const char *)&cx->generation, sizeof cx->generation}, &found, &fill);
	frame = (struct frame *)found;
	if (found == NULL || fill != NULL)
		frame = make_frame(make_data(cx, &links, &e), links);
	if (fill != NULL && frame != NULL && e == ERR_NONE)
		(void)memo_store(memo, fill, &frame->head, tags, sizeof tags / sizeof *tags);
	else if (fill != NULL)
		memo_abandon(memo, fill);
	if (frame != NULL && &frame->head != found)
		memo_release(found);
	copy = frame == NULL ? NULL : json_copy(frame->data);
	memo_release(frame == NULL ? found : &frame->head);
	return copy;
}
