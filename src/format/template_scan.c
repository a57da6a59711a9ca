/* template_scan.c: from bytes to paired tags. */
#include "format/template_scan.h"

#include <stdlib.h>
#include <string.h>

#define DEEPEST 64 /* sections, parents and blocks within each other in one source */
#define LONGEST_NAME 200

struct scanner {
	struct template_tags *tags;
	struct str source;
	const char *label;
	struct fault *f;
	struct str open, close; /* the delimiters in force */
	size_t pos;
	size_t counted; /* line is the number of the line that holds this offset */
	uint32_t line;
	size_t stack[DEEPEST]; /* tags that wait for their close */
	size_t depth;
};

static const char marks[] = {[TAG_VARIABLE] = ' ',
    [TAG_RAW] = '&',
    [TAG_SECTION] = '#',
    [TAG_INVERTED] = '^',
    [TAG_CLOSE] = '/',
    [TAG_PARTIAL] = '>',
    [TAG_PARENT] = '<',
    [TAG_BLOCK] = '$',
    [TAG_COMMENT] = '!'};

const char *
template_tag_mark(enum template_tag_kind kind)
{
	static const char *const texts[] = {[TAG_VARIABLE] = "",
	    [TAG_RAW] = "&",
	    [TAG_SECTION] = "#",
	    [TAG_INVERTED] = "^",
	    [TAG_CLOSE] = "/",
	    [TAG_PARTIAL] = ">",
	    [TAG_PARENT] = "<",
	    [TAG_BLOCK] = "$",
	    [TAG_COMMENT] = "!"};

	return texts[kind];
}

bool
template_name_ok(struct str name)
{
	static const char extra[] = "_-./";
	char before = '/';

	if (name.len == 0 || name.len > 200 || name.at[name.len - 1] == '/')
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.at[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) &&
		    (c == '\0' || strchr(extra, c) == NULL))
			return false;
		if ((c == '/' || c == '.') && before == '/')
			return false;
		before = c;
	}
	return true;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static uint32_t
line_at(struct scanner *s, size_t offset)
{
	for (; s->counted < offset; s->counted++)
		s->line += s->source.at[s->counted] == '\n';
	return s->line;
}

/* Sees whether the tag stands alone to its left and right, and where its line begins and ends. */
static void
look_around(struct str src, struct template_tag *tag)
{
	size_t i = tag->from;

	while (i > 0 && is_blank(src.at[i - 1]))
		i--;
	tag->line_from = i;
	tag->left = i == 0 || src.at[i - 1] == '\n';
	i = tag->to;
	while (i < src.len && is_blank(src.at[i]))
		i++;
	if (i + 1 < src.len && src.at[i] == '\r' && src.at[i + 1] == '\n')
		i++;
	tag->right = i == src.len || src.at[i] == '\n';
	tag->line_end = i < src.len ? i + 1 : i;
}

static enum err
tags_push(struct scanner *s, struct template_tag tag)
{
	struct template_tags *t = s->tags;

	if (t->n == t->cap) {
		size_t cap = t->cap == 0 ? 64 : t->cap * 2;
		struct template_tag *at = reallocarray(t->at, cap, sizeof *at);

		if (at == NULL)
			return fault_set(s->f, ERR_MEMORY, "%s: out of memory", s->label);
		t->at = at;
		t->cap = cap;
	}
	look_around(s->source, &tag);
	t->at[t->n++] = tag;
	return ERR_NONE;
}

/* "=A B=": the delimiters from here on. inner is what stands between the equals signs. */
static enum err
change_delimiters(struct scanner *s, struct str inner, uint32_t line)
{
	struct str both = str_trim(inner), first, second;
	size_t cut = 0;

	while (cut < both.len && !is_blank(both.at[cut]) && both.at[cut] != '\n' && both.at[cut] != '\r')
		cut++;
	first = str_slice(both, 0, cut);
	second = str_trim(str_slice(both, cut, both.len));
	if (first.len == 0 || second.len == 0 || first.len > 16 || second.len > 16 || str_has(both, '=') ||
	    str_has(second, ' ') || str_has_control(second))
		return fault_set(s->f, ERR_INVALID,
		    "%s:%u: bad delimiters; write two of them with a blank between: {{=<%% %%>=}}", s->label,
		    line);
	s->open = first;
	s->close = second;
	return ERR_NONE;
}

/* A name is dotted parts without blanks; "." alone is the current item. */
static bool
name_ok(struct str name)
{
	if (name.len == 0 || name.len > LONGEST_NAME)
		return false;
	for (size_t i = 0; i < name.len; i++)
		if ((unsigned char)name.at[i] <= ' ' || name.at[i] == 0x7f)
			return false;
	if (str_eq(name, STR(".")))
		return true;
	return name.at[0] != '.' && name.at[name.len - 1] != '.' && str_find(name, STR("..")) == name.len;
}

static enum err
open_element(struct scanner *s, const struct template_tag *tag)
{
	if (s->depth == DEEPEST)
		return fault_set(s->f, ERR_INVALID,
		    "%s:%u: more than %d elements within each other; move the "
		    "inner ones to a partial",
		    s->label, tag->line, DEEPEST);
	s->stack[s->depth++] = s->tags->n;
	return ERR_NONE;
}

static enum err
close_element(struct scanner *s, struct template_tag *tag)
{
	struct template_tag *opened;

	if (s->depth == 0)
		return fault_set(s->f, ERR_INVALID,
		    "%s:%u: {{/" STR_FMT "}} closes nothing; take it out or open {{#" STR_FMT "}} before it",
		    s->label, tag->line, STR_ARG(tag->name), STR_ARG(tag->name));
	tag->mate = s->stack[--s->depth];
	opened = &s->tags->at[tag->mate];
	opened->mate = s->tags->n;
	if (str_eq(opened->name, tag->name))
		return ERR_NONE;
	return fault_set(s->f, ERR_INVALID,
	    "%s:%u: {{/" STR_FMT "}} stands where {{%s" STR_FMT "}} of line %u must be "
	    "closed first; write {{/" STR_FMT "}}",
	    s->label, tag->line, STR_ARG(tag->name), template_tag_mark(opened->kind), STR_ARG(opened->name),
	    opened->line, STR_ARG(opened->name));
}

static enum template_tag_kind
kind_of(char mark)
{
	for (size_t k = TAG_RAW; k < sizeof marks; k++)
		if (mark == marks[k])
			return (enum template_tag_kind)k;
	return mark == '{' ? TAG_RAW : mark == '=' ? TAG_COMMENT : TAG_VARIABLE;
}

/* Files the tag whose content (without mark) is inner. */
static enum err
take_tag(struct scanner *s, struct template_tag tag, struct str inner)
{
	enum err e = ERR_NONE;

	tag.name = str_trim(inner);
	if (tag.kind != TAG_COMMENT && !name_ok(tag.name))
		return fault_set(s->f, ERR_INVALID,
		    "%s:%u: \"%.*s\" is not a name; write letters, digits and _, parts "
		    "joined by single dots",
		    s->label, tag.line, (int)(tag.name.len > 60 ? 60 : tag.name.len), tag.name.at);
	if (tag.kind == TAG_SECTION || tag.kind == TAG_INVERTED || tag.kind == TAG_PARENT ||
	    tag.kind == TAG_BLOCK)
		e = open_element(s, &tag);
	else if (tag.kind == TAG_CLOSE)
		e = close_element(s, &tag);
	return e != ERR_NONE ? e : tags_push(s, tag);
}

/* Reads the tag that opens at s->pos and moves behind it. */
static enum err
read_tag(struct scanner *s)
{
	struct template_tag tag = {.from = s->pos, .line = line_at(s, s->pos)};
	struct str rest = str_slice(s->source, s->pos + s->open.len, s->source.len);
	char mark = rest.len > 0 ? rest.at[0] : ' ', ender[18];
	size_t n = 0, end;

	tag.kind = kind_of(mark);
	if (tag.kind != TAG_VARIABLE)
		rest = str_slice(rest, 1, rest.len);
	if (mark == '{' || mark == '=')
		ender[n++] = mark == '{' ? '}' : '=';
	memcpy(ender + n, s->close.at, s->close.len);
	n += s->close.len;
	end = str_find(rest, (struct str){ender, n});
	if (end == rest.len)
		return fault_set(s->f, ERR_INVALID,
		    "%s:%u: the tag opened here does not end; \"%.*s\" is missing", s->label, tag.line,
		    (int)n, ender);
	s->pos = (size_t)(rest.at - s->source.at) + end + n;
	tag.to = s->pos;
	if (mark == '=') {
		enum err e = change_delimiters(s, str_slice(rest, 0, end), tag.line);

		if (e != ERR_NONE)
			return e;
	}
	return take_tag(s, tag, str_slice(rest, 0, end));
}

enum err
template_scan(struct template_tags *out, struct str source, const char *label, struct fault *f)
{
	struct scanner s = {.tags = out,
	    .source = source,
	    .label = label,
	    .f = f,
	    .open = STR("{{"),
	    .close = STR("}}"),
	    .line = 1};
	enum err e = ERR_NONE;

	*out = (struct template_tags){NULL, 0, 0};
	while (e == ERR_NONE) {
		struct str rest = str_slice(source, s.pos, source.len);
		size_t hit = str_find(rest, s.open);

		if (hit == rest.len)
			break;
		s.pos += hit;
		e = read_tag(&s);
	}
	if (e == ERR_NONE && s.depth > 0) {
		const struct template_tag *tag = &out->at[s.stack[s.depth - 1]];

		e = fault_set(f, ERR_INVALID,
		    "%s:%u: {{%s" STR_FMT "}} is never closed; add {{/" STR_FMT "}}", label, tag->line,
		    template_tag_mark(tag->kind), STR_ARG(tag->name), STR_ARG(tag->name));
	}
	if (e != ERR_NONE)
		template_tags_free(out);
	return e;
}

void
template_tags_free(struct template_tags *tags)
{
	free(tags->at);
	*tags = (struct template_tags){NULL, 0, 0};
}
