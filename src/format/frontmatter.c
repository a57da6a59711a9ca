/* frontmatter.c: libyaml's events against a table of keys; nothing of YAML beyond text, lists and one kind of map. */
#include "format/frontmatter.h"

#include <stddef.h>
#include <string.h>
#include <yaml.h>

#include "base/clock.h"
#include "format/front.h"
#include "format/nearest.h"
#include "format/slug.h"
#include "format/teaser_limit.h"

enum kind { TEXT, SLUG, ACCESS, TEASER, CHOICE, TIME, LIST };

static const struct key {
	const char *name;
	enum kind kind;
	size_t at;    /* of the value in struct frontmatter */
	size_t count; /* LIST: of its count */
	size_t most;  /* TEXT: characters */
} keys[] = {
#define AT(member) offsetof(struct frontmatter, member)
    {"title", TEXT, AT(title), 0, 300},
    {"slug", SLUG, AT(slug), 0, 0},
    {"section", SLUG, AT(section), 0, 0},
    {"label", TEXT, AT(label), 0, 60},
    {"access", ACCESS, AT(access), 0, 0},
    {"plans", LIST, AT(plans), AT(plan_count), 80},
    {"standfirst", TEXT, AT(standfirst), 0, 2000},
    {"authors", LIST, AT(authors), AT(author_count), 100},
    {"tags", LIST, AT(tags), AT(tag_count), 100},
    {"published", TIME, AT(published_at), 0, 0},
    {"updated", TIME, AT(updated_at), 0, 0},
    {"image", TEXT, AT(image), 0, 200},
    {"image_alt", TEXT, AT(image_alt), 0, 500},
    {"image_credit", TEXT, AT(image_credit), 0, 200},
    {"teaser", TEASER, AT(teaser), 0, 0},
    {"outline", CHOICE, AT(outline), 0, 0},
#undef AT
};
#define KEYS (sizeof keys / sizeof *keys)

struct reader {
	yaml_parser_t parser;
	yaml_event_t event;
	const char *label;
	unsigned line;       /* of the event, in the file */
	unsigned seen[KEYS]; /* line of each key; 0: not yet */
	struct arena *arena;
	struct frontmatter *out;
	struct fault *f;
};

/* A member of *out by its offset. */
static void *
member(struct reader *r, size_t at)
{
	return (char *)r->out + at;
}

static enum err
refuse_at(struct reader *r, unsigned line, const char *what, struct str value)
{
	struct str shown = str_slice(value, 0, 80);

	return fault_set(r->f, ERR_INVALID, "%s:%u: " STR_FMT "%s%s", r->label, line, STR_ARG(shown),
	    value.len > 0 ? ": " : "", what);
}

static enum err
refuse(struct reader *r, const char *what, struct str value)
{
	return refuse_at(r, r->line, what, value);
}

static enum err
out_of_memory(struct reader *r)
{
	return fault_set(r->f, ERR_MEMORY, "%s:%u: no memory", r->label, r->line);
}

/* Moves to the next event. Anchors, aliases and tags have no meaning here and are refused. */
static enum err
next(struct reader *r)
{
	const yaml_event_t *e = &r->event;
	const yaml_char_t *anchor = NULL, *tag = NULL;

	yaml_event_delete(&r->event);
	if (!yaml_parser_parse(&r->parser, &r->event)) {
		r->line = (unsigned)r->parser.problem_mark.line + 2;
		return r->parser.error == YAML_MEMORY_ERROR
		           ? out_of_memory(r)
		           : refuse(r, r->parser.problem == NULL ? "not YAML" : r->parser.problem,
		                 STR("not YAML"));
	}
	r->line = (unsigned)r->event.start_mark.line + 2;
	if (e->type == YAML_SCALAR_EVENT) {
		anchor = e->data.scalar.anchor;
		tag = e->data.scalar.tag;
	} else if (e->type == YAML_SEQUENCE_START_EVENT) {
		anchor = e->data.sequence_start.anchor;
		tag = e->data.sequence_start.tag;
	} else if (e->type == YAML_MAPPING_START_EVENT) {
		anchor = e->data.mapping_start.anchor;
		tag = e->data.mapping_start.tag;
	}
	if (e->type == YAML_ALIAS_EVENT || anchor != NULL || tag != NULL)
		return refuse(r,
		    "anchors (&), aliases (*) and tags (!) are not used here; put the text in quotes",
		    STR_NONE);
	return ERR_NONE;
}

static struct str
scalar(const struct reader *r)
{
	return str_trim((struct str){(const char *)r->event.data.scalar.value, r->event.data.scalar.length});
}

static size_t
characters(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.at[i] & 0xc0) != 0x80;
	return n;
}

/* A scalar as one line of text; its line breaks are spaces. */
static enum err
take_text(struct reader *r, size_t most, struct str *out)
{
	char *copy;

	if (r->event.type != YAML_SCALAR_EVENT)
		return refuse(r, "one text is expected here, not a list or a map", STR_NONE);
	copy = arena_cstr(r->arena, scalar(r));
	if (copy == NULL)
		return out_of_memory(r);
	*out = (struct str){copy, scalar(r).len};
	for (size_t i = 0; i < out->len; i++)
		if (copy[i] == '\n' || copy[i] == '\t' || copy[i] == '\r')
			copy[i] = ' ';
	if (str_has_control(*out))
		return refuse(r, "holds a control character", STR_NONE);
	if (characters(*out) > most)
		return fault_set(r->f, ERR_INVALID, "%s:%u: %zu characters, at most %zu are allowed",
		    r->label, r->line, characters(*out), most);
	return ERR_NONE;
}

/* An item of a list: a text, or for authors {name: La rédaction, collective: true}. */
static enum err
take_item(struct reader *r, const struct key *key, struct frontmatter_name *out)
{
	enum err e = ERR_NONE;

	*out = (struct frontmatter_name){.line = r->line};
	if (r->event.type != YAML_MAPPING_START_EVENT || strcmp(key->name, "authors") != 0)
		return take_text(r, key->most, &out->name);
	while (e == ERR_NONE && (e = next(r)) == ERR_NONE && r->event.type != YAML_MAPPING_END_EVENT) {
		struct str name = r->event.type == YAML_SCALAR_EVENT ? scalar(r) : STR_NONE;
		bool is_name = str_eq(name, STR("name"));

		if (!is_name && !str_eq(name, STR("collective")))
			return refuse(
			    r, "an author is a name, or {name: La rédaction, collective: true}", name);
		if ((e = next(r)) != ERR_NONE)
			return e;
		if (is_name)
			e = take_text(r, key->most, &out->name);
		else if (r->event.type == YAML_SCALAR_EVENT &&
		         (str_eq(scalar(r), STR("true")) || str_eq(scalar(r), STR("false"))))
			out->collective = str_eq(scalar(r), STR("true"));
		else
			return refuse(r, "collective is true or false", STR_NONE);
	}
	return e;
}

static enum err
add_item(struct reader *r, const struct key *key)
{
	struct frontmatter_name *list = member(r, key->at), item;
	size_t *count = member(r, key->count);
	char slug[SLUG_MAX + 1], other[SLUG_MAX + 1];
	enum err e = take_item(r, key, &item);

	if (e != ERR_NONE)
		return e;
	if (*count == FRONTMATTER_LIST_MAX)
		return refuse_at(r, item.line, "at most 20 are allowed", str_of(key->name));
	if (slug_make(item.name, slug) == 0)
		return refuse_at(r, item.line,
		    "an item of this list has no letter or digit to make an address from", str_of(key->name));
	for (size_t i = 0; i < *count; i++)
		if (slug_make(list[i].name, other) > 0 && strcmp(slug, other) == 0)
			return refuse_at(r, item.line, "is in this list twice", item.name);
	list[(*count)++] = item;
	return ERR_NONE;
}

/* A list, or one text that stands for a list of one; nothing for an empty list. */
static enum err
take_list(struct reader *r, const struct key *key)
{
	enum err e = ERR_NONE;

	if (r->event.type != YAML_SEQUENCE_START_EVENT)
		return r->event.type == YAML_SCALAR_EVENT && scalar(r).len == 0 ? ERR_NONE : add_item(r, key);
	while (e == ERR_NONE && (e = next(r)) == ERR_NONE && r->event.type != YAML_SEQUENCE_END_EVENT)
		e = add_item(r, key);
	return e;
}

static enum err
check_access(struct reader *r, struct str value)
{
	static const char *const levels[] = {"public", "registered", "metered", "subscriber", NULL};
	struct nearest n = NEAREST_NONE;

	for (size_t i = 0; levels[i] != NULL; i++) {
		if (str_eq(value, str_of(levels[i])))
			return ERR_NONE;
		nearest_consider(&n, value, levels[i]);
	}
	return fault_set(r->f, ERR_INVALID,
	    "%s:%u: access is public, registered, metered or subscriber, not \"%.*s\"%s%s%s", r->label,
	    r->line, (int)str_slice(value, 0, 40).len, value.at, n.best == NULL ? "" : "; did you mean ",
	    n.best == NULL ? "" : n.best, n.best == NULL ? "" : "?");
}

static enum err
take_value(struct reader *r, const struct key *key)
{
	struct str value = STR_NONE;
	struct teaser_limit limit;
	enum err e;

	if (key->kind == LIST)
		return take_list(r, key);
	if ((e = take_text(r, key->most == 0 ? 200 : key->most, &value)) != ERR_NONE || value.len == 0)
		return e;
	switch (key->kind) {
	case TIME:
		if (!clock_parse(value, member(r, key->at)) || *(int64_t *)member(r, key->at) == 0)
			return refuse(r,
			    "a date is written 2024-11-15, 2024-11-15 09:30 or 2024-11-15T09:30:00+01:00",
			    value);
		return ERR_NONE;
	case SLUG:
		if (!slug_valid(value))
			return refuse(r,
			    "letters a-z, digits and single hyphens between them are allowed, at most 80",
			    value);
		break;
	case ACCESS:
		if ((e = check_access(r, value)) != ERR_NONE)
			return e;
		break;
	case TEASER:
		if (!teaser_limit_parse(value, &limit) || value.len > 20)
			return refuse(r, "a teaser is written 20%, 3 paragraphs or 120 words", value);
		break;
	case CHOICE:
		if (!str_eq(value, STR("yes")) && !str_eq(value, STR("no")))
			return refuse(r, "yes or no is wanted", value);
		break;
	default: break;
	}
	*(struct str *)member(r, key->at) = value;
	return ERR_NONE;
}

static enum err
take_pair(struct reader *r)
{
	struct nearest n = NEAREST_NONE;
	struct str name = r->event.type == YAML_SCALAR_EVENT ? scalar(r) : STR_NONE;
	size_t k = 0;
	enum err e;

	while (k < KEYS && !str_eq(name, str_of(keys[k].name)))
		nearest_consider(&n, name, keys[k++].name);
	if (k == KEYS)
		return fault_set(r->f, ERR_INVALID, "%s:%u: unknown key \"%.*s\"%s%s%s", r->label, r->line,
		    (int)str_slice(name, 0, 40).len, name.at,
		    n.best == NULL ? "; poterne(1) lists them" : "; did you mean ",
		    n.best == NULL ? "" : n.best, n.best == NULL ? "" : "?");
	if (r->seen[k] != 0)
		return fault_set(r->f, ERR_INVALID, "%s:%u: %s stands on line %u already", r->label, r->line,
		    keys[k].name, r->seen[k]);
	r->seen[k] = r->line;
	if ((e = next(r)) != ERR_NONE)
		return e;
	return take_value(r, &keys[k]);
}

static enum err
take_head(struct reader *r)
{
	enum err e;

	if ((e = next(r)) != ERR_NONE || (e = next(r)) != ERR_NONE || (e = next(r)) != ERR_NONE)
		return e;
	if (r->event.type != YAML_MAPPING_START_EVENT)
		return refuse(r, "lines of the form key: value are expected", STR_NONE);
	while ((e = next(r)) == ERR_NONE && r->event.type != YAML_MAPPING_END_EVENT)
		if ((e = take_pair(r)) != ERR_NONE)
			return e;
	if (e != ERR_NONE || (e = next(r)) != ERR_NONE || (e = next(r)) != ERR_NONE)
		return e;
	return r->event.type == YAML_STREAM_END_EVENT ? ERR_NONE : refuse(r, "one document only", STR_NONE);
}

static unsigned
line_of(const struct reader *r, const char *name)
{
	for (size_t k = 0; k < KEYS; k++)
		if (strcmp(keys[k].name, name) == 0 && r->seen[k] != 0)
			return r->seen[k];
	return 1;
}

/* What no single line can tell. */
static enum err
check_whole(struct reader *r)
{
	struct frontmatter *m = r->out;
	char slug[SLUG_MAX + 1];

	m->section_line = line_of(r, "section");
	m->slug_line = line_of(r, "slug");
	m->image_line = line_of(r, "image");
	if (m->title.len == 0)
		return refuse_at(r, line_of(r, "title"), "the title is missing: title: …", STR_NONE);
	if (m->section.len == 0)
		return refuse_at(r, m->section_line,
		    "the section is missing: section: and the last part of its address", STR_NONE);
	if (m->access.len == 0)
		m->access = STR("subscriber");
	if (m->plan_count > 0 && !str_eq(m->access, STR("subscriber")))
		return refuse_at(r, line_of(r, "plans"), "plans are only for access: subscriber", STR_NONE);
	if (m->slug.len > 0)
		return ERR_NONE;
	if (slug_make(m->title, slug) == 0)
		return refuse_at(
		    r, line_of(r, "title"), "no address can be made from this title: add slug: …", STR_NONE);
	m->slug = arena_copy(r->arena, str_of(slug));
	return m->slug.at == NULL ? out_of_memory(r) : ERR_NONE;
}

enum err
frontmatter_read(
    struct arena *a, struct str source, const char *label, struct frontmatter *out, struct fault *f)
{
	struct reader r = {.label = label, .arena = a, .out = out, .f = f, .line = 1};
	struct front parts;
	enum err e;

	memset(out, 0, sizeof *out);
	for (size_t k = 0; k < KEYS; k++)
		if (keys[k].kind != LIST && keys[k].kind != TIME)
			*(struct str *)member(&r, keys[k].at) = STR_NONE;
	if ((e = front_split(a, source, label, &parts, f)) != ERR_NONE)
		return e;
	out->body = parts.body;
	out->body_line = parts.body_line;
	if (!yaml_parser_initialize(&r.parser))
		return out_of_memory(&r);
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)parts.head.at, parts.head.len);
	if ((e = take_head(&r)) == ERR_NONE)
		e = check_whole(&r);
	yaml_event_delete(&r.event);
	yaml_parser_delete(&r.parser);
	return e;
}
