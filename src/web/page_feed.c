/* page_feed.c: lists as feeds. */
#include "web/page_feed.h"

#include "base/log.h"
#include "format/feed.h"
#include "store/changes.h"
#include "web/heading.h"
#include "web/page_fill.h"
#include "web/view.h"

#define ENTRIES 20

struct subject {
	const struct heading_kind *kind; /* NULL: the whole site */
	struct str slug, home;           /* home: the path of the list */
	bool atom;
};

static struct str
absolute(struct context *cx, struct str path)
{
	return arena_printf(&cx->arena, "%s" STR_FMT, cx->setup->config.site_url, STR_ARG(path));
}

static bool
fill_entry(struct context *cx, const struct article *art, struct feed_entry *e)
{
	struct buf html = BUF_EMPTY;
	struct str *authors = arena_zero(&cx->arena, ARTICLE_NAMES_MAX, sizeof *authors);

	for (size_t i = 0; authors != NULL && i < art->byline_count; i++)
		authors[i] = art->bylines[i].name;
	feed_absolute(&html, art->teaser_html, str_of(cx->setup->config.site_url));
	*e = (struct feed_entry){.url = arena_printf(&cx->arena, "%s/" STR_FMT "/" STR_FMT,
	                             cx->setup->config.site_url, STR_ARG(art->section), STR_ARG(art->slug)),
	    .title = art->title,
	    .summary = art->standfirst_text,
	    .html = arena_copy(&cx->arena, buf_str(&html)),
	    .section = art->section_name,
	    .image = art->image.len == 0 ? STR_NONE
	                                 : arena_printf(&cx->arena, "%s/media/" STR_FMT,
	                                       cx->setup->config.site_url, STR_ARG(art->image)),
	    .authors = authors,
	    .author_count = art->byline_count,
	    .published_at = art->published_at,
	    .updated_at = art->updated_at > art->published_at ? art->updated_at : art->published_at};
	buf_free(&html);
	return authors != NULL && e->url.at != NULL && e->html.at != NULL;
}

static enum err
fill_entries(struct context *cx, const struct cards *cards, struct feed *feed, struct page_tags *tags)
{
	struct feed_entry *entries = arena_zero(&cx->arena, cards->count + 1, sizeof *entries);
	struct article *art = arena_alloc(&cx->arena, sizeof *art);

	if (entries == NULL || art == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < cards->count; i++) {
		enum err e = article_store_read(cx->doors.open, &cx->arena, cards->at[i].id, art);

		if (e == ERR_NOT_FOUND)
			continue;
		if (e != ERR_NONE || !fill_entry(cx, art, &entries[feed->count]))
			return e != ERR_NONE ? e : ERR_MEMORY;
		if (entries[feed->count].updated_at > feed->updated_at)
			feed->updated_at = entries[feed->count].updated_at;
		feed->count++;
		page_tag(tags, CHANGE_ARTICLE, art->id);
	}
	feed->entries = entries;
	return ERR_NONE;
}

/* Title, addresses and cards of the list. */
static enum err
find_list(struct context *cx, const struct request *req, const struct subject *s, struct feed *feed,
    struct cards *cards, struct page_tags *tags)
{
	const struct config *cfg = &cx->setup->config;
	struct list_range range = {.now = req->now, .limit = ENTRIES, .page = 1};
	struct heading heading;
	enum err e;

	feed->language = str_of(cfg->site_language);
	feed->home = absolute(cx, s->home);
	feed->self = absolute(cx, req->url.path);
	feed->id = feed->home;
	page_tag(tags, VIEW_LISTS, 0);
	if (s->kind == NULL) {
		feed->title = str_of(cfg->site_name);
		feed->subtitle = str_of(cfg->site_tagline);
		page_tag(tags, VIEW_LIST_HOME, 0);
		return list_store_latest(cx->doors.open, &cx->arena, range, cards);
	}
	if ((e = s->kind->find(cx->doors.open, &cx->arena, s->slug, &heading)) != ERR_NONE)
		return e;
	feed->title = arena_printf(&cx->arena, "%s – " STR_FMT, cfg->site_name, STR_ARG(heading.name));
	feed->subtitle = heading.text;
	page_tag(tags, s->kind->change, heading.id);
	page_tag(tags, s->kind->list, heading.id);
	return s->kind->cards(cx->doors.open, &cx->arena, heading.id, range, cards);
}

static enum status
write_feed(struct context *cx, const struct request *req, const void *subject, struct buf *out,
    struct page_tags *tags)
{
	const struct subject *s = subject;
	struct feed feed = {.count = 0};
	struct cards cards = {.count = 0};
	enum err e = find_list(cx, req, s, &feed, &cards, tags);

	if (e == ERR_NONE)
		e = fill_entries(cx, &cards, &feed, tags);
	if (e != ERR_NONE)
		return heading_status(cx, e);
	if (s->atom)
		feed_atom(out, &feed);
	else
		feed_json(out, &feed);
	return STATUS_OK;
}

static enum status
show(struct context *cx, const struct request *req, struct response *res, const struct heading_kind *kind)
{
	struct str tail = STR("/feed.json"), path = req->url.path;
	struct subject s = {.kind = kind, .slug = req->args[0], .atom = !str_ends(path, tail)};
	struct page_plan plan = {
	    .type = s.atom ? "application/atom+xml; charset=utf-8" : "application/feed+json; charset=utf-8",
	    .path = path,
	    .write = write_feed,
	    .subject = &s};

	s.home = str_slice(path, 0, path.len - tail.len); /* "/feed.atom" is as long */
	if (s.home.len == 0)
		s.home = STR("/");
	return page_fill(cx, req, res, &plan);
}

enum status
page_feed_site(struct context *cx, const struct request *req, struct response *res)
{
	return show(cx, req, res, NULL);
}

enum status
page_feed_section(struct context *cx, const struct request *req, struct response *res)
{
	return show(cx, req, res, &heading_section);
}

enum status
page_feed_author(struct context *cx, const struct request *req, struct response *res)
{
	return show(cx, req, res, &heading_author);
}

enum status
page_feed_tag(struct context *cx, const struct request *req, struct response *res)
{
	return show(cx, req, res, &heading_tag);
}
