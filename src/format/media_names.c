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

enum err
media_names_replace(struct str source, const struct media_names *names, struct buf *out)
{
	struct str rest = source, old;
	unsigned line = 1;
	size_t mark, before;
	enum err e;

	while ((mark = str_find(rest, STR("!["))) < rest.len) {
		size_t alt = alt_length(from_byte(rest, mark + 1)), n = mark + 1 + (alt == 0 ? 1 : alt);

		while (alt > 0 && n < rest.len && (rest.at[n] == ' ' || rest.at[n] == '<'))
			n++;
		for (size_t i = 0; i < n; i++)
			line += rest.at[i] == '\n';
		buf_put(out, str_slice(rest, 0, n));
		rest = from_byte(rest, n);
		old = alt == 0 ? STR_NONE : address(rest);
		before = out->len;
		if (old.len > 0 && (e = names->name(names->ctx, old, line, out)) != ERR_NONE)
			return e;
		if (out->len == before)
			buf_put(out, old);
		rest = from_byte(rest, old.len);
	}
	buf_put(out, rest);
	return out->failed ? ERR_MEMORY : ERR_NONE;
}
