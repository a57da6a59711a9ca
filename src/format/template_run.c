/* template_run.c: the loop that writes pages. Everything it reads is shared between threads and stays as it is. */
#include "format/template_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/escape.h"

#define DEEPEST 160           /* sections, blocks and partials within each other, recursion included */
#define MOST_STEPS (1u << 22) /* operations and look-ups of one run: ends what would double at each level */

/* The items that names are looked up in, innermost first. */
struct scope {
	const json_t *item;
	const struct scope *outer;
};

struct indent {
	struct str text;
	const struct indent *outer; /* written before it */
};

/* The blocks that a parent tag fills. */
struct arguments {
	const struct template_code *code;
	uint32_t from, to;
	const struct arguments *outer; /* of the template that the tag stands in; these win */
};

struct place {
	const struct template_code *code;
	const struct indent *indent;
	const struct arguments *arguments;
	const struct scope *scope;
};

struct run {
	const struct template_program *program;
	struct buf *out;
	struct fault *f;
	size_t limit; /* out may not grow beyond it */
	uint32_t steps;
	unsigned depth;
};

static enum err run_ops(struct run *r, const struct place *at, uint32_t from, uint32_t to);

static struct str
pool_str(const struct place *at, uint32_t from, uint32_t len)
{
	return len == 0 ? STR_NONE : (struct str){at->code->pool.data + from, len};
}

static void
put_indent(struct buf *out, const struct indent *indent)
{
	if (indent == NULL)
		return;
	put_indent(out, indent->outer);
	buf_put(out, indent->text);
}

/* Text whose lines each get the indentation, empty ones excepted. */
static void
put_lines(struct buf *out, struct str text, bool line_start, const struct indent *indent)
{
	while (text.len > 0) {
		const char *nl = memchr(text.at, '\n', text.len);
		size_t n = nl == NULL ? text.len : (size_t)(nl - text.at) + 1;

		if (line_start && text.at[0] != '\n' && text.at[0] != '\r')
			put_indent(out, indent);
		buf_put(out, (struct str){text.at, n});
		text = str_slice(text, n, text.len);
		line_start = true;
	}
}

/* What the path of op leads to: the first part in the innermost object that has it, the others only from there.
 * NULL: nowhere. Empty path: the current item. */
static const json_t *
look_up(struct run *r, const struct place *at, const struct template_op *op)
{
	const char *key;
	const struct scope *scope = at->scope;
	const json_t *hit = NULL;

	if (op->parts == 0)
		return scope->item;
	key = at->code->pool.data + op->text; /* without names there is no pool */
	for (; scope != NULL && hit == NULL; scope = scope->outer) {
		hit = json_object_get(scope->item, key); /* NULL for what is not an object */
		r->steps++;
	}
	for (unsigned n = 1; n < op->parts && hit != NULL; n++) {
		key += strlen(key) + 1;
		hit = json_object_get(hit, key);
	}
	return hit;
}

/* The shortest of two forms that reads back as the same number. */
static void
put_real(struct buf *out, double number)
{
	char text[40];

	(void)snprintf(text, sizeof text, "%.15g", number);
	if (strtod(text, NULL) < number || strtod(text, NULL) > number)
		(void)snprintf(text, sizeof text, "%.17g", number);
	buf_puts(out, text);
}

static void
put_value(struct buf *out, const json_t *value, bool raw)
{
	struct str s;

	switch (json_typeof(value)) {
	case JSON_STRING:
		s = (struct str){json_string_value(value), json_string_length(value)};
		if (raw)
			buf_put(out, s);
		else
			escape_text(out, s);
		break;
	case JSON_INTEGER: buf_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value)); break;
	case JSON_REAL: put_real(out, json_real_value(value)); break;
	case JSON_TRUE: buf_puts(out, "true"); break;
	case JSON_FALSE: buf_puts(out, "false"); break;
	case JSON_NULL:
	case JSON_ARRAY:
	case JSON_OBJECT: break;
	}
}

static enum err
run_value(struct run *r, const struct place *at, const struct template_op *op)
{
	const json_t *value = look_up(r, at, op);
	const char *key = op->parts == 0 ? "" : at->code->pool.data + op->text;
	char name[256];
	size_t n = 0;

	if (value != NULL && !(r->program->strict && (json_is_object(value) || json_is_array(value)))) {
		put_value(r->out, value, op->kind == OP_RAW);
		return ERR_NONE;
	}
	if (!r->program->strict)
		return ERR_NONE;
	for (; n + 1 < op->len && n < sizeof name - 1; n++)
		name[n] = key[n] == '\0' ? '.' : key[n];
	name[n] = '\0';
	return fault_set(r->f, ERR_INVALID, "%s:%u: {{%s}} %s", at->code->label, op->line,
	    n == 0 ? "." : name,
	    value == NULL ? "is not in the data; mend the name, or put it into a section"
	                  : "is a list or an object; "
	                    "open it as a section");
}

/* As in JavaScript: false, null, 0 and "" are not, an object always is. Lists are looked at elsewhere. */
static bool
is_truthy(const json_t *value)
{
	if (value == NULL)
		return false;
	switch (json_typeof(value)) {
	case JSON_STRING: return json_string_length(value) > 0;
	case JSON_INTEGER: return json_integer_value(value) != 0;
	case JSON_REAL: return json_real_value(value) < 0 || json_real_value(value) > 0;
	case JSON_ARRAY: return json_array_size(value) > 0;
	case JSON_TRUE:
	case JSON_OBJECT: return true;
	case JSON_FALSE:
	case JSON_NULL: break;
	}
	return false;
}

static enum err
run_section(struct run *r, const struct place *at, uint32_t pc)
{
	const struct template_op *op = &at->code->ops[pc];
	const json_t *value = look_up(r, at, op);
	struct scope scope = {value, at->scope};
	struct place inside = *at;
	enum err e = ERR_NONE;

	if (is_truthy(value) != (op->kind == OP_SECTION))
		return ERR_NONE;
	if (op->kind == OP_INVERTED)
		return run_ops(r, at, pc + 1, op->next);
	inside.scope = &scope;
	if (!json_is_array(value))
		return run_ops(r, &inside, pc + 1, op->next);
	for (size_t i = 0; i < json_array_size(value) && e == ERR_NONE; i++) {
		scope.item = json_array_get(value, i);
		e = run_ops(r, &inside, pc + 1, op->next);
	}
	return e;
}

/* Indentation inside what op brings in; *own is room for it. */
static const struct indent *
indent_of(const struct place *at, const struct template_op *op, struct indent *own)
{
	*own = (struct indent){pool_str(at, op->indent, op->indent_len), at->indent};
	return !op->own_line ? NULL : op->indent_len == 0 ? at->indent : own;
}

static enum err
run_call(struct run *r, const struct place *at, uint32_t pc)
{
	const struct template_op *op = &at->code->ops[pc];
	struct arguments arguments = {at->code, pc + 1, op->next, at->arguments};
	struct indent own;
	struct place inside = {.scope = at->scope, .indent = indent_of(at, op, &own)};

	if (op->number == TEMPLATE_NOWHERE)
		return ERR_NONE;
	inside.code = &r->program->codes[op->number];
	inside.arguments = op->next > pc + 1 ? &arguments : at->arguments;
	return run_ops(r, &inside, 0, (uint32_t)inside.code->n);
}

/* The content that the outermost template gives for a block, NULL when it keeps its default. */
static const struct template_op *
find_argument(struct run *r, const struct arguments *in, uint32_t block, const struct arguments **from)
{
	const struct template_op *hit = NULL;

	for (; in != NULL; in = in->outer)
		for (uint32_t i = in->from; i < in->to; i = in->code->ops[i].next) {
			r->steps++;
			if (in->code->ops[i].number != block)
				continue;
			hit = &in->code->ops[i];
			*from = in;
		}
	return hit;
}

static enum err
run_block(struct run *r, const struct place *at, uint32_t pc)
{
	const struct template_op *op = &at->code->ops[pc], *content;
	const struct arguments *from = NULL;
	struct place inside = *at;
	struct indent own;

	content = find_argument(r, at->arguments, op->number, &from);
	if (content == NULL)
		return run_ops(r, at, pc + 1, op->next);
	inside.code = from->code;
	inside.arguments = from->outer; /* its own blocks are filled by those who use its template */
	inside.indent = indent_of(at, op, &own);
	return run_ops(r, &inside, (uint32_t)(content - from->code->ops) + 1, content->next);
}

static enum err
run_op(struct run *r, const struct place *at, uint32_t pc)
{
	const struct template_op *op = &at->code->ops[pc];

	switch ((enum template_kind)op->kind) {
	case OP_TEXT:
		if (at->indent == NULL)
			buf_put(r->out, pool_str(at, op->text, op->len));
		else
			put_lines(r->out, pool_str(at, op->text, op->len), op->own_line, at->indent);
		return ERR_NONE;
	case OP_INDENT: put_indent(r->out, at->indent); return ERR_NONE;
	case OP_VALUE:
	case OP_RAW: return run_value(r, at, op);
	case OP_SECTION:
	case OP_INVERTED: return run_section(r, at, pc);
	case OP_CALL: return run_call(r, at, pc);
	case OP_BLOCK: return run_block(r, at, pc);
	case OP_ARGUMENT: break; /* only reached through find_argument */
	}
	return ERR_NONE;
}

static enum err
run_ops(struct run *r, const struct place *at, uint32_t from, uint32_t to)
{
	enum err e = ERR_NONE;

	if (r->depth == DEEPEST)
		return fault_set(r->f, ERR_TOO_LARGE,
		    "%s: more than %d levels deep; does a partial call itself without "
		    "end?",
		    at->code->label, DEEPEST);
	r->depth++;
	for (uint32_t pc = from; pc < to && e == ERR_NONE;) {
		const struct template_op *op = &at->code->ops[pc];

		e = run_op(r, at, pc);
		if (e == ERR_NONE && (r->out->len > r->limit || ++r->steps > MOST_STEPS))
			e = fault_set(r->f, ERR_TOO_LARGE,
			    "%s: the page is over its limit of %zu KiB or %u steps", at->code->label,
			    r->program->largest / 1024, MOST_STEPS);
		pc = op->next > pc ? op->next : pc + 1;
	}
	r->depth--;
	return e;
}

enum err
template_run(const struct template_program *program, uint32_t start, const json_t *data, struct buf *out,
    struct fault *f)
{
	struct run r = {.program = program, .out = out, .f = f, .limit = out->len + program->largest};
	struct scope root = {data, NULL};
	struct place at = {.code = &program->codes[start], .scope = &root};
	enum err e = run_ops(&r, &at, 0, (uint32_t)at.code->n);

	if (e == ERR_NONE && out->failed)
		e = fault_set(f, ERR_MEMORY, "%s: out of memory", at.code->label);
	return e;
}
