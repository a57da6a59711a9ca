/* feed_entries.c: one article, one entry; every address in it absolute. */
#include "web/feed_entries.h"

struct str
feed_address(struct context *cx, struct str path)
{
	return arena_printf(&cx->arena, "%s" STR_FMT, cx->setup->config.site_url, STR_ARG(path));
}

bool
feed_entry(struct context *cx, const struct article *art, struct str html, struct feed_entry *out)
{
	const char *site = cx->setup->config.site_url;
	struct str *authors = arena_zero(&cx->arena, ARTICLE_NAMES_MAX, sizeof *authors);
	struct buf text = BUF_EMPTY;

	for (size_t i = 0; authors != NULL && i < art->byline_count; i++)
		authors[i] = art->bylines[i].name;
	feed_absolute(&text, html, str_of(site));
	*out = (struct feed_entry){.url = arena_printf(&cx->arena, "%s/" STR_FMT "/" STR_FMT, site,
	                               STR_ARG(art->section), STR_ARG(art->slug)),
	    .title = art->title,
	    .summary = art->standfirst_text,
	    .html = text.failed ? (struct str){NULL, 0} : arena_copy(&cx->arena, buf_str(&text)),
	    .section = art->section_name,
	    .image = art->image.len == 0
	                 ? STR_NONE
	                 : arena_printf(&cx->arena, "%s/media/" STR_FMT, site, STR_ARG(art->image)),
	    .authors = authors,
	    .author_count = art->byline_count,
	    .published_at = art->published_at,
	    .updated_at = art->updated_at > art->published_at ? art->updated_at : art->published_at};
	buf_free(&text);
	return authors != NULL && out->url.at != NULL && out->html.at != NULL;
}
