/* teaser.c: the cut is made on the parsed and set tree, so that what is left closes by itself. */
#include "format/teaser.h"

#include <cmark.h>
#include <stdlib.h>
#include <string.h>

#include "format/figures.h"
#include "format/markdown.h"
#include "format/markdown_memory.h"
#include "format/words.h"

/* A block that holds text itself, or a figure as a whole; in the order of the text. */
struct piece {
	cmark_node *node;
	size_t words;
	bool top; /* right below the document */
};

struct pieces {
	struct piece *at;
	size_t n, cap;
	size_t words;
	size_t end; /* pieces from here on lie behind the marker <!--more-->; n without one */
};

static enum err
pieces_add(struct pieces *p, cmark_node *node, struct buf *text)
{
	struct piece piece = {.node = node, .top = cmark_node_parent(cmark_node_parent(node)) == NULL};
	enum err e;

	if (p->n == p->cap) {
		struct piece *at = realloc(p->at, (p->cap * 2 + 32) * sizeof *at);

		if (at == NULL)
			return ERR_MEMORY;
		p->at = at;
		p->cap = p->cap * 2 + 32;
	}
	buf_clear(text);
	markdown_text(node, text);
	if (text->failed || (e = words_count(buf_str(text), &piece.words)) != ERR_NONE)
		return ERR_MEMORY;
	p->words += piece.words;
	p->at[p->n++] = piece;
	return ERR_NONE;
}

static enum err
pieces_collect(struct pieces *p, cmark_node *doc)
{
	cmark_iter *iter = cmark_iter_new(doc);
	struct buf text = BUF_EMPTY;
	cmark_event_type event;
	enum err e = ERR_NONE;

	p->end = SIZE_MAX;
	while (e == ERR_NONE && (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(iter);

		if (event != CMARK_EVENT_ENTER)
			continue;
		switch (cmark_node_get_type(node)) {
		case CMARK_NODE_CUSTOM_BLOCK:
			if (figures_mark(node) == MARK_MORE && p->end == SIZE_MAX)
				p->end = p->n;
			cmark_iter_reset(iter, node, CMARK_EVENT_EXIT);
			e = pieces_add(p, node, &text);
			break;
		case CMARK_NODE_PARAGRAPH:
		case CMARK_NODE_HEADING:
		case CMARK_NODE_CODE_BLOCK:
		case CMARK_NODE_THEMATIC_BREAK: e = pieces_add(p, node, &text); break;
		default: break;
		}
	}
	if (p->end == SIZE_MAX)
		p->end = p->n;
	cmark_iter_free(iter);
	buf_free(&text);
	return e;
}

static void
drop(cmark_node *node)
{
	cmark_node_unlink(node);
	cmark_node_free(node);
}

/* Drops all that follows node below top. */
static void
drop_after(cmark_node *node, const cmark_node *top)
{
	for (; node != top; node = cmark_node_parent(node))
		while (cmark_node_next(node) != NULL)
			drop(cmark_node_next(node));
}

/* Drops the node and what it leaves empty above it. */
static void
drop_with_shells(cmark_node *node, const cmark_node *top)
{
	cmark_node *above = cmark_node_parent(node);

	drop(node);
	while (above != top && cmark_node_first_child(above) == NULL) {
		node = above;
		above = cmark_node_parent(node);
		drop(node);
	}
}

/* A paragraph laid flat: its text, and for each byte whether a cut before it would fall inside a link or code. */
struct flat {
	struct buf text, fixed;
};

static void
flat_fix(struct flat *f, size_t from, size_t to)
{
	for (size_t i = from + 1; i < to && !f->fixed.failed; i++)
		f->fixed.data[i] = 1;
}

static void
flat_put(struct flat *f, struct str s)
{
	buf_put(&f->text, s);
	for (size_t i = 0; i < s.len; i++)
		buf_putc(&f->fixed, 0);
}

static void
flat_lay(struct flat *f, cmark_node *paragraph)
{
	cmark_iter *iter = cmark_iter_new(paragraph);
	cmark_event_type event;
	size_t link = 0, from;
	int images = 0;

	while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(iter);

		from = f->text.len;
		switch (cmark_node_get_type(node)) {
		case CMARK_NODE_IMAGE: images += event == CMARK_EVENT_ENTER ? 1 : -1; break;
		case CMARK_NODE_LINK:
			if (event == CMARK_EVENT_ENTER)
				link = from;
			else
				flat_fix(f, link, from);
			break;
		case CMARK_NODE_TEXT:
		case CMARK_NODE_CODE:
			if (images == 0)
				flat_put(f, str_of(cmark_node_get_literal(node)));
			if (cmark_node_get_type(node) == CMARK_NODE_CODE)
				flat_fix(f, from, f->text.len);
			break;
		case CMARK_NODE_SOFTBREAK:
		case CMARK_NODE_LINEBREAK:
			if (images == 0)
				flat_put(f, STR("\n"));
			break;
		default: break;
		}
	}
	cmark_iter_free(iter);
}

/* The leaf that holds the byte before end; *from is where it begins. */
static cmark_node *
leaf_before(cmark_node *paragraph, size_t end, size_t *from)
{
	cmark_iter *iter = cmark_iter_new(paragraph);
	cmark_node *leaf = NULL;
	cmark_event_type event;
	size_t at = 0;
	int images = 0;

	while (at < end && (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(iter);
		cmark_node_type type = cmark_node_get_type(node);
		size_t len = 0;

		if (type == CMARK_NODE_IMAGE)
			images += event == CMARK_EVENT_ENTER ? 1 : -1;
		else if (images == 0 && (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE))
			len = strlen(cmark_node_get_literal(node));
		else if (images == 0 && (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK))
			len = 1;
		if (len > 0) {
			leaf = node;
			*from = at;
		}
		at += len;
	}
	cmark_iter_free(iter);
	return leaf;
}

/* Ends the paragraph at byte end of its text, with "…". */
static enum err
cut_at(cmark_node *paragraph, size_t end)
{
	struct buf text = BUF_EMPTY;
	size_t from = 0;
	cmark_node *leaf = leaf_before(paragraph, end, &from), *last = leaf, *dots;
	enum err e = ERR_NONE;

	if (leaf == NULL)
		return ERR_INTERNAL;
	for (cmark_node *n = leaf; n != paragraph; n = cmark_node_parent(n))
		if (cmark_node_get_type(n) == CMARK_NODE_LINK)
			last = n;
	if (last == leaf && cmark_node_get_type(leaf) == CMARK_NODE_TEXT) {
		buf_put(&text, str_slice(str_of(cmark_node_get_literal(leaf)), 0, end - from));
		buf_put(&text, STR("…\0"));
		if (text.failed || !cmark_node_set_literal(leaf, text.data))
			e = ERR_MEMORY;
		buf_free(&text);
	} else {
		dots = cmark_node_new_with_mem(CMARK_NODE_TEXT, markdown_memory_here());
		(void)cmark_node_set_literal(dots, "…");
		if (!cmark_node_insert_after(last, dots))
			e = ERR_INTERNAL;
		else
			last = dots;
	}
	drop_after(last, paragraph);
	return e;
}

/* Cuts a paragraph to at most so many words. *shown 0: it has no place to be cut at, and is as it was. */
static enum err
cut_paragraph(cmark_node *paragraph, size_t words, size_t *shown)
{
	struct flat f = {BUF_EMPTY, BUF_EMPTY};
	struct words_limit limit = {words, SIZE_MAX};
	size_t end = 0;
	enum err e;

	*shown = 0;
	flat_lay(&f, paragraph);
	e = f.text.failed || f.fixed.failed ? ERR_MEMORY
	                                    : words_cut(buf_str(&f.text), f.fixed.data, limit, &end);
	if (e == ERR_NONE && end > 0)
		e = words_count(str_slice(buf_str(&f.text), 0, end), shown);
	if (e == ERR_NONE && *shown > 0)
		e = cut_at(paragraph, end);
	buf_free(&f.text);
	buf_free(&f.fixed);
	return e;
}

/* The words and the pieces that may be shown. */
static size_t
budget(struct pieces *p, struct teaser_limit limit, bool open)
{
	size_t words = p->words, cap = p->words - (p->words + 2) / 3, paragraphs = 0;

	if (p->end == p->n && limit.unit == TEASER_PERCENT)
		words = p->words * limit.amount < 100 ? 1 : p->words * limit.amount / 100;
	else if (p->end == p->n && limit.unit == TEASER_WORDS && limit.amount < words)
		words = limit.amount;
	for (size_t i = 0; i < p->end && p->end == p->n && limit.unit == TEASER_PARAGRAPHS; i++) {
		paragraphs += p->at[i].top && cmark_node_get_type(p->at[i].node) == CMARK_NODE_PARAGRAPH;
		if (paragraphs == limit.amount)
			p->end = i + 1;
	}
	if (!open && p->words == 0)
		p->end = 0;
	return open || words < cap ? words : cap;
}

static bool
may_end_with(cmark_node *node)
{
	cmark_node_type type = cmark_node_get_type(node);

	return type != CMARK_NODE_HEADING && type != CMARK_NODE_THEMATIC_BREAK;
}

/* Keeps the first pieces and drops the others, and what a text does not end with. */
static void
keep(cmark_node *doc, struct pieces *p, size_t kept, size_t *shown)
{
	if (kept < p->n) {
		drop_after(p->at[kept].node, doc);
		drop_with_shells(p->at[kept].node, doc);
	}
	while (kept > 0 && kept < p->n && !may_end_with(p->at[kept - 1].node)) {
		*shown -= p->at[--kept].words;
		drop_after(p->at[kept].node, doc);
		drop_with_shells(p->at[kept].node, doc);
	}
}

static unsigned
percent_left(size_t words, size_t shown)
{
	size_t percent = words == 0 ? 100 : ((words - shown) * 200 + words) / (words * 2);

	return shown == 0 ? 100 : percent > 99 ? 99 : (unsigned)percent;
}

struct cutting {
	cmark_node *doc;
	struct teaser_limit limit;
	bool open;
	struct teaser *out;
	struct buf *text;
};

static enum err
cut(void *arg)
{
	const struct cutting *c = arg;
	struct pieces p = {0};
	size_t most, i = 0, shown = 0, part = 0;
	enum err e = pieces_collect(&p, c->doc);

	if (e == ERR_NONE) {
		most = budget(&p, c->limit, c->open);
		while (i < p.end && shown + p.at[i].words <= most)
			shown += p.at[i++].words;
		if (i < p.end && cmark_node_get_type(p.at[i].node) == CMARK_NODE_PARAGRAPH)
			e = cut_paragraph(p.at[i].node, most - shown, &part);
		if (part > 0)
			drop_after(p.at[i].node, c->doc);
		else
			keep(c->doc, &p, i, &shown);
		shown += part;
		*c->out = (struct teaser){
		    p.words, c->open ? p.words : shown, c->open ? 0 : percent_left(p.words, shown)};
	}
	free(p.at);
	return e;
}

enum err
teaser_cut(struct cmark_node *doc, struct teaser_limit limit, bool open, struct teaser *out)
{
	struct cutting c = {doc, limit, open, out, NULL};

	return markdown_run(doc, cut, &c);
}

static enum err
put_text(void *arg)
{
	const struct cutting *c = arg;
	cmark_iter *iter = cmark_iter_new(c->doc);
	cmark_event_type event;

	while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(iter);

		if (event != CMARK_EVENT_ENTER)
			continue;
		if (cmark_node_get_type(node) == CMARK_NODE_CUSTOM_BLOCK) {
			cmark_iter_reset(iter, node, CMARK_EVENT_EXIT);
		} else if (cmark_node_get_type(node) == CMARK_NODE_PARAGRAPH) {
			if (c->text->len > 0)
				buf_putc(c->text, ' ');
			markdown_text(node, c->text);
		}
	}
	cmark_iter_free(iter);
	return ERR_NONE;
}

void
teaser_text(struct cmark_node *doc, struct buf *out)
{
	struct cutting c = {.doc = doc, .text = out};

	if (markdown_run(doc, put_text, &c) != ERR_NONE)
		out->failed = true;
}
