/* compress.c: what comes out is smaller, and comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#include "format/compress.h"

static char page[30000];

static int
make_page(void **state)
{
	static const char *const words[] = {
	    "la ", "commune ", "<p>", "</p>\n", "quand ", "\xc3\xa9lu ", "service "};
	uint32_t seed = 7;
	size_t n = 0;

	(void)state;
	while (n < sizeof page - 16) {
		const char *w = words[(seed = seed * 1664525 + 1013904223) >> 16 & 7 ? seed % 7 : 0];

		memcpy(page + n, w, strlen(w));
		n += strlen(w);
	}
	memset(page + n, ' ', sizeof page - n);
	return 0;
}

static void
gzip_comes_back(void **state)
{
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	struct compressor *c = compressor_new();
	struct buf out = BUF_EMPTY;
	static char back[sizeof page];
	size_t n;

	(void)state;
	for (int effort = COMPRESS_QUICK; effort <= COMPRESS_BEST; effort++) {
		buf_clear(&out);
		buf_puts(&out, "head");
		assert_true(compress_body(
		    c, CODING_GZIP, (enum compress_effort)effort, (struct str){page, sizeof page}, &out));
		assert_true(out.len < sizeof page / 2);
		assert_memory_equal(out.data, "head", 4);
		assert_int_equal(
		    libdeflate_gzip_decompress(d, out.data + 4, out.len - 4, back, sizeof back, &n), 0);
		assert_int_equal(n, sizeof page);
		assert_memory_equal(back, page, sizeof page);
	}
	buf_free(&out);
	compressor_free(c);
	libdeflate_free_decompressor(d);
}

static void
undo_gives_the_page_back(void **state)
{
	struct compressor *c = compressor_new();
	struct buf out = BUF_EMPTY;
	static char back[sizeof page];

	(void)state;
	assert_true(compress_body(c, CODING_GZIP, COMPRESS_FAST, (struct str){page, sizeof page}, &out));
	assert_true(compress_undo(c, buf_str(&out), back, sizeof back));
	assert_memory_equal(back, page, sizeof page);
	assert_false(compress_undo(c, buf_str(&out), back, sizeof back - 1));
	out.data[out.len / 2] ^= 1;
	assert_false(compress_undo(c, buf_str(&out), back, sizeof back));
	buf_free(&out);
	compressor_free(c);
}

static void
brotli_is_smaller_with_more_effort(void **state)
{
	struct compressor *c = compressor_new();
	struct buf quick = BUF_EMPTY, best = BUF_EMPTY;

	(void)state;
	assert_true(compress_body(c, CODING_BR, COMPRESS_QUICK, (struct str){page, sizeof page}, &quick));
	assert_true(compress_body(c, CODING_BR, COMPRESS_BEST, (struct str){page, sizeof page}, &best));
	assert_true(quick.len < sizeof page / 2);
	assert_true(best.len < quick.len);
	buf_free(&quick);
	buf_free(&best);
	compressor_free(c);
}

static void
identity_and_failed_buffers_are_refused(void **state)
{
	struct compressor *c = compressor_new();
	struct buf out = BUF_EMPTY;

	(void)state;
	assert_false(compress_body(c, CODING_IDENTITY, COMPRESS_QUICK, STR("a"), &out));
	out.failed = true;
	assert_false(compress_body(c, CODING_BR, COMPRESS_QUICK, STR("a"), &out));
	assert_int_equal(out.len, 0);
	buf_free(&out);
	compressor_free(c);
	compressor_free(NULL);
}

static void
a_variant_pays_for_its_header(void **state)
{
	(void)state;
	assert_true(compress_worth(CODING_BR, 1000, 1000 + sizeof "Content-Encoding: br\r\n"));
	assert_false(compress_worth(CODING_BR, 1000, 1000 + sizeof "Content-Encoding: br\r\n" - 1));
	assert_false(compress_worth(CODING_GZIP, SIZE_MAX / 2, 10));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(gzip_comes_back),
	    cmocka_unit_test(undo_gives_the_page_back),
	    cmocka_unit_test(brotli_is_smaller_with_more_effort),
	    cmocka_unit_test(identity_and_failed_buffers_are_refused),
	    cmocka_unit_test(a_variant_pays_for_its_header),
	};

	return cmocka_run_group_tests(tests, make_page, NULL);
}
