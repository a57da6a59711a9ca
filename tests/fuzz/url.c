/* url.c: a canonical path is stable and safe; decoding never grows; an own path is canonical. */
#include <stdlib.h>

#include "format/escape.h"
#include "format/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool holds)
{
	if (!holds)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = {.limit = 1 << 20};
	struct str in = {(const char *)data, size};
	struct buf encoded = BUF_EMPTY;
	struct url first, second;
	char *out;
	size_t n = 0;

	if (url_canonical(in, size % 2 == 0, &arena, &first) <= URL_REDIRECT) {
		check(first.path.at[0] == '/' && !str_has_control(first.path) && !str_has(first.path, '\\'));
		check(str_find(first.path, STR("//")) == first.path.len);
		check(url_canonical(first.path, size % 2 == 0, &arena, &second) <= URL_REDIRECT ||
		      first.path.len > URL_PATH_MAX);
		if (first.path.len <= URL_PATH_MAX)
			check(str_eq(first.path, second.path));
		if (first.path.len <= URL_OWN_MAX)
			check(url_own_path(first.path));
	}
	if (url_own_path(in))
		check(url_canonical(in, false, &arena, &first) == URL_CANONICAL);
	escape_url_query(&encoded, in);
	check(!encoded.failed);
	out = arena_alloc(&arena, encoded.len + 1);
	check(out != NULL && url_unescape(buf_str(&encoded), size % 2 == 0, out, &n));
	check(str_eq((struct str){out, n}, in));
	if (url_unescape(in, size % 2 == 0, out, &n))
		check(n <= in.len);
	buf_free(&encoded);
	arena_free(&arena);
	return 0;
}
