/* cookie.c: the same answer as a slow reader that splits first and compares after. */
#include <stdlib.h>
#include <string.h>

#include "format/cookie.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Counts "a=" at the starts of the parts, blanks aside. */
static unsigned
count_slowly(const char *s, size_t n)
{
	unsigned found = 0;

	for (size_t i = 0; i < n; i++) {
		size_t j = i;

		if (i > 0 && s[i - 1] != ';')
			continue;
		while (j < n && blank(s[j]))
			j++;
		if (j == n || s[j++] != 'a')
			continue;
		while (j < n && blank(s[j]))
			j++;
		found += j < n && s[j] == '=';
	}
	return found;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = {(const char *)data, size}, v;
	struct buf out = BUF_EMPTY;

	if (cookie_find(in, STR("a"), &v) != count_slowly((const char *)data, size))
		abort();
	if (cookie_set(&out, STR("a"), in, 1)) {
		if (cookie_find(buf_str(&out), STR("a"), &v) != 1 || !str_eq(v, in) ||
		    str_has_control(buf_str(&out)))
			abort();
	}
	buf_free(&out);
	return 0;
}
