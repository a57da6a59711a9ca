/* template_parse.c: from paired tags to operations, with the whitespace rules of the Mustache specification. */
#include "format/template_parse.h"

#include <stdlib.h>
#include <string.h>

#include "format/template_scan.h"

#define LONGEST_SOURCE ((size_t)1 << 20)
#define DEEPEST 64

struct parser {
	struct str source;
	struct template_tags tags;
	struct template_code *code;
	const struct template_namer *namer;
	struct fault *f;
	enum err error;             /* the first one; nothing is added after it */
	size_t pos;                 /* source before it has been taken in */
	size_t barrier;             /* operations before it are jumped to: text may not be merged into them */
	bool line_start;            /* what comes next begins a line of this template */
	struct str dedent[DEEPEST]; /* taken off each source line, outermost first */
	size_t dedents;
};

static size_t parse_range(struct parser *p, size_t i, size_t end);

/* Appends an operation and returns its index. */
static size_t
push(struct parser *p, enum template_kind kind, uint32_t line)
{
	struct template_code *c = p->code;

	if (c->n == c->cap) {
		size_t cap = c->cap == 0 ? 4 : c->cap * 2; /* most are one text of the interface */
		struct template_op *ops = reallocarray(c->ops, cap, sizeof *ops);

		if (ops == NULL) {
			p->error = ERR_MEMORY;
			return 0;
		}
		c->ops = ops;
		c->cap = cap;
	}
	c->ops[c->n] = (struct template_op){.kind = (uint8_t)kind, .line = line, .number = TEMPLATE_NOWHERE};
	return c->n++;
}

static void
close_op(struct parser *p, size_t op)
{
	if (p->error != ERR_NONE)
		return;
	p->code->ops[op].next = (uint32_t)p->code->n;
	p->barrier = p->code->n;
}

static uint32_t
pool_put(struct parser *p, struct str s)
{
	size_t at = p->code->pool.len;

	buf_put(&p->code->pool, s);
	return (uint32_t)at;
}

/* One piece of text that holds at most one line end, at its end. */
static void
add_text(struct parser *p, struct str s)
{
	struct template_code *c = p->code;
	struct template_op *op = c->n > p->barrier ? &c->ops[c->n - 1] : NULL;
	size_t i;

	if (c->pool.failed)
		p->error = ERR_MEMORY;
	if (s.len == 0 || p->error != ERR_NONE)
		return;
	if (op != NULL && op->kind == OP_TEXT && (c->pool.data[c->pool.len - 1] == '\n') == p->line_start) {
		(void)pool_put(p, s);
		op->len += (uint32_t)s.len;
	} else {
		i = push(p, OP_TEXT, 0);
		if (p->error != ERR_NONE)
			return;
		c->ops[i].text = pool_put(p, s);
		c->ops[i].len = (uint32_t)s.len;
		c->ops[i].own_line = p->line_start;
	}
	p->line_start = s.at[s.len - 1] == '\n';
}

/* Where the line that begins at from begins once the indentation of the blocks around it is gone. */
static size_t
dedented(const struct parser *p, size_t from, size_t end)
{
	for (size_t i = 0; i < p->dedents; i++)
		if (str_starts(str_slice(p->source, from, end), p->dedent[i]))
			from += p->dedent[i].len;
	return from;
}

static void
take_text(struct parser *p, size_t end)
{
	while (p->pos < end) {
		const char *nl = memchr(p->source.at + p->pos, '\n', end - p->pos);
		size_t from = p->pos, to = nl == NULL ? end : (size_t)(nl - p->source.at) + 1;

		if (from == 0 || p->source.at[from - 1] == '\n')
			from = dedented(p, from, to);
		add_text(p, str_slice(p->source, from, to));
		p->pos = to;
	}
}

/* Takes the text before a tag and moves behind it; with cut, without the rest of its line. */
static void
pass(struct parser *p, const struct template_tag *tag, bool cut)
{
	take_text(p, cut ? tag->line_from : tag->from);
	if (!cut && p->line_start)
		(void)push(p, OP_INDENT, tag->line);
	p->pos = cut ? tag->line_end : tag->to;
	p->line_start = cut;
}

static struct str
blanks_before(const struct parser *p, const struct template_tag *tag)
{
	return str_slice(p->source, dedented(p, tag->line_from, tag->from), tag->from);
}

/* What the line behind a tag that ends its own is indented by. */
static struct str
blanks_after(const struct parser *p, const struct template_tag *tag)
{
	size_t from = dedented(p, tag->line_end, p->source.len), to = from;

	while (to < p->source.len && (p->source.at[to] == ' ' || p->source.at[to] == '\t'))
		to++;
	return str_slice(p->source, from, to);
}

static bool
stands_alone(const struct template_tag *tag)
{
	return tag->left && tag->right;
}

static void
refuse(struct parser *p, const struct template_tag *tag, const char *what)
{
	if (p->error == ERR_NONE)
		p->error = fault_set(p->f, ERR_INVALID, "%s:%u: {{%s" STR_FMT "}} %s", p->code->label,
		    tag->line, template_tag_mark(tag->kind), STR_ARG(tag->name), what);
}

static void
set_path(struct parser *p, size_t op, struct str name)
{
	struct template_op *o = &p->code->ops[op];
	struct str rest = name, part;

	o->text = (uint32_t)p->code->pool.len;
	if (!str_eq(name, STR(".")))
		for (; str_split(&rest, '.', &part); o->parts++) {
			buf_put(&p->code->pool, part);
			buf_putc(&p->code->pool, '\0');
		}
	o->len = (uint32_t)p->code->pool.len - o->text;
}

static void
set_indent(struct parser *p, size_t op, bool own_line, struct str indent)
{
	p->code->ops[op].own_line = own_line;
	p->code->ops[op].indent = pool_put(p, indent);
	p->code->ops[op].indent_len = (uint32_t)indent.len;
}

static void
parse_value(struct parser *p, const struct template_tag *tag)
{
	size_t op;

	pass(p, tag, false);
	if (tag->kind == TAG_RAW && !p->namer->raw_anywhere && !str_ends(tag->name, STR("_html")))
		refuse(
		    p, tag, "is raw output, which only names that end in _html may be; write it as {{name}}");
	op = push(p, tag->kind == TAG_RAW ? OP_RAW : OP_VALUE, tag->line);
	if (p->error == ERR_NONE)
		set_path(p, op, tag->name);
}

static void
parse_section(struct parser *p, size_t i)
{
	const struct template_tag *tag = &p->tags.at[i], *end = &p->tags.at[tag->mate];
	size_t op;

	pass(p, tag, stands_alone(tag));
	op = push(p, tag->kind == TAG_SECTION ? OP_SECTION : OP_INVERTED, tag->line);
	if (p->error != ERR_NONE)
		return;
	set_path(p, op, tag->name);
	(void)parse_range(p, i + 1, tag->mate);
	pass(p, end, stands_alone(end));
	close_op(p, op);
}

/* A CALL: own_line tells that it stands alone, and its indentation goes before each line of the other template. */
static size_t
push_call(struct parser *p, const struct template_tag *tag, bool own_line)
{
	size_t op = push(p, OP_CALL, tag->line);

	if (!template_name_ok(tag->name))
		refuse(p, tag, "is not the name of a template; write letters, digits, _ - . and / only");
	if (p->error != ERR_NONE)
		return op;
	p->code->ops[op].text = pool_put(p, tag->name);
	p->code->ops[op].len = (uint32_t)tag->name.len;
	set_indent(p, op, own_line, own_line ? blanks_before(p, tag) : STR_NONE);
	return op;
}

static void
parse_partial(struct parser *p, const struct template_tag *tag)
{
	size_t op;

	pass(p, tag, stands_alone(tag));
	op = push_call(p, tag, stands_alone(tag));
	close_op(p, op);
}

static size_t
push_named(struct parser *p, enum template_kind kind, const struct template_tag *tag)
{
	size_t op = push(p, kind, tag->line);

	if (p->error == ERR_NONE) {
		p->code->ops[op].number = p->namer->number(p->namer->user, tag->name);
		if (p->code->ops[op].number == TEMPLATE_NOWHERE)
			p->error = ERR_MEMORY;
	}
	return op;
}

/* A block directly inside a parent: what it is indented by at home is taken off, to be put on where it is used. */
static void
parse_argument(struct parser *p, size_t i)
{
	const struct template_tag *tag = &p->tags.at[i], *end = &p->tags.at[tag->mate];
	size_t op = push_named(p, OP_ARGUMENT, tag);
	size_t dedents = p->dedents;

	p->pos = tag->right ? tag->line_end : tag->to;
	p->line_start = true;
	if (tag->right && p->dedents < DEEPEST)
		p->dedent[p->dedents++] = blanks_after(p, tag);
	(void)parse_range(p, i + 1, tag->mate);
	take_text(p, end->left ? end->line_from : end->from);
	p->dedents = dedents;
	close_op(p, op);
}

static void
parse_parent(struct parser *p, size_t i)
{
	const struct template_tag *tag = &p->tags.at[i], *end = &p->tags.at[tag->mate];
	bool own_line = tag->left && end->right;
	size_t op;

	take_text(p, own_line ? tag->line_from : tag->from);
	if (!own_line && p->line_start)
		(void)push(p, OP_INDENT, tag->line);
	op = push_call(p, tag, own_line);
	for (i++; i < tag->mate && p->error == ERR_NONE; i++) {
		if (p->tags.at[i].kind == TAG_BLOCK) {
			parse_argument(p, i);
			i = p->tags.at[i].mate;
		} else if (p->tags.at[i].kind != TAG_COMMENT)
			refuse(p, &p->tags.at[i],
			    "stands directly in a parent and would never show; put it into a "
			    "{{$block}}");
	}
	p->pos = own_line ? end->line_end : end->to;
	p->line_start = own_line;
	close_op(p, op);
}

/* A block outside a parent: a place that others may fill. Alone on its line, it passes on the indentation of its
 * content; at the front of one, the blanks before it. */
static void
parse_block(struct parser *p, size_t i)
{
	const struct template_tag *tag = &p->tags.at[i], *end = &p->tags.at[tag->mate];
	bool alone = stands_alone(tag), whole = tag->left && end->right;
	struct str indent = !whole ? STR_NONE : alone ? blanks_after(p, tag) : blanks_before(p, tag);
	size_t op;

	take_text(p, alone || whole ? tag->line_from : tag->from);
	if (!alone && !whole && p->line_start)
		(void)push(p, OP_INDENT, tag->line);
	p->line_start = p->line_start && (alone || whole);
	op = push_named(p, OP_BLOCK, tag);
	if (p->error != ERR_NONE)
		return;
	set_indent(p, op, alone || whole, indent);
	if (whole && !alone)
		add_text(p, indent);
	p->pos = alone ? tag->line_end : tag->to;
	(void)parse_range(p, i + 1, tag->mate);
	take_text(p, stands_alone(end) ? end->line_from : end->from);
	if (!stands_alone(end) && p->line_start && p->code->n > op + 1)
		(void)push(p, OP_INDENT, end->line);
	p->pos = stands_alone(end) ? end->line_end : end->to;
	p->line_start = stands_alone(end);
	close_op(p, op);
}

/* Compiles the tags i..end; text behind the last of them is left to the caller. */
static size_t
parse_range(struct parser *p, size_t i, size_t end)
{
	for (; i < end && p->error == ERR_NONE; i++) {
		const struct template_tag *tag = &p->tags.at[i];

		switch (tag->kind) {
		case TAG_VARIABLE:
		case TAG_RAW: parse_value(p, tag); break;
		case TAG_SECTION:
		case TAG_INVERTED: parse_section(p, i); break;
		case TAG_PARTIAL: parse_partial(p, tag); break;
		case TAG_PARENT: parse_parent(p, i); break;
		case TAG_BLOCK: parse_block(p, i); break;
		case TAG_COMMENT: pass(p, tag, stands_alone(tag)); break;
		case TAG_CLOSE: break; /* taken with the tag it closes */
		}
		if (tag->kind == TAG_SECTION || tag->kind == TAG_INVERTED || tag->kind == TAG_PARENT ||
		    tag->kind == TAG_BLOCK)
			i = tag->mate;
	}
	return i;
}

enum err
template_parse(struct template_code *out, struct str source, const char *label,
    const struct template_namer *namer, struct fault *f)
{
	struct parser p = {.source = source, .code = out, .namer = namer, .f = f, .line_start = true};
	enum err e;

	*out = (struct template_code){.pool = BUF_EMPTY, .label = label};
	if (source.len > LONGEST_SOURCE)
		return fault_set(f, ERR_TOO_LARGE,
		    "%s:1: the template is longer than %zu KiB; move parts of it to "
		    "partials",
		    label, LONGEST_SOURCE / 1024);
	e = template_scan(&p.tags, source, label, f);
	if (e != ERR_NONE)
		return e;
	(void)parse_range(&p, 0, p.tags.n);
	take_text(&p, source.len);
	template_tags_free(&p.tags);
	if (p.error == ERR_NONE && out->pool.failed)
		p.error = ERR_MEMORY;
	if (p.error == ERR_MEMORY)
		(void)fault_set(f, ERR_MEMORY, "%s: out of memory", label);
	if (p.error != ERR_NONE)
		template_code_free(out);
	return p.error;
}

void
template_code_free(struct template_code *code)
{
	free(code->ops);
	buf_free(&code->pool);
	*code = (struct template_code){.pool = BUF_EMPTY};
}
