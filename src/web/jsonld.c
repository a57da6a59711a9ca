/* jsonld.c: structured data of an article, from its free part only. */
#include "web/jsonld.h"

#include "base/clock.h"
#include "format/escape.h"
#include "web/view.h"
#include "web/view_image.h"

/* ,"name":"value" */
static void
member(struct buf *out, const char *name, struct str value)
{
	buf_printf(out, ",\"%s\":", name);
	escape_json_script(out, value);
}

static void
date(struct buf *out, const char *name, int64_t at)
{
	char text[CLOCK_TEXT];

	clock_rfc3339_local(at, text);
	member(out, name, str_of(text));
}

static void
address(struct buf *out, struct context *cx, const char *folder, struct str path)
{
	escape_json_script(
	    out, arena_printf(&cx->arena, "%s%s" STR_FMT, cx->setup->config.site_url, folder, STR_ARG(path)));
}

static void
authors(struct buf *out, struct context *cx, const struct article *art)
{
	buf_puts(out, ",\"author\":[");
	for (size_t i = 0; i < art->byline_count; i++) {
		const struct article_name *by = &art->bylines[i];

		buf_printf(
		    out, "%s{\"@type\":\"%s\"", i > 0 ? "," : "", by->collective ? "Organization" : "Person");
		member(out, "name", by->name);
		buf_puts(out, ",\"url\":");
		address(out, cx, "/author/", by->slug);
		buf_putc(out, '}');
	}
	buf_putc(out, ']');
}

static void
publisher(struct buf *out, const struct config *cfg)
{
	buf_puts(out, ",\"publisher\":{\"@type\":\"NewsMediaOrganization\"");
	member(out, "name", str_of(cfg->site_name));
	member(out, "url", str_of(cfg->site_url));
	buf_putc(out, '}');
}

struct str
jsonld_article(struct context *cx, const struct article *art, struct str path, bool full)
{
	bool free_to_all = access_parse(art->access) == ACCESS_PUBLIC;
	struct view_share share = view_image_share(&cx->arena, cx->setup->config.site_url,
	    &(struct view_image){.name = art->image,
	        .versions = art->image_versions,
	        .width = art->image_width,
	        .height = art->image_height});
	struct buf out = BUF_EMPTY;
	struct str copy = STR_NONE;

	buf_puts(&out, "{\"@context\":\"https://schema.org\",\"@type\":\"NewsArticle\"");
	member(&out, "headline", art->title);
	buf_puts(&out, ",\"mainEntityOfPage\":");
	address(&out, cx, "", path);
	date(&out, "datePublished", art->published_at);
	date(&out, "dateModified", art->updated_at > art->published_at ? art->updated_at : art->published_at);
	authors(&out, cx, art);
	member(&out, "articleSection", art->section_name);
	member(&out, "inLanguage", art->language);
	buf_printf(&out, ",\"isAccessibleForFree\":%s", free_to_all ? "true" : "false");
	publisher(&out, &cx->setup->config);
	if (art->standfirst_text.len > 0)
		member(&out, "description", art->standfirst_text);
	if (share.url.at != NULL) {
		buf_puts(&out, ",\"image\":[");
		escape_json_script(&out, share.url);
		buf_putc(&out, ']');
	}
	if (full && !free_to_all)
		buf_puts(&out, ",\"hasPart\":{\"@type\":\"WebPageElement\",\"isAccessibleForFree\":false,"
		               "\"cssSelector\":\".paywall\"}");
	buf_putc(&out, '}');
	if (!out.failed)
		copy = arena_copy(&cx->arena, buf_str(&out));
	buf_free(&out);
	return copy;
}
