/* jsonld.c: structured data of an article, from its free part only. */
#include "web/jsonld.h"

#include <stdlib.h>

#include "base/clock.h"
#include "format/escape.h"
#include "web/view.h"
#include "web/view_image.h"

static json_t *
authors(const struct context *cx, const struct article *art)
{
	json_t *list = json_array();

	for (size_t i = 0; list != NULL && i < art->byline_count; i++) {
		const struct article_name *by = &art->bylines[i];
		json_t *url = json_sprintf(
		    "%s/author/" STR_FMT, cx->setup->config.site_url, STR_ARG(by->slug));

		if (json_array_append_new(list,
		        json_pack("{s:s, s:s%, s:o}", "@type", by->collective ? "Organization" : "Person",
		            "name", by->name.at, by->name.len, "url", url)) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *
object(struct context *cx, const struct article *art, struct str path, bool full)
{
	const struct config *cfg = &cx->setup->config;
	bool free_to_all = access_parse(art->access) == ACCESS_PUBLIC;
	char published[CLOCK_TEXT], updated[CLOCK_TEXT];
	struct view_share share;
	json_t *o = json_object();

	clock_rfc3339_local(art->published_at, published);
	clock_rfc3339_local(
	    art->updated_at > art->published_at ? art->updated_at : art->published_at, updated);
	if (o == NULL || !view_take(o, "@context", json_string("https://schema.org")) ||
	    !view_take(o, "@type", json_string("NewsArticle")) || !view_text(o, "headline", art->title) ||
	    !view_take(o, "mainEntityOfPage", json_sprintf("%s" STR_FMT, cfg->site_url, STR_ARG(path))) ||
	    !view_text(o, "datePublished", str_of(published)) ||
	    !view_text(o, "dateModified", str_of(updated)) || !view_take(o, "author", authors(cx, art)) ||
	    !view_text(o, "articleSection", art->section_name) ||
	    !view_text(o, "inLanguage", art->language) || !view_flag(o, "isAccessibleForFree", free_to_all) ||
	    !view_take(o, "publisher",
	        json_pack("{s:s, s:s, s:s}", "@type", "NewsMediaOrganization", "name", cfg->site_name, "url",
	            cfg->site_url))) {
		json_decref(o);
		return NULL;
	}
	if (art->standfirst_text.len > 0)
		(void)view_text(o, "description", art->standfirst_text);
	share = view_image_share(&cx->arena, cfg->site_url,
	    &(struct view_image){.name = art->image,
	        .versions = art->image_versions,
	        .width = art->image_width,
	        .height = art->image_height});
	if (share.url.at != NULL)
		(void)view_take(o, "image", json_pack("[s%]", share.url.at, share.url.len));
	if (full && !free_to_all)
		(void)view_take(o, "hasPart",
		    json_pack("{s:s, s:b, s:s}", "@type", "WebPageElement", "isAccessibleForFree", 0,
		        "cssSelector", ".paywall"));
	return o;
}

struct str
jsonld_article(struct context *cx, const struct article *art, struct str path, bool full)
{
	json_t *o = object(cx, art, path, full);
	char *text = o == NULL ? NULL : json_dumps(o, JSON_COMPACT);
	struct buf escaped = BUF_EMPTY;
	struct str out = STR_NONE;

	json_decref(o);
	if (text != NULL)
		escape_json_script(&escaped, str_of(text));
	free(text);
	if (!escaped.failed)
		out = arena_copy(&cx->arena, buf_str(&escaped));
	buf_free(&escaped);
	return out;
}
