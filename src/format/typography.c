/* typography.c: strings and trees to runs of glyphs, and back. */
#include "format/typography.h"

#include <cmark.h>
#include <stdlib.h>

#include "format/glyphs.h"
#include "format/markdown_memory.h"

void
typography_apply(const char *language, struct str text, struct buf *out)
{
	struct glyphs in = {0}, set = {0};

	glyphs_put_utf8(&in, text, 0);
	glyphs_set(language, &in, &set);
	for (size_t i = 0; i < set.n; i++)
		buf_put_code(out, set.at[i].code);
	if (in.failed || set.failed)
		out->failed = true;
	glyphs_free(&in);
	glyphs_free(&set);
}

/* One run of inline text: the nodes that it came from, in order; a glyph's part is the index of its node. */
struct run {
	const char *language;
	cmark_node **nodes;
	size_t count, cap;
	struct glyphs in, set;
	struct buf text;
	bool failed;
};

static bool
run_add(struct run *r, cmark_node *node)
{
	if (r->count == r->cap) {
		size_t cap = r->cap == 0 ? 32 : r->cap * 2;
		cmark_node **nodes = realloc(r->nodes, cap * sizeof *nodes);

		if (nodes == NULL) {
			r->failed = true;
			return false;
		}
		r->nodes = nodes;
		r->cap = cap;
	}
	r->nodes[r->count++] = node;
	return true;
}

static void
run_take(struct run *r, cmark_node *node)
{
	uint32_t part = (uint32_t)r->count;

	if (!run_add(r, node))
		return;
	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_TEXT: glyphs_put_utf8(&r->in, str_of(cmark_node_get_literal(node)), part); break;
	case CMARK_NODE_SOFTBREAK: glyphs_put(&r->in, '\n', part, false); break;
	case CMARK_NODE_LINEBREAK: glyphs_put(&r->in, '\n', part, true); break;
	default: glyphs_put(&r->in, GLYPH_OBJECT, part, true); break;
	}
}

/* Gives the text to the node, when it is another one. A soft break that became a fixed space becomes text. */
static bool
run_give(cmark_node *node, struct buf *text)
{
	cmark_node *fresh;
	struct str now;

	buf_putc(text, '\0');
	if (text->failed)
		return false;
	now = str_slice(buf_str(text), 0, text->len - 1);
	if (cmark_node_get_type(node) == CMARK_NODE_TEXT)
		return str_eq(now, str_of(cmark_node_get_literal(node))) ||
		       cmark_node_set_literal(node, text->data);
	if (cmark_node_get_type(node) != CMARK_NODE_SOFTBREAK || str_eq(now, STR("\n")))
		return true;
	fresh = cmark_node_new_with_mem(CMARK_NODE_TEXT, markdown_memory_here());
	if (!cmark_node_set_literal(fresh, text->data) || !cmark_node_replace(node, fresh)) {
		cmark_node_free(fresh);
		return false;
	}
	cmark_node_free(node);
	return true;
}

static void
run_flush(struct run *r)
{
	size_t i = 0;

	if (r->count == 0)
		return;
	glyphs_set(r->language, &r->in, &r->set);
	if (r->in.failed || r->set.failed)
		r->failed = true;
	for (size_t part = 0; part < r->count && !r->failed; part++) {
		buf_clear(&r->text);
		for (; i < r->set.n && r->set.at[i].part == part; i++)
			buf_put_code(&r->text, r->set.at[i].code);
		r->failed = !run_give(r->nodes[part], &r->text);
	}
	r->count = 0;
	glyphs_clear(&r->in);
}

enum err
typography_tree(const char *language, struct cmark_node *root)
{
	struct run r = {.language = language};
	cmark_iter *iter;
	cmark_event_type event;

	cmark_consolidate_text_nodes(root);
	iter = cmark_iter_new(root);
	while (!r.failed && (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(iter);
		cmark_node_type type = cmark_node_get_type(node);

		if (type <= CMARK_NODE_LAST_BLOCK || type == CMARK_NODE_IMAGE)
			run_flush(&r);
		else if (type == CMARK_NODE_TEXT || type == CMARK_NODE_SOFTBREAK ||
		         type == CMARK_NODE_LINEBREAK || type == CMARK_NODE_CODE)
			run_take(&r, node);
	}
	cmark_iter_free(iter);
	free(r.nodes);
	glyphs_free(&r.in);
	glyphs_free(&r.set);
	buf_free(&r.text);
	return r.failed ? ERR_MEMORY : ERR_NONE;
}
