/* feed.c: entries to Atom and JSON Feed. */
#include "format/feed.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/clock.h"
#include "format/escape.h"

static void
element(struct buf *out, const char *name, struct str text)
{
	buf_printf(out, "<%s>", name);
	escape_xml(out, text);
	buf_printf(out, "</%s>\n", name);
}

static void
moment(struct buf *out, const char *name, int64_t at)
{
	char text[CLOCK_TEXT];

	clock_rfc3339(at, text);
	element(out, name, str_of(text));
}

static void
link_to(struct buf *out, const char *rel, const char *type, struct str href)
{
	if (href.len == 0)
		return;
	buf_printf(out, "<link rel=\"%s\"", rel);
	if (type != NULL)
		buf_printf(out, " type=\"%s\"", type);
	buf_puts(out, " href=\"");
	escape_xml(out, href);
	buf_puts(out, "\"/>\n");
}

static void
atom_entry(struct buf *out, const struct feed_entry *e)
{
	buf_puts(out, "<entry>\n");
	element(out, "id", e->url);
	element(out, "title", e->title);
	link_to(out, "alternate", "text/html", e->url);
	moment(out, "published", e->published_at);
	moment(out, "updated", e->updated_at);
	for (size_t i = 0; i < e->author_count; i++) {
		buf_puts(out, "<author>");
		element(out, "name", e->authors[i]);
		buf_puts(out, "</author>\n");
	}
	if (e->section.len > 0) {
		buf_puts(out, "<category term=\"");
		escape_xml(out, e->section);
		buf_puts(out, "\"/>\n");
	}
	if (e->summary.len > 0)
		element(out, "summary", e->summary);
	buf_puts(out, "<content type=\"html\">");
	escape_xml(out, e->html);
	buf_puts(out, "</content>\n</entry>\n");
}

void
feed_atom(struct buf *out, const struct feed *feed)
{
	buf_puts(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed "
	              "xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"");
	escape_xml(out, feed->language);
	buf_puts(out, "\">\n");
	element(out, "id", feed->id);
	element(out, "title", feed->title);
	if (feed->subtitle.len > 0)
		element(out, "subtitle", feed->subtitle);
	moment(out, "updated", feed->updated_at);
	/* RFC 4287 4.1.1: every entry has an author, or the feed has one for those without. */
	buf_puts(out, "<author>");
	element(out, "name", feed->title);
	buf_puts(out, "</author>\n");
	link_to(out, "self", "application/atom+xml", feed->self);
	link_to(out, "alternate", "text/html", feed->home);
	link_to(out, "hub", NULL, feed->hub);
	for (size_t i = 0; i < feed->count; i++)
		atom_entry(out, &feed->entries[i]);
	buf_puts(out, "</feed>\n");
}

static json_t *
text_of(struct str s)
{
	return json_stringn(s.len > 0 ? s.at : "", s.len);
}

static json_t *
json_entry(const struct feed_entry *e)
{
	char published[CLOCK_TEXT], updated[CLOCK_TEXT];
	json_t *authors = json_array(), *o;

	clock_rfc3339(e->published_at, published);
	clock_rfc3339(e->updated_at, updated);
	for (size_t i = 0; authors != NULL && i < e->author_count; i++)
		if (json_array_append_new(authors, json_pack("{s:o}", "name", text_of(e->authors[i]))) != 0)
			break;
	o = json_pack("{s:o, s:o, s:o, s:o, s:s, s:s, s:o}", "id", text_of(e->url), "url", text_of(e->url),
	    "title", text_of(e->title), "content_html", text_of(e->html), "date_published", published,
	    "date_modified", updated, "authors", authors);
	if (o != NULL && e->section.len > 0)
		(void)json_object_set_new(o, "tags", json_pack("[o]", text_of(e->section)));
	if (o != NULL && e->summary.len > 0)
		(void)json_object_set_new(o, "summary", text_of(e->summary));
	if (o != NULL && e->image.len > 0)
		(void)json_object_set_new(o, "image", text_of(e->image));
	return o;
}

void
feed_json(struct buf *out, const struct feed *feed)
{
	json_t *items = json_array(), *o;
	char *text;

	for (size_t i = 0; items != NULL && i < feed->count; i++)
		if (json_array_append_new(items, json_entry(&feed->entries[i])) != 0)
			out->failed = true;
	o = json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "version", "https://jsonfeed.org/version/1.1",
	    "title", text_of(feed->title), "home_page_url", text_of(feed->home), "feed_url",
	    text_of(feed->self), "language", text_of(feed->language), "items", items);
	if (o != NULL && feed->subtitle.len > 0)
		(void)json_object_set_new(o, "description", text_of(feed->subtitle));
	if (o != NULL && feed->hub.len > 0)
		(void)json_object_set_new(
		    o, "hubs", json_pack("[{s:s, s:o}]", "type", "WebSub", "url", text_of(feed->hub)));
	text = o == NULL ? NULL : json_dumps(o, JSON_COMPACT);
	json_decref(o);
	if (text == NULL)
		out->failed = true;
	else
		buf_puts(out, text);
	free(text);
}

void
feed_absolute(struct buf *out, struct str html, struct str site_url)
{
	static const struct str marks[] = {
	    STR_LITERAL(" href=\"/"), STR_LITERAL(" src=\"/"), STR_LITERAL("<source ")};

	while (html.len > 0) {
		size_t at = html.len, mark = 0;

		for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
			size_t found = str_find(html, marks[i]);

			if (found < at) {
				at = found;
				mark = i;
			}
		}
		if (at < html.len && mark == 2) {
			buf_put(out, str_slice(html, 0, at));
			html = str_slice(
			    html, at + str_find(str_slice(html, at, html.len), STR(">")) + 1, html.len);
			continue;
		}
		if (at == html.len) {
			buf_put(out, html);
			return;
		}
		at += marks[mark].len - 1;
		buf_put(out, str_slice(html, 0, at));
		buf_put(out, site_url);
		buf_putc(out, '/');
		html = str_slice(html, at + 1, html.len);
	}
}
