/* template.c: a set of templates that know each other by name. */
#include "format/template.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "format/nearest.h"
#include "format/template_parse.h"
#include "format/template_run.h"
#include "format/template_scan.h"

#define LARGEST ((size_t)16 << 20)
#define MOST_NAMES ((size_t)8 << 20) /* bytes of template, block and label names */

struct template_set {
	struct template_options options;
	struct arena names;
	struct template_code *codes; /* sorted by name */
	size_t n, cap;
	const char **blocks; /* the block names; their index is their number */
	size_t n_blocks, cap_blocks;
	bool linked;
};

enum err
template_set_new(struct template_set **out, struct template_options options)
{
	struct template_set *set = calloc(1, sizeof *set);

	*out = set;
	if (set == NULL)
		return ERR_MEMORY;
	set->options = options;
	if (set->options.largest == 0)
		set->options.largest = LARGEST;
	arena_init(&set->names, MOST_NAMES);
	return ERR_NONE;
}

void
template_set_free(struct template_set *set)
{
	if (set == NULL)
		return;
	for (size_t i = 0; i < set->n; i++)
		template_code_free(&set->codes[i]);
	free(set->codes);
	free(set->blocks);
	arena_free(&set->names);
	free(set);
}

/* The index of a name, or where it would stand. */
static size_t
find(const struct template_set *set, struct str name, bool *found)
{
	size_t low = 0, high = set->n;

	*found = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int c = str_cmp(name, str_of(set->codes[middle].name));

		if (c == 0) {
			*found = true;
			return middle;
		}
		if (c < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static uint32_t
number_block(void *user, struct str name)
{
	struct template_set *set = user;

	for (size_t i = 0; i < set->n_blocks; i++)
		if (str_eq(name, str_of(set->blocks[i])))
			return (uint32_t)i;
	if (set->n_blocks == set->cap_blocks) {
		size_t cap = set->cap_blocks == 0 ? 16 : set->cap_blocks * 2;
		const char **blocks = reallocarray(set->blocks, cap, sizeof *blocks);

		if (blocks == NULL)
			return TEMPLATE_NOWHERE;
		set->blocks = blocks;
		set->cap_blocks = cap;
	}
	set->blocks[set->n_blocks] = arena_cstr(&set->names, name);
	return set->blocks[set->n_blocks] == NULL ? TEMPLATE_NOWHERE : (uint32_t)set->n_blocks++;
}

/* Puts the code in its place, over an older one of the same name. */
static enum err
keep(struct template_set *set, struct template_code code)
{
	bool found;
	size_t i = find(set, str_of(code.name), &found);

	if (found) {
		template_code_free(&set->codes[i]);
		set->codes[i] = code;
		return ERR_NONE;
	}
	if (set->n == set->cap) {
		size_t cap = set->cap == 0 ? 32 : set->cap * 2;
		struct template_code *codes = reallocarray(set->codes, cap, sizeof *codes);

		if (codes == NULL)
			return ERR_MEMORY;
		set->codes = codes;
		set->cap = cap;
	}
	memmove(&set->codes[i + 1], &set->codes[i], (set->n - i) * sizeof *set->codes);
	set->codes[i] = code;
	set->n++;
	return ERR_NONE;
}

enum err
template_add(
    struct template_set *set, const char *name, struct str source, const char *label, struct fault *f)
{
	const struct template_namer namer = {number_block, set, set->options.raw_anywhere};
	const char *own_name = arena_cstr(&set->names, str_of(name));
	const char *own_label = arena_cstr(&set->names, str_of(label));
	struct template_code code;
	enum err e;

	if (set->linked)
		return fault_set(f, ERR_INTERNAL, "%s: a linked set takes no more templates", label);
	if (!template_name_ok(str_of(name)))
		return fault_set(f, ERR_INVALID,
		    "%s: \"%s\" cannot name a template; write letters, digits, _ - . and / only", label,
		    name);
	if (own_name == NULL || own_label == NULL)
		return fault_set(f, ERR_MEMORY, "%s: out of memory", label);
	if (str_starts(source, STR("\xef\xbb\xbf")))
		source = str_slice(source, 3, source.len);
	e = template_parse(&code, source, own_label, &namer, f);
	if (e != ERR_NONE)
		return e;
	code.name = own_name;
	e = keep(set, code);
	if (e != ERR_NONE) {
		template_code_free(&code);
		return fault_set(f, e, "%s: out of memory", label);
	}
	return ERR_NONE;
}

static enum err
refuse_call(const struct template_set *set, const struct template_code *code, const struct template_op *op,
    struct str name, struct fault *f)
{
	struct nearest near = NEAREST_NONE;

	for (size_t i = 0; i < set->n; i++)
		nearest_consider(&near, name, set->codes[i].name);
	return fault_set(f, ERR_INVALID, "%s:%u: there is no template \"" STR_FMT "\"%s%s%s", code->label,
	    op->line, STR_ARG(name), near.best == NULL ? "; add it or take the tag out" : "; did you mean \"",
	    near.best == NULL ? "" : near.best, near.best == NULL ? "" : "\"?");
}

enum err
template_link(struct template_set *set, struct fault *f)
{
	for (size_t i = 0; i < set->n; i++)
		for (size_t j = 0; j < set->codes[i].n; j++) {
			struct template_op *op = &set->codes[i].ops[j];
			struct str name;
			bool found;
			size_t target;

			if (op->kind != OP_CALL)
				continue;
			name = (struct str){set->codes[i].pool.data + op->text, op->len};
			target = find(set, name, &found);
			if (found)
				op->number = (uint32_t)target;
			else if (!set->options.raw_anywhere)
				return refuse_call(set, &set->codes[i], op, name, f);
		}
	set->linked = true;
	return ERR_NONE;
}

enum err
template_render(
    const struct template_set *set, const char *name, const json_t *data, struct buf *out, struct fault *f)
{
	const struct template_program program = {set->codes, set->options.strict, set->options.largest};
	bool found;
	size_t i = find(set, str_of(name), &found);

	if (!set->linked)
		return fault_set(f, ERR_INTERNAL, "templates are rendered before they are linked");
	if (!found)
		return fault_set(f, ERR_NOT_FOUND, "there is no template \"%s\"", name);
	return template_run(&program, (uint32_t)i, data, out, f);
}
