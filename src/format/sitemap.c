/* sitemap.c: addresses for search engines. */
#include "format/sitemap.h"

#include "base/clock.h"
#include "format/escape.h"

void
sitemap_begin(struct buf *out, bool index, bool news)
{
	buf_printf(out,
	    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<%s "
	    "xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\"%s>\n",
	    index ? "sitemapindex" : "urlset",
	    news ? " xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\"" : "");
}

static void
element(struct buf *out, const char *name, struct str text)
{
	buf_printf(out, "<%s>", name);
	escape_xml(out, text);
	buf_printf(out, "</%s>", name);
}

void
sitemap_address(struct buf *out, struct str url, int64_t changed_at)
{
	char changed[CLOCK_TEXT];

	buf_puts(out, "<url>");
	element(out, "loc", url);
	if (changed_at != 0) {
		clock_rfc3339(changed_at, changed);
		element(out, "lastmod", str_of(changed));
	}
	buf_puts(out, "</url>\n");
}

void
sitemap_part(struct buf *out, struct str url)
{
	buf_puts(out, "<sitemap>");
	element(out, "loc", url);
	buf_puts(out, "</sitemap>\n");
}

void
sitemap_article(struct buf *out, const struct sitemap_news *news)
{
	char published[CLOCK_TEXT];

	clock_rfc3339(news->published_at, published);
	buf_puts(out, "<url>");
	element(out, "loc", news->url);
	buf_puts(out, "<news:news><news:publication>");
	element(out, "news:name", news->publication);
	element(out, "news:language", news->language);
	buf_puts(out, "</news:publication>");
	element(out, "news:publication_date", str_of(published));
	element(out, "news:title", news->title);
	buf_puts(out, "</news:news></url>\n");
}

void
sitemap_end(struct buf *out, bool index)
{
	buf_puts(out, index ? "</sitemapindex>\n" : "</urlset>\n");
}
