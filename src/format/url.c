/* url.c: paths and percent-escapes (RFC 3986). */
#include "format/url.h"

#include <string.h>

static const char hex_digits[] = "0123456789ABCDEF";

static bool
is_alnum(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* RFC 3986 2.3: an escape of one of these says nothing more than the byte itself. */
static bool
is_unreserved(unsigned char c)
{
	return is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

/* RFC 3986 3.3 pchar, without escapes. */
static bool
is_pchar(unsigned char c)
{
	return is_unreserved(c) || (c != '\0' && strchr("!$&'()*+,;=:@", c) != NULL);
}

static int
hex_value(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that the escape at s[i] (a '%') stands for, -1 when it is none. */
static int
escape_value(struct str s, size_t i)
{
	int high, low;

	if (s.len - i < 3)
		return -1;
	high = hex_value((unsigned char)s.at[i + 1]);
	low = hex_value((unsigned char)s.at[i + 2]);
	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool
url_unescape(struct str s, bool plus, char *out, size_t *n)
{
	*n = 0;
	for (size_t i = 0; i < s.len; i++) {
		int v = (unsigned char)s.at[i];

		if (v == '%') {
			v = escape_value(s, i);
			i += 2;
		} else if (v == '+' && plus)
			v = ' ';
		if (v < 0)
			return false;
		out[(*n)++] = (char)v;
	}
	return true;
}

static unsigned char
folded(unsigned char c, bool fold)
{
	return fold && c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : c;
}

static bool
has_dot_segment(struct str path)
{
	struct str rest = path, segment;

	while (str_split(&rest, '/', &segment))
		if (str_eq(segment, STR(".")) || str_eq(segment, STR("..")))
			return true;
	return false;
}

/* The common case, without a copy: no escape in sight and nothing to mend. */
static bool
is_plain(struct str path, bool fold)
{
	for (size_t i = 0; i < path.len; i++) {
		unsigned char c = (unsigned char)path.at[i];
		bool doubled = c == '/' && i > 0 && path.at[i - 1] == '/';

		if (doubled || (c != '/' && !is_pchar(c)) || folded(c, fold) != c)
			return false;
	}
	return path.len > 0 && path.at[0] == '/' && (path.len == 1 || path.at[path.len - 1] != '/') &&
	       !has_dot_segment(path);
}

/* What a path is made into, and the bytes it names, to see whether they are UTF-8. */
struct spelling {
	char path[3 * URL_PATH_MAX];
	char bytes[URL_PATH_MAX];
	size_t n_path, n_bytes;
};

static void
spell(struct spelling *sp, unsigned char c, bool escaped, bool fold)
{
	sp->bytes[sp->n_bytes++] = (char)c;
	if (is_unreserved(c) || (!escaped && is_pchar(c))) {
		sp->path[sp->n_path++] = (char)folded(c, fold);
		return;
	}
	sp->path[sp->n_path++] = '%';
	sp->path[sp->n_path++] = hex_digits[c >> 4];
	sp->path[sp->n_path++] = hex_digits[c & 15];
}

static bool
spell_path(struct spelling *sp, struct str path, bool fold)
{
	sp->n_path = sp->n_bytes = 0;
	for (size_t i = 0; i < path.len; i++) {
		bool escaped = path.at[i] == '%';
		int v = escaped ? escape_value(path, i) : (unsigned char)path.at[i];

		if (v < 0x20 || v == 0x7f || v == '\\' || (!escaped && v == '#') || (escaped && v == '/'))
			return false;
		if (v == '/')
			sp->bytes[sp->n_bytes++] = '/';
		if (v != '/')
			spell(sp, (unsigned char)v, escaped, fold);
		else if (sp->n_path == 0 || sp->path[sp->n_path - 1] != '/')
			sp->path[sp->n_path++] = '/';
		i += escaped ? 2 : 0;
	}
	if (sp->n_path > 1 && sp->path[sp->n_path - 1] == '/')
		sp->n_path--;
	return str_is_utf8((struct str){sp->bytes, sp->n_bytes}) &&
	       !has_dot_segment((struct str){sp->path, sp->n_path});
}

static enum url_form
canonical_path(struct str raw, bool fold, struct arena *a, struct str *path)
{
	struct spelling sp;
	struct str spelt;

	*path = raw;
	if (raw.len == 0 || raw.len > URL_PATH_MAX || raw.at[0] != '/')
		return URL_BAD;
	if (is_plain(raw, fold))
		return URL_CANONICAL;
	if (!spell_path(&sp, raw, fold))
		return URL_BAD;
	spelt = (struct str){sp.path, sp.n_path};
	if (str_eq(spelt, raw))
		return URL_CANONICAL;
	*path = a == NULL ? STR_NONE : arena_copy(a, spelt);
	return path->at == NULL ? URL_NO_MEMORY : URL_REDIRECT;
}

enum url_form
url_canonical(struct str request_uri, bool fold_case, struct arena *a, struct url *out)
{
	struct str rest = request_uri, raw = STR_NONE;

	(void)str_split(&rest, '?', &raw);
	out->query = rest;
	return canonical_path(raw, fold_case, a, &out->path);
}

static bool
query_is_safe(struct str query)
{
	for (size_t i = 0; i < query.len; i++) {
		bool escaped = query.at[i] == '%';
		int v = escaped ? escape_value(query, i) : (unsigned char)query.at[i];

		if (v < 0x20 || v == 0x7f)
			return false;
		if (!escaped && !is_pchar((unsigned char)v) && v != '/' && v != '?')
			return false;
		i += escaped ? 2 : 0;
	}
	return true;
}

bool
url_own_path(struct str s)
{
	struct str rest = s, path = STR_NONE, unused;

	if (s.len == 0 || s.len > URL_OWN_MAX)
		return false;
	(void)str_split(&rest, '?', &path);
	return canonical_path(path, false, NULL, &unused) == URL_CANONICAL && query_is_safe(rest);
}
