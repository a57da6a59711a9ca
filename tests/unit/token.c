/* token.c: base64url both ways, and hashes instead of secrets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/token.h"

static int
start(void **state)
{
	(void)state;
	return token_start() ? 0 : -1;
}

static void
decode_undoes_encode(void **state)
{
	uint8_t bytes[64], back[64];
	char text[128];
	size_t n;

	(void)state;
	for (size_t len = 0; len <= sizeof bytes; len++) {
		token_random(bytes, len);
		assert_true(token_encode(bytes, len, text, sizeof text));
		assert_true(token_decode(str_of(text), back, len, &n));
		assert_int_equal(n, len);
		assert_memory_equal(back, bytes, len);
		assert_true(len == 0 || !token_decode(str_of(text), back, len - 1, &n));
	}
	assert_false(token_encode(bytes, sizeof bytes, text, 86));
}

/* One spelling a value: a token that was changed in any character is another token, or none. */
static void
SE1_other_spellings_are_refused(void **state)
{
	static const char *const bad[] = {"A", "AAAAA", "AB", "AAB", "AA==", "AAA=", "A+AA", "A/AA", "A AA",
	    "AAA\n",
	    "AA\xdf"
	    "A",
	    "\x80\x80\x80\x80"};
	uint8_t out[8];
	size_t n, good = 0;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(token_decode(str_of(bad[i]), out, sizeof out, &n));
	for (int c = 0; c < 256; c++) {
		char text[4] = {'A', (char)c, 'A', 'A'};

		good += token_decode((struct str){text, 4}, out, sizeof out, &n) ? 1 : 0;
	}
	assert_int_equal(good, 64);
}

static void
a_new_token_has_its_length(void **state)
{
	char a[TOKEN_TEXT + 1], b[TOKEN_TEXT + 1], hash[TOKEN_HASH + 1];

	(void)state;
	token_new(a);
	token_new(b);
	assert_int_equal(strlen(a), TOKEN_TEXT);
	assert_false(token_equal(str_of(a), str_of(b)));
	assert_true(token_equal(str_of(a), str_of(a)));
	token_hash(str_of(a), hash);
	assert_int_equal(strlen(hash), TOKEN_HASH);
	token_hash(STR(""), hash); /* BLAKE2b-256 of nothing */
	assert_string_equal(hash, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(decode_undoes_encode),
	    cmocka_unit_test(SE1_other_spellings_are_refused),
	    cmocka_unit_test(a_new_token_has_its_length),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
