/* str.c: views of bytes. */
#include "base/str.h"

#include <string.h>
#include <strings.h>

struct str
str_of(const char *cstr)
{
	return cstr == NULL ? STR_NONE : (struct str){cstr, strlen(cstr)};
}

struct str
str_slice(struct str s, size_t from, size_t to)
{
	if (to > s.len)
		to = s.len;
	if (from >= to)
		return STR_NONE;
	return (struct str){s.at + from, to - from};
}

bool
str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

bool
str_eq_nocase(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || strncasecmp(a.at, b.at, a.len) == 0);
}

int
str_cmp(struct str a, struct str b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int c = n == 0 ? 0 : memcmp(a.at, b.at, n);

	return c != 0 ? c : (a.len > b.len) - (a.len < b.len);
}

bool
str_starts(struct str s, struct str prefix)
{
	return s.len >= prefix.len && str_eq(str_slice(s, 0, prefix.len), prefix);
}

bool
str_ends(struct str s, struct str suffix)
{
	return s.len >= suffix.len && str_eq(str_slice(s, s.len - suffix.len, s.len), suffix);
}

bool
str_has(struct str s, char c)
{
	return s.len > 0 && memchr(s.at, c, s.len) != NULL;
}

size_t
str_find(struct str s, struct str needle)
{
	const char *hit;

	if (needle.len == 0)
		return 0;
	hit = s.len < needle.len ? NULL : memmem(s.at, s.len, needle.at, needle.len);
	return hit == NULL ? s.len : (size_t)(hit - s.at);
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str
str_trim(struct str s)
{
	while (s.len > 0 && is_space(s.at[0]))
		s = str_slice(s, 1, s.len);
	while (s.len > 0 && is_space(s.at[s.len - 1]))
		s.len--;
	return s;
}

bool
str_split(struct str *rest, char sep, struct str *part)
{
	const char *hit;

	if (rest->at == NULL)
		return false;
	hit = rest->len == 0 ? NULL : memchr(rest->at, sep, rest->len);
	if (hit == NULL) {
		*part = *rest;
		*rest = (struct str){NULL, 0};
		return true;
	}
	*part = (struct str){rest->at, (size_t)(hit - rest->at)};
	*rest = (struct str){hit + 1, rest->len - part->len - 1};
	return true;
}

bool
str_to_int(struct str s, int64_t min, int64_t max, int64_t *out)
{
	bool negative = s.len > 0 && s.at[0] == '-';
	int64_t n = 0;

	if (negative)
		s = str_slice(s, 1, s.len);
	if (s.len == 0 || s.len > 18)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] < '0' || s.at[i] > '9')
			return false;
		n = n * 10 + (s.at[i] - '0');
	}
	if (negative)
		n = -n;
	if (n < min || n > max)
		return false;
	*out = n;
	return true;
}

/* The number of bytes of the well-formed sequence at p, 0 when it is not one (Unicode 15, table 3-7). */
static size_t
utf8_sequence(const unsigned char *p, size_t left)
{
	size_t n = p[0] < 0x80   ? 1
	           : p[0] < 0xc2 ? 0
	           : p[0] < 0xe0 ? 2
	           : p[0] < 0xf0 ? 3
	           : p[0] < 0xf5 ? 4
	                         : 0;

	if (n == 0 || n > left)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf0 && p[1] < 0x90) ||
	    (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return n;
}

bool
str_is_utf8(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.at;

	for (size_t i = 0; i < s.len;) {
		size_t n = utf8_sequence(p + i, s.len - i);

		if (n == 0)
			return false;
		i += n;
	}
	return true;
}

bool
str_has_control(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.at[i] < 0x20 || s.at[i] == 0x7f)
			return true;
	return false;
}
