/* markdown.c: libcmark held on a short leash: bounded before, cleaned after, never CMARK_OPT_UNSAFE. */
#include "format/markdown.h"

#include <cmark.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/figures.h"
#include "format/markdown_bounds.h"
#include "format/markdown_memory.h"
#include "format/slug.h"
#include "format/typography.h"

#define DEEPEST 64 /* nodes inside each other */
#define LARGEST_HTML ((size_t)4 << 20)
#define MOST_MEMORY ((size_t)512 << 20) /* of libcmark, for one text; half of it is spare and not touched */
#define MOST_IDS 200                    /* headings with an id; a text has few */

/* How wide the text is: --measure of the style sheet, and the gutters where there is no room for that. */
#define COLUMN "(min-width: 40rem) 36rem, 92vw"

static bool
is_too_deep(cmark_node *doc)
{
	cmark_iter *iter = cmark_iter_new(doc);
	cmark_event_type event;
	int depth = 0;

	while (depth <= DEEPEST && (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE)
		if (cmark_node_first_child(cmark_iter_get_node(iter)) != NULL)
			depth += event == CMARK_EVENT_ENTER ? 1 : -1;
	cmark_iter_free(iter);
	return depth > DEEPEST;
}

/* http, https, mailto or an address of this site; nothing a browser could read as another. */
static bool
is_safe_link(struct str url)
{
	size_t colon = str_find(url, STR(":"));
	struct str scheme = str_slice(url, 0, colon);

	if (url.len == 0 || url.len > 2000 || str_starts(url, STR("//")))
		return false;
	for (size_t i = 0; i < url.len; i++)
		if ((unsigned char)url.at[i] <= ' ' || url.at[i] == '\\' || url.at[i] == 0x7f)
			return false;
	if (colon == url.len || str_has(scheme, '/') || str_has(scheme, '?') || str_has(scheme, '#'))
		return true;
	return str_eq_nocase(scheme, STR("http")) || str_eq_nocase(scheme, STR("https")) ||
	       str_eq_nocase(scheme, STR("mailto"));
}

static void
unwrap(cmark_node *node)
{
	cmark_node *child;

	while ((child = cmark_node_first_child(node)) != NULL)
		if (!cmark_node_insert_before(node, child))
			cmark_node_unlink(child);
	cmark_node_unlink(node);
	cmark_node_free(node);
}

static void
clean_html(cmark_node *node)
{
	struct str text = str_trim(str_of(cmark_node_get_literal(node)));
	cmark_node *more;

	if (cmark_node_get_type(node) == CMARK_NODE_HTML_BLOCK &&
	    (str_eq(text, STR("<!--more-->")) || str_eq(text, STR("<!-- more -->")))) {
		more = cmark_node_new_with_mem(CMARK_NODE_CUSTOM_BLOCK, markdown_memory_here());
		figures_set_mark(more, MARK_MORE);
		(void)cmark_node_insert_before(node, more);
	}
	cmark_node_unlink(node);
	cmark_node_free(node);
}

/* Only the current node is taken out, and only on leaving it, as the iterator allows. */
static void
clean(cmark_node *doc)
{
	cmark_iter *iter = cmark_iter_new(doc);
	cmark_event_type event;

	while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(iter);
		cmark_node_type type = cmark_node_get_type(node);

		if (type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_HTML_INLINE)
			clean_html(node);
		else if (event == CMARK_EVENT_EXIT && type == CMARK_NODE_LINK &&
		         (!is_safe_link(str_of(cmark_node_get_url(node))) ||
		             cmark_node_first_child(node) == NULL))
			unwrap(node);
	}
	cmark_iter_free(iter);
}

static bool
is_hollow(cmark_node *node)
{
	cmark_node_type type = cmark_node_get_type(node);

	return cmark_node_first_child(node) == NULL &&
	       (type == CMARK_NODE_PARAGRAPH || type == CMARK_NODE_HEADING ||
	           type == CMARK_NODE_BLOCK_QUOTE || type == CMARK_NODE_LINK || type == CMARK_NODE_EMPH ||
	           type == CMARK_NODE_STRONG);
}

static void
drop_hollow(cmark_node *doc)
{
	cmark_iter *iter = cmark_iter_new(doc);
	cmark_event_type event;

	while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(iter);

		if (event == CMARK_EVENT_EXIT && is_hollow(node)) {
			cmark_node_unlink(node);
			cmark_node_free(node);
		}
	}
	cmark_iter_free(iter);
}

/* The highest heading becomes h2, and none is more than one level below the one before it. */
static void
settle_headings(cmark_node *doc)
{
	cmark_event_type event;
	int highest = 6, last = 1;

	for (int pass = 0; pass < 2; pass++) {
		cmark_iter *iter = cmark_iter_new(doc);

		while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
			cmark_node *node = cmark_iter_get_node(iter);
			int level = cmark_node_get_heading_level(node);

			if (event != CMARK_EVENT_ENTER || cmark_node_get_type(node) != CMARK_NODE_HEADING)
				continue;
			if (pass == 0) {
				highest = level < highest ? level : highest;
				continue;
			}
			level += 2 - highest;
			last = level > last + 1 ? last + 1 : level > 6 ? 6 : level;
			(void)cmark_node_set_heading_level(node, last);
		}
		cmark_iter_free(iter);
	}
}

struct reading {
	struct str source;
	const char *language;
	cmark_node *doc;
};

static enum err
parse(void *arg)
{
	struct reading *r = arg;
	cmark_parser *parser = cmark_parser_new_with_mem(CMARK_OPT_VALIDATE_UTF8, markdown_memory_here());

	cmark_parser_feed(parser, r->source.len == 0 ? "" : r->source.at, r->source.len);
	r->doc = cmark_parser_finish(parser);
	cmark_parser_free(parser);
	return r->doc == NULL ? ERR_MEMORY : is_too_deep(r->doc) ? ERR_INVALID : ERR_NONE;
}

static enum err
settle(void *arg)
{
	struct reading *r = arg;
	enum err e;

	clean(r->doc);
	if ((e = figures_make(r->doc)) != ERR_NONE)
		return e;
	drop_hollow(r->doc);
	settle_headings(r->doc);
	return typography_tree(r->language, r->doc);
}

enum err
markdown_read_within(
    size_t memory, struct str source, const char *language, struct cmark_node **out, struct fault *f)
{
	struct reading r = {source, language, NULL};
	struct markdown_memory *m;
	enum err e = markdown_check(source, f);

	*out = NULL;
	if (e != ERR_NONE)
		return e;
	m = markdown_memory_new(memory);
	e = m == NULL ? ERR_MEMORY : markdown_memory_run(m, parse, &r);
	if (e == ERR_NONE && (e = markdown_memory_spare(m)) == ERR_NONE)
		e = markdown_memory_run(m, settle, &r);
	if (e != ERR_NONE) {
		markdown_memory_free(m);
		return e == ERR_INVALID
		           ? fault_set(
		                 f, e, "line 1: quotes, lists or emphasis nested more than %d deep", DEEPEST)
		           : fault_set(f, e, "no memory for the text");
	}
	(void)cmark_node_set_user_data(r.doc, m);
	*out = r.doc;
	return ERR_NONE;
}

enum err
markdown_read(struct str source, const char *language, struct cmark_node **out, struct fault *f)
{
	return markdown_read_within(MOST_MEMORY, source, language, out, f);
}

enum err
markdown_run(struct cmark_node *doc, enum err (*work)(void *arg), void *arg)
{
	struct markdown_memory *m = cmark_node_get_user_data(doc);
	enum err e = markdown_memory_spare(m);

	return e == ERR_NONE ? markdown_memory_run(m, work, arg) : e;
}

void
markdown_free(struct cmark_node *doc)
{
	if (doc != NULL)
		markdown_memory_free(cmark_node_get_user_data(doc));
}

void
markdown_text(struct cmark_node *block, struct buf *out)
{
	cmark_iter *iter = cmark_iter_new(block);
	cmark_event_type event;
	int images = 0;

	while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(iter);

		switch (cmark_node_get_type(node)) {
		case CMARK_NODE_IMAGE: images += event == CMARK_EVENT_ENTER ? 1 : -1; break;
		case CMARK_NODE_TEXT:
		case CMARK_NODE_CODE:
		case CMARK_NODE_CODE_BLOCK:
			if (images == 0)
				buf_puts(out, cmark_node_get_literal(node));
			break;
		case CMARK_NODE_SOFTBREAK:
		case CMARK_NODE_LINEBREAK: buf_putc(out, ' '); break;
		default:
			if (node != block && cmark_node_get_type(node) <= CMARK_NODE_LAST_BLOCK &&
			    out->len > 0)
				buf_putc(out, ' ');
			break;
		}
	}
	cmark_iter_free(iter);
}

/* Ids of the headings, in their order, and where the finished HTML goes. */
struct finish {
	cmark_node *doc;
	const char *html; /* as libcmark writes it */
	const struct markdown_media *media;
	struct buf *out;
	char ids[MOST_IDS][SLUG_MAX + 8];
	size_t n_ids, next_id;
};

static void
add_id(struct finish *f, cmark_node *heading)
{
	struct buf text = BUF_EMPTY;
	char slug[SLUG_MAX + 1], *id = f->ids[f->n_ids];

	markdown_text(heading, &text);
	if (slug_make(buf_str(&text), slug) == 0)
		memcpy(slug, "section", sizeof "section");
	buf_free(&text);
	memcpy(id, slug, strlen(slug) + 1);
	for (size_t i = 0, n = 2; i < f->n_ids; i++)
		if (strcmp(f->ids[i], id) == 0) {
			(void)snprintf(id, sizeof f->ids[0], "%s-%zu", slug, n++);
			i = SIZE_MAX; /* look again from the first */
		}
	f->n_ids++;
}

static void
find_ids(struct finish *f, cmark_node *doc)
{
	cmark_iter *iter = cmark_iter_new(doc);
	cmark_event_type event;

	while (f->n_ids < MOST_IDS && (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE)
		if (event == CMARK_EVENT_ENTER &&
		    cmark_node_get_type(cmark_iter_get_node(iter)) == CMARK_NODE_HEADING)
			add_id(f, cmark_iter_get_node(iter));
	cmark_iter_free(iter);
}

/* Writes the whole tag: in an attribute libcmark escapes ">", so the first one ends it. */
static size_t
put_image(struct finish *f, struct str rest)
{
	struct str name = str_slice(rest, sizeof "<img src=\"/media/" - 1, rest.len);
	size_t end = str_find(rest, STR(">")) + 1;
	struct picture p = {.width = 0};
	bool known, sources;

	name.len = str_find(name, STR("\""));
	known = f->media != NULL && f->media->look != NULL && f->media->look(f->media->ctx, name, &p);
	sources = known && picture_sources(f->out, &p, name, COLUMN);
	buf_puts(f->out, "<img loading=\"lazy\" ");
	if (known)
		buf_printf(f->out, "width=\"%u\" height=\"%u\" ", p.width, p.height);
	buf_put(f->out, str_slice(rest, 5, end));
	if (sources)
		buf_puts(f->out, "</picture>");
	return end;
}

/* Adds what libcmark leaves out to the tag that begins rest; returns how much of rest it took. All text is escaped
 * by now, so "<" begins a tag of the renderer's. */
static size_t
put_tag(struct finish *f, struct str rest)
{
	if (rest.len > 3 && rest.at[1] == 'h' && rest.at[2] >= '1' && rest.at[2] <= '6' &&
	    f->next_id < f->n_ids) {
		buf_printf(f->out, "<h%c id=\"%s\"", rest.at[2], f->ids[f->next_id++]);
		return 3;
	}
	if (str_starts(rest, STR("<a href=\"http"))) {
		buf_puts(f->out, "<a rel=\"noopener\" ");
		return 3;
	}
	if (str_starts(rest, STR("<img src=\"/media/")))
		return put_image(f, rest);
	buf_putc(f->out, '<');
	return 1;
}

static enum err
write_html(void *arg)
{
	struct finish *f = arg;

	find_ids(f, f->doc);
	f->html = cmark_render_html(f->doc, CMARK_OPT_DEFAULT);
	return f->html == NULL ? ERR_MEMORY : ERR_NONE;
}

enum err
markdown_html(struct cmark_node *doc, const struct markdown_media *media, struct buf *out)
{
	struct finish *f = calloc(1, sizeof *f);
	struct str rest = STR_NONE;
	enum err e = ERR_MEMORY;

	if (f != NULL) {
		*f = (struct finish){.doc = doc, .media = media, .out = out};
		if ((e = markdown_run(doc, write_html, f)) == ERR_NONE)
			rest = str_of(f->html);
	}
	if (rest.len > LARGEST_HTML)
		e = ERR_TOO_LARGE;
	while (e == ERR_NONE && rest.len > 0) {
		size_t plain = str_find(rest, STR("<"));

		buf_put(out, str_slice(rest, 0, plain));
		rest = str_slice(rest, plain, rest.len);
		if (rest.len > 0)
			rest = str_slice(rest, put_tag(f, rest), rest.len);
	}
	free(f);
	return e == ERR_NONE && out->failed ? ERR_MEMORY : e;
}
