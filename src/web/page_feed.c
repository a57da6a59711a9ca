/* page_feed.c: lists as feeds. */
#include "web/page_feed.h"

#include "store/changes.h"
#include "web/feed_entries.h"
#include "web/heading.h"
#include "web/page_fill.h"
#include "web/view.h"

struct subject {
	const struct heading_kind *kind; /* NULL: the whole site */
	struct str slug, home;           /* home: the path of the list */
	bool atom;
};

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
		if (e != ERR_NONE || !feed_entry(cx, art, art->teaser_html, &entries[feed->count]))
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
	struct list_range range = {.now = req->now, .limit = FEED_ENTRIES};
	struct heading heading;
	enum err e;

	feed->language = str_of(cfg->site_language);
	feed->home = feed_address(cx, s->home);
	feed->self = feed_address(cx, req->url.path);
	feed->id = feed->home;
	feed->hub = str_of(cfg->feeds_hub);
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
		return response_error(cx->doors.open, "feed", e);
	if (s->atom)
		feed_atom(out, &feed);
	else
		feed_json(out, &feed);
	return STATUS_OK;
}

/* WebSub 1.0, section 4: where changes of this feed are told. */
static enum status
announce_hub(struct context *cx, const struct request *req, struct response *res)
{
	const struct config *cfg = &cx->setup->config;
	struct str links;

	if (cfg->feeds_hub[0] == '\0')
		return STATUS_OK;
	links = arena_printf(&cx->arena, "<%s>; rel=\"hub\", <%s" STR_FMT ">; rel=\"self\"", cfg->feeds_hub,
	    cfg->site_url, STR_ARG(req->url.path));
	if (links.at != NULL && response_line(res, &cx->arena, "Link", links) == ERR_NONE)
		return STATUS_OK;
	page_release(res->page);
	res->page = NULL;
	return STATUS_UNAVAILABLE;
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
	enum status status;

	s.home = str_slice(path, 0, path.len - tail.len); /* "/feed.atom" is as long */
	if (s.home.len == 0)
		s.home = STR("/");
	status = page_fill(cx, req, res, &plan);
	return status == STATUS_OK ? announce_hub(cx, req, res) : status;
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
