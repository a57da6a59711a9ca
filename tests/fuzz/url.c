/* url.c: a canonical path is stable and safe; decoding never grows; an own path is canonical. */
#include <stdlib.h>

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
	struct str in = {(const char *)data, size}, out;
	struct buf encoded = BUF_EMPTY;
	struct url first, second;

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
	if (url_decode(in, &arena, &out) == ERR_NONE)
		check(out.len <= in.len && str_is_utf8(out));
	url_encode(&encoded, in);
	if (url_decode(buf_str(&encoded), &arena, &out) == ERR_NONE)
		check(str_eq(out, in));
	buf_free(&encoded);
	arena_free(&arena);
	return 0;
}
