/* view.c: rows to template data. */
#include "web/view.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "format/words.h"
#include "store/changes.h"
#include "web/frame.h"
#include "web/view_image.h"

#define EXCERPT_CHARACTERS 180

bool
view_take(json_t *object, const char *key, json_t *value)
{
	return value != NULL && json_object_set_new(object, key, value) == 0;
}

bool
view_text(json_t *object, const char *key, struct str text)
{
	return view_take(object, key, text.len == 0 ? json_null() : json_stringn(text.at, text.len));
}

bool
view_flag(json_t *object, const char *key, bool on)
{
	return view_take(object, key, json_boolean(on));
}

bool
view_number(json_t *object, const char *key, int64_t n)
{
	return view_take(object, key, json_integer(n));
}

/* Item n of a comma-separated text of the locale. */
static struct str
locale_item(const struct context *cx, const char *key, int n)
{
	struct str rest = str_of(json_string_value(json_object_get(cx->setup->texts, key))), item = STR_NONE;

	while (n-- >= 0)
		if (!str_split(&rest, ',', &item))
			return STR_NONE;
	return item;
}

struct str
view_date(const struct context *cx, struct arena *a, int64_t at)
{
	struct clock_date d = clock_local(at);
	struct str month = locale_item(cx, "date_months", d.month - 1);
	struct str first = d.day == 1 ? locale_item(cx, "date_first", 0) : STR_NONE;
	char day[16];

	(void)snprintf(day, sizeof day, "%d", d.day);
	/* No-break spaces: a date is read as one. */
	return arena_printf(a, "%s" STR_FMT "\u00a0" STR_FMT "\u00a0%d", d.day == 1 ? "" : day,
	    STR_ARG(first), STR_ARG(month), d.year);
}

struct str
view_month(const struct context *cx, struct arena *a, int64_t at)
{
	struct clock_date d = clock_local(at);

	return arena_printf(
	    a, STR_FMT "\u00a0%d", STR_ARG(locale_item(cx, "date_months", d.month - 1)), d.year);
}

/* A word of the locale as it is. */
static const char *
locale_word(const struct context *cx, const char *key)
{
	const char *word = json_string_value(json_object_get(cx->setup->texts, key));

	return word == NULL ? " " : word;
}

struct str
view_clock(const struct context *cx, struct arena *a, int64_t at)
{
	struct clock_date d = clock_local(at);

	return arena_printf(a, "%d%s%02d", d.hour, locale_word(cx, "clock_hours"), d.minute);
}

struct str
view_moment(const struct context *cx, struct arena *a, int64_t at)
{
	return arena_printf(a, STR_FMT "%s" STR_FMT, STR_ARG(view_date(cx, a, at)),
	    locale_word(cx, "clock_after_date"), STR_ARG(view_clock(cx, a, at)));
}

bool
view_time(const struct context *cx, json_t *object, const char *name, int64_t at)
{
	char key[40], iso[CLOCK_TEXT] = "";
	struct arena *a = (struct arena *)(uintptr_t)&cx->arena;
	struct str text = at == 0 ? STR_NONE : view_date(cx, a, at);
	bool ok;

	if (at != 0)
		clock_rfc3339_local(at, iso);
	(void)snprintf(key, sizeof key, "%s_iso", name);
	ok = view_text(object, key, str_of(iso));
	(void)snprintf(key, sizeof key, "%s_text", name);
	return view_text(object, key, text) && ok;
}

bool
view_access(json_t *object, struct str access)
{
	static const char *const keys[] = {[ACCESS_PUBLIC] = "access_public",
	    [ACCESS_REGISTERED] = "access_registered",
	    [ACCESS_METERED] = "access_metered",
	    [ACCESS_SUBSCRIBER] = "access_subscriber"};
	enum access is = access_parse(access);
	bool ok = true;

	_Static_assert(sizeof keys / sizeof *keys == ACCESS_COUNT, "a flag for each level");
	for (int level = ACCESS_PUBLIC; level < ACCESS_COUNT; level++)
		ok = view_flag(object, keys[level], is == (enum access)level) && ok;
	return ok;
}

static bool
add_section(json_t *object, struct str slug, struct str name)
{
	char url[120];

	(void)snprintf(url, sizeof url, "/" STR_FMT, STR_ARG(slug));
	return view_take(object, "section", json_pack("{s:s%, s:s}", "name", name.at, name.len, "url", url));
}

json_t *
view_card(struct context *cx, const struct card *card, struct page_tags *tags)
{
	json_t *o = json_object();
	struct str url = arena_printf(
	    &cx->arena, "/" STR_FMT "/" STR_FMT, STR_ARG(card->section), STR_ARG(card->slug));
	struct buf excerpt = BUF_EMPTY;
	bool ok;

	ok = o != NULL && words_excerpt(card->excerpt, EXCERPT_CHARACTERS, &excerpt) == ERR_NONE &&
	     view_text(o, "title", card->title) && view_text(o, "url", url) &&
	     view_text(o, "label", card->label) && add_section(o, card->section, card->section_name) &&
	     view_access(o, card->access) && view_text(o, "excerpt", buf_str(&excerpt)) &&
	     view_image(o, &(struct view_image){.name = card->image,
	                       .alt = card->image_alt,
	                       .versions = card->image_versions,
	                       .width = card->image_width,
	                       .height = card->image_height}) &&
	     view_text(o, "bylines_text", card->bylines) && view_flag(o, "first", false) &&
	     view_time(cx, o, "published", card->published_at);
	buf_free(&excerpt);
	page_tag(tags, CHANGE_ARTICLE, card->id);
	if (ok)
		return o;
	json_decref(o);
	return NULL;
}

json_t *
view_cards(struct context *cx, const struct cards *cards, size_t from, struct page_tags *tags)
{
	json_t *list = json_array();

	for (size_t i = from; list != NULL && i < cards->count; i++) {
		json_t *card = view_card(cx, &cards->at[i], tags);

		if (card == NULL || !view_flag(card, "first", i == from) ||
		    json_array_append_new(list, card) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

/* Members of the frame are everybody's: what is marked is a copy. */
void
view_current(json_t *data, struct str section, bool exact)
{
	json_t *nav = json_copy(json_object_get(data, "nav")), *item;
	size_t i;

	json_array_foreach(nav, i, item)
	{
		struct str url = str_of(json_string_value(json_object_get(item, "url")));

		if (!str_eq(str_slice(url, 1, url.len), section))
			continue;
		item = json_copy(item);
		if (item != NULL && view_flag(item, "current", true) && view_flag(item, "exact", exact))
			(void)json_array_set(nav, i, item);
		json_decref(item);
		break;
	}
	(void)view_take(data, "nav", nav);
}

static json_t *
page_member(const struct context *cx, const char *title, const char *canonical)
{
	json_t *page = json_pack("{s:s, s:n, s:n, s:b, s:b, s:n}", "title", title, "description", "canonical",
	    "noindex", 0, "noarchive", 0, "image");

	if (page != NULL && canonical != NULL)
		(void)view_take(
		    page, "canonical", json_sprintf("%s%s", cx->setup->config.site_url, canonical));
	return page;
}

bool
view_feed(struct context *cx, json_t *data, struct str name, struct str path)
{
	static const char *const kinds[][2] = {
	    {"application/atom+xml", "atom"}, {"application/feed+json", "json"}};
	json_t *feeds = json_copy(json_object_get(data, "feeds"));
	bool ok = view_take(data, "feeds", feeds);

	for (size_t i = 0; i < 2; i++) {
		struct str url = arena_printf(&cx->arena, STR_FMT "/feed.%s", STR_ARG(path), kinds[i][1]);
		json_t *o = json_object();

		ok = ok && o != NULL && url.at != NULL && view_text(o, "type", str_of(kinds[i][0])) &&
		     view_text(o, "title", name) && view_text(o, "url", url) &&
		     json_array_append(feeds, o) == 0;
		json_decref(o);
	}
	return ok;
}

json_t *
view_page(struct context *cx, const struct request *req, struct page_tags *tags, const char *title,
    const char *canonical)
{
	enum standing standing = request_standing(req);
	json_t *data = frame_copy(cx);

	page_tag(tags, CHANGE_SECTION, 0);
	page_tag(tags, CHANGE_PAGE, 0);
	if (data != NULL &&
	    view_take(data, "reader",
	        json_pack("{s:b, s:b}", "signed_in", req->reader != NULL, "subscribed",
	            standing >= STANDING_VISITOR)) &&
	    view_number(data, "year", clock_local(req->now).year) &&
	    view_take(data, "page", page_member(cx, title, canonical)))
		return data;
	json_decref(data);
	return NULL;
}

void
view_describe(json_t *data, struct str description)
{
	struct buf cut = BUF_EMPTY;

	if (words_excerpt(description, EXCERPT_CHARACTERS, &cut) == ERR_NONE)
		(void)view_text(json_object_get(data, "page"), "description", buf_str(&cut));
	buf_free(&cut);
}

void
view_noindex(json_t *data)
{
	(void)view_flag(json_object_get(data, "page"), "noindex", true);
}
