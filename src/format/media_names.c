/* media_names.c: finds image addresses as CommonMark writes them inline. */
#include "format/media_names.h"

#define LONGEST_ALT 2000

static struct str
from_byte(struct str s, size_t i)
{
	return str_slice(s, i, s.len);
}

/* The length of "[…](" with brackets in balance at the start of s; 0 when it is not that. */
static size_t
alt_length(struct str s)
{
	int depth = 0;

	for (size_t i = 0; i < s.len && i < LONGEST_ALT; i++) {
		if (s.at[i] == '\\')
			i++;
		else if (s.at[i] == '[')
			depth++;
		else if (s.at[i] == ']' && --depth == 0)
			return i + 1 < s.len && s.at[i + 1] == '(' ? i + 2 : 0;
	}
	return 0;
}

static struct str
address(struct str s)
{
	size_t n = 0;

	while (n < s.len && s.at[n] != ' ' && s.at[n] != ')' && s.at[n] != '>' && s.at[n] != '\n' &&
	       s.at[n] != '\t')
		n++;
	return str_slice(s, 0, n);
}

static size_t
ticks(struct str s)
{
	size_t n = 0;

	while (n < s.len && s.at[n] == '`')
		n++;
	return n;
}

/* The length of the code that begins with the backticks at the start of s, or of these alone when nothing ends it. */
static size_t
code_length(struct str s)
{
	size_t open = ticks(s), end = open < 3 ? str_find(s, STR("\n\n")) : s.len;

	for (size_t i = open; i < end;) {
		size_t n = ticks(from_byte(s, i));

		if (n == open)
			return i + n;
		i += n == 0 ? 1 : n;
	}
	return open;
}

struct copier {
	const struct media_names *names;
	struct buf *out;
	struct str rest;
	unsigned line;
};

static void
copy(struct copier *c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		c->line += c->rest.at[i] == '\n';
	buf_put(c->out, str_slice(c->rest, 0, n));
	c->rest = from_byte(c->rest, n);
}

/* An image, or what only begins like one, at the start of the rest. */
static enum err
copy_image(struct copier *c)
{
	size_t alt = alt_length(from_byte(c->rest, 1)), n = alt == 0 ? 2 : alt + 1, before;
	struct str old;
	enum err e;

	while (alt > 0 && n < c->rest.len && (c->rest.at[n] == ' ' || c->rest.at[n] == '<'))
		n++;
	copy(c, n);
	old = alt == 0 ? STR_NONE : address(c->rest);
	before = c->out->len;
	if (old.len > 0 && (e = c->names->name(c->names->ctx, old, c->line, c->out)) != ERR_NONE)
		return e;
	if (c->out->len == before)
		buf_put(c->out, old);
	c->rest = from_byte(c->rest, old.len);
	return ERR_NONE;
}

enum err
media_names_replace(struct str source, const struct media_names *names, struct buf *out)
{
	struct copier c = {.names = names, .out = out, .rest = source, .line = 1};
	size_t image = str_find(source, STR("![")), at; /* counted in source */
	enum err e;

	while (image < source.len) {
		size_t done = source.len - c.rest.len;

		at = str_find(str_slice(c.rest, 0, image - done), STR("`"));
		copy(&c, at);
		if (at < image - done)
			copy(&c, code_length(c.rest));
		else if ((e = copy_image(&c)) != ERR_NONE)
			return e;
		done = source.len - c.rest.len;
		if (image < done)
			image = done + str_find(c.rest, STR("!["));
	}
	copy(&c, c.rest.len);
	return out->failed ? ERR_MEMORY : ERR_NONE;
}
