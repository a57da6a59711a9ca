/* figures.c: paragraphs and block quotes replaced by custom blocks around the same inline nodes. */
#include "format/figures.h"

#include <cmark.h>
#include <stdlib.h>
#include <string.h>

#include "format/markdown_memory.h"

#define DASH "\xe2\x80\x94" /* — */

enum block_mark
figures_mark(struct cmark_node *node)
{
	return cmark_node_get_type(node) == CMARK_NODE_CUSTOM_BLOCK
	           ? (enum block_mark)(uintptr_t)cmark_node_get_user_data(node)
	           : MARK_NONE;
}

void
figures_set_mark(struct cmark_node *node, enum block_mark mark)
{
	(void)cmark_node_set_user_data(node, (void *)(uintptr_t)mark);
}

bool
figures_media_name(struct str url, struct str *name)
{
	if (str_starts(url, STR("/media/")))
		url = str_slice(url, 7, url.len);
	else if (str_starts(url, STR("./")))
		url = str_slice(url, 2, url.len);
	if (url.len == 0 || url.len > 200 || url.at[0] == '/' || url.at[0] == '.')
		return false;
	for (size_t i = 0; i < url.len; i++) {
		char c = url.at[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		        c == '.' || c == '_' || c == '-' || (c == '/' && url.at[i - 1] != '/')))
			return false;
	}
	*name = url;
	return str_find(url, STR("..")) == url.len && url.at[url.len - 1] != '/';
}

static cmark_node *
custom(cmark_node_type type, const char *enter, const char *leave)
{
	cmark_node *n = cmark_node_new_with_mem(type, markdown_memory_here());

	(void)cmark_node_set_on_enter(n, enter);
	(void)cmark_node_set_on_exit(n, leave);
	return n;
}

static cmark_node *
text_node(struct str s)
{
	cmark_node *n = cmark_node_new_with_mem(CMARK_NODE_TEXT, markdown_memory_here());
	char *copy = strndup(s.at, s.len);

	if (copy != NULL)
		(void)cmark_node_set_literal(n, copy);
	free(copy);
	return n;
}

static bool
is_credit(struct str s)
{
	static const char *const starts[] = {
	    "Crédit", "crédit", "Credit", "©", "Photo", "Illustration", "Dessin", NULL};
	size_t i = 0;

	while (starts[i] != NULL && !str_starts(s, str_of(starts[i])))
		i++;
	return starts[i] != NULL;
}

/* "Légende — Crédit : X" is a caption and a credit; either may be missing. */
static void
split_title(struct str title, struct str *caption, struct str *credit)
{
	size_t at = str_find(title, STR(" " DASH " "));

	title = str_trim(title);
	*caption = is_credit(title) ? STR_NONE : title;
	*credit = is_credit(title) ? title : STR_NONE;
	if (at < title.len && !is_credit(title)) {
		*caption = str_trim(str_slice(title, 0, at));
		*credit = str_trim(str_slice(title, at + 5, title.len));
	}
}

/* Writes the caption and credit of an image's title into a <figcaption>; NULL when the title is empty. */
static cmark_node *
caption_node(cmark_node *image)
{
	struct str caption, credit;
	cmark_node *box, *inner;

	split_title(str_of(cmark_node_get_title(image)), &caption, &credit);
	if (caption.len + credit.len == 0)
		return NULL;
	box = custom(CMARK_NODE_CUSTOM_INLINE, "<figcaption>", "</figcaption>");
	if (caption.len > 0)
		cmark_node_append_child(box, text_node(caption));
	if (caption.len > 0 && credit.len > 0)
		cmark_node_append_child(box, text_node(STR(" ")));
	if (credit.len > 0) {
		inner = custom(CMARK_NODE_CUSTOM_INLINE, "<small class=\"credit\">", "</small>");
		cmark_node_append_child(inner, text_node(credit));
		cmark_node_append_child(box, inner);
	}
	return box;
}

static void
make_figure(cmark_node *paragraph, cmark_node *image)
{
	cmark_node *figure = custom(CMARK_NODE_CUSTOM_BLOCK, "<figure>", "</figure>");
	cmark_node *caption = caption_node(image);

	figures_set_mark(figure, MARK_FIGURE);
	(void)cmark_node_replace(paragraph, figure);
	cmark_node_unlink(image);
	cmark_node_append_child(figure, image);
	if (caption != NULL)
		cmark_node_append_child(figure, caption);
	cmark_node_free(paragraph);
}

static bool
is_break(cmark_node *n)
{
	return cmark_node_get_type(n) == CMARK_NODE_SOFTBREAK ||
	       cmark_node_get_type(n) == CMARK_NODE_LINEBREAK;
}

/* The text after the dash when the node begins a line of attribution; at == NULL when not. */
static struct str
after_dash(cmark_node *n)
{
	struct str s = STR_NONE;

	if (n != NULL && cmark_node_get_type(n) == CMARK_NODE_TEXT)
		s = str_of(cmark_node_get_literal(n));
	if (str_starts(s, STR(DASH " ")))
		return str_slice(s, 4, s.len);
	if (str_starts(s, STR(DASH "\xc2\xa0")))
		return str_slice(s, 5, s.len);
	return (struct str){NULL, 0};
}

/* The first node of the attribution: the last line, or the last but one when that begins with the dash. */
static cmark_node *
attribution(cmark_node *quote)
{
	cmark_node *last = cmark_node_last_child(quote), *n;
	int breaks = 0;

	if (last == NULL || cmark_node_get_type(last) != CMARK_NODE_PARAGRAPH)
		return NULL;
	for (n = cmark_node_last_child(last); n != NULL; n = cmark_node_previous(n)) {
		cmark_node *before = cmark_node_previous(n);

		if ((before == NULL || is_break(before)) && after_dash(n).at != NULL)
			return before == NULL && cmark_node_previous(last) == NULL ? NULL : n;
		breaks += is_break(n);
		if (breaks > 1)
			return NULL;
	}
	return NULL;
}

/* Moves n and all that follows it to the end of box. */
static void
move_rest(cmark_node *n, cmark_node *box)
{
	while (n != NULL) {
		cmark_node *next = cmark_node_next(n);

		cmark_node_unlink(n);
		if (!cmark_node_append_child(box, n))
			cmark_node_free(n);
		n = next;
	}
}

static struct str
after_spaces(struct str s)
{
	while (s.len > 0 && s.at[0] == ' ')
		s = str_slice(s, 1, s.len);
	return s;
}

/* Parts "name, office" or "name<break>office": what belongs to the office moves to its own box. */
static void
split_office(cmark_node *name, cmark_node *office)
{
	cmark_node *n = cmark_node_first_child(name);

	for (; n != NULL; n = cmark_node_next(n)) {
		struct str s = str_of(
		    cmark_node_get_type(n) == CMARK_NODE_TEXT ? cmark_node_get_literal(n) : NULL);
		size_t comma = str_find(s, STR(","));

		if (is_break(n)) {
			move_rest(cmark_node_next(n), office);
			cmark_node_unlink(n);
			cmark_node_free(n);
			return;
		}
		if (comma < s.len) {
			cmark_node *first = text_node(after_spaces(str_slice(s, comma + 1, s.len)));
			cmark_node *kept = text_node(str_slice(s, 0, comma));
			cmark_node *rest = cmark_node_next(n);

			(void)cmark_node_replace(n, kept);
			cmark_node_free(n);
			cmark_node_append_child(office, first);
			if (rest != NULL && is_break(rest) && cmark_node_get_literal(first)[0] == '\0') {
				cmark_node_unlink(rest);
				cmark_node_free(rest);
				rest = cmark_node_next(kept);
			}
			move_rest(rest, office);
			return;
		}
	}
}

static void
make_pullquote(cmark_node *quote, cmark_node *first)
{
	cmark_node *paragraph = cmark_node_parent(first), *before = cmark_node_previous(first);
	cmark_node *figure = custom(CMARK_NODE_CUSTOM_BLOCK, "<figure class=\"pullquote\">", "</figure>");
	cmark_node *caption = custom(CMARK_NODE_CUSTOM_INLINE, "<figcaption>", "</figcaption>");
	cmark_node *name = custom(CMARK_NODE_CUSTOM_INLINE, "<strong class=\"name\">", "</strong>");
	cmark_node *office = custom(CMARK_NODE_CUSTOM_INLINE, "<span class=\"office\">", "</span>");
	cmark_node *bare = text_node(after_dash(first));

	(void)cmark_node_replace(first, bare);
	cmark_node_free(first);
	if (before != NULL) {
		cmark_node_unlink(before);
		cmark_node_free(before);
	}
	move_rest(bare, name);
	split_office(name, office);
	if (cmark_node_first_child(paragraph) == NULL) {
		cmark_node_unlink(paragraph);
		cmark_node_free(paragraph);
	}
	cmark_node_append_child(caption, name);
	if (cmark_node_first_child(office) != NULL) {
		cmark_node_append_child(caption, text_node(STR(" ")));
		cmark_node_append_child(caption, office);
	} else {
		cmark_node_free(office);
	}
	figures_set_mark(figure, MARK_PULLQUOTE);
	(void)cmark_node_replace(quote, figure);
	cmark_node_append_child(figure, quote);
	cmark_node_append_child(figure, caption);
}

/* Gives an image its address below /media/, or drops it. */
static void
settle_image(cmark_node *image)
{
	struct str name;
	char url[256] = "/media/";

	if (!figures_media_name(str_of(cmark_node_get_url(image)), &name)) {
		cmark_node_unlink(image);
		cmark_node_free(image);
		return;
	}
	memcpy(url + 7, name.at, name.len);
	url[7 + name.len] = '\0';
	(void)cmark_node_set_url(image, url);
	(void)cmark_node_set_title(image, "");
}

static void
settle_paragraph(cmark_node *paragraph)
{
	cmark_node *only = cmark_node_first_child(paragraph);
	struct str name;

	if (only != NULL && cmark_node_get_type(only) == CMARK_NODE_IMAGE && cmark_node_next(only) == NULL &&
	    figures_media_name(str_of(cmark_node_get_url(only)), &name))
		make_figure(paragraph, only);
}

static void
settle_quote(cmark_node *quote)
{
	cmark_node *first = attribution(quote);

	if (first != NULL)
		make_pullquote(quote, first);
}

/* Calls settle on every node of the type, the last one first, so that what a node holds comes before it. */
static enum err
settle_all(cmark_node *doc, cmark_node_type type, void (*settle)(cmark_node *node))
{
	cmark_iter *iter = cmark_iter_new(doc);
	cmark_event_type event;
	cmark_node **found = NULL;
	size_t n = 0, cap = 0;
	enum err e = ERR_NONE;

	while (e == ERR_NONE && (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(iter);

		if (event != CMARK_EVENT_ENTER || cmark_node_get_type(node) != type)
			continue;
		if (n == cap) {
			cmark_node **more = realloc(found, (cap = cap * 2 + 16) * sizeof *more);

			if (more == NULL) {
				e = ERR_MEMORY;
				break;
			}
			found = more;
		}
		found[n++] = node;
	}
	cmark_iter_free(iter);
	while (e == ERR_NONE && n > 0)
		settle(found[--n]);
	free(found);
	return e;
}

enum err
figures_make(struct cmark_node *doc)
{
	enum err e;

	cmark_consolidate_text_nodes(doc);
	if ((e = settle_all(doc, CMARK_NODE_PARAGRAPH, settle_paragraph)) != ERR_NONE ||
	    (e = settle_all(doc, CMARK_NODE_BLOCK_QUOTE, settle_quote)) != ERR_NONE)
		return e;
	return settle_all(doc, CMARK_NODE_IMAGE, settle_image);
}
