/* page_feed_private.c: each article by the same decision as its page, at each request. */
#include "web/page_feed_private.h"

#include "core/feed_key.h"
#include "store/list_store.h"
#include "web/feed_entries.h"
#include "web/response.h"

/* What of the article the reader may read: its whole text or its teaser. */
static enum err
text_for(struct context *cx, const struct request *reader, const struct card *card, const struct article *art,
    struct str *html)
{
	struct rights *rights;
	struct decision d;
	enum err e = paywall_article(cx->site->paywall, &cx->doors, card->section, card->slug, &rights);

	if (e != ERR_NONE)
		return e;
	d = paywall_decide(rights, reader->reader, &reader->visit, reader->now);
	*html = art->teaser_html;
	if (d.verdict == VERDICT_FULL && rights->article_id == art->id)
		e = paywall_body(&cx->doors, &d, rights, &cx->arena, html);
	memo_release(&rights->head);
	return e;
}

static enum err
add_entries(struct context *cx, const struct request *reader, struct feed *feed, struct feed_entry *entries)
{
	struct list_range range = {.now = reader->now, .limit = FEED_ENTRIES};
	struct article *art = arena_alloc(&cx->arena, sizeof *art);
	struct cards cards = {.count = 0};
	enum err e = art == NULL ? ERR_MEMORY : list_store_latest(cx->doors.open, &cx->arena, range, &cards);

	for (size_t i = 0; e == ERR_NONE && i < cards.count; i++) {
		struct str html = STR_NONE;

		e = article_store_read(cx->doors.open, &cx->arena, cards.at[i].id, art);
		if (e == ERR_NONE)
			e = text_for(cx, reader, &cards.at[i], art, &html);
		if (e == ERR_NOT_FOUND) {
			e = ERR_NONE; /* gone since the list was read */
			continue;
		}
		if (e == ERR_NONE && !feed_entry(cx, art, html, &entries[feed->count]))
			e = ERR_MEMORY;
		if (e == ERR_NONE && entries[feed->count].updated_at > feed->updated_at)
			feed->updated_at = entries[feed->count].updated_at;
		feed->count += e == ERR_NONE;
	}
	return e;
}

/* When the last period ended; else when the key was made: the entry stays the same until something changes. */
static int64_t
ended_at(const struct request *reader, int64_t since)
{
	const struct entitlement_reader *r = &reader->reader->reader;
	int64_t at = since;

	for (size_t i = 0; i < r->period_count; i++) {
		int64_t end = r->periods[i].ended_at != 0 ? r->periods[i].ended_at : r->periods[i].ends_at;

		if (end > at && end <= reader->now)
			at = end;
	}
	return at;
}

/* One entry that says why the articles are short, and where to renew. */
static bool
add_renewal(struct context *cx, const struct request *reader, int64_t since, struct feed *feed,
    struct feed_entry *entries)
{
	const json_t *texts = cx->setup->texts;
	struct buf html = BUF_EMPTY;
	int64_t at = ended_at(reader, since);

	feed_absolute(&html, str_of(json_string_value(json_object_get(texts, "feed_renew_text_html"))),
	    str_of(cx->setup->config.site_url));
	entries[feed->count++] = (struct feed_entry){.url = feed_address(cx, STR("/subscribe")),
	    .title = str_of(json_string_value(json_object_get(texts, "feed_renew_title"))),
	    .html = arena_copy(&cx->arena, buf_str(&html)),
	    .published_at = at,
	    .updated_at = at};
	feed->updated_at = at;
	buf_free(&html);
	return entries[0].url.at != NULL && entries[0].html.at != NULL;
}

static enum status
answer(
    struct context *cx, const struct request *req, struct response *res, const struct feed *feed, bool atom)
{
	struct buf out = BUF_EMPTY;

	if (atom)
		feed_atom(&out, feed);
	else
		feed_json(&out, feed);
	if (!out.failed && response_line(res, &cx->arena, "X-Robots-Tag", STR("noindex")) == ERR_NONE)
		res->page = page_new(
		    &(struct page_source){STATUS_OK,
		        atom ? "application/atom+xml; charset=utf-8" : "application/feed+json; charset=utf-8",
		        buf_str(&out)},
		    http_codings(req->accept_encoding), cx->compressor, COMPRESS_FAST);
	buf_free(&out);
	res->cache = CACHE_PRIVATE;
	return res->page != NULL ? STATUS_OK : STATUS_UNAVAILABLE;
}

enum status
page_feed_private(struct context *cx, const struct request *req, struct response *res)
{
	const struct config *cfg = &cx->setup->config;
	struct str name = req->args[0];
	bool atom = str_ends(name, STR(".atom"));
	struct feed feed = {.title = str_of(cfg->site_name),
	    .subtitle = str_of(cfg->site_tagline),
	    .language = str_of(cfg->site_language),
	    .home = feed_address(cx, STR("/")),
	    .self = feed_address(cx, req->url.path),
	    .id = feed_address(cx, STR("/feed"))};
	struct feed_entry *entries = arena_zero(&cx->arena, FEED_ENTRIES + 1, sizeof *entries);
	struct facts facts;
	struct request reader = *req;
	int64_t since = 0;
	enum err e;

	if ((!atom && !str_ends(name, STR(".json"))) || name.len < 5)
		return STATUS_NOT_FOUND;
	e = feed_key_reader(
	    &cx->doors, &cx->arena, str_slice(name, 0, name.len - 5), req->now, &facts, &since);
	if (e != ERR_NONE)
		return response_error(cx->doors.open, "feed", e);
	reader.reader = &facts;
	feed.entries = entries;
	if (entries == NULL)
		return STATUS_UNAVAILABLE;
	if (request_standing(&reader) != STANDING_SUBSCRIBER &&
	    !add_renewal(cx, &reader, since, &feed, entries))
		return STATUS_UNAVAILABLE;
	e = add_entries(cx, &reader, &feed, entries);
	return e == ERR_NONE ? answer(cx, req, res, &feed, atom) : response_error(cx->doors.open, "feed", e);
}
