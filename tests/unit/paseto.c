/* paseto.c: what is refused, and what a token must not be turned into; and the strict reading of its claims. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/token.h"
#include "format/claims.h"
#include "format/paseto_public.h"

#define SITE STR("poterne:session:https://lagazette.example")
#define MESSAGE STR("{\"sid\":41,\"exp\":\"2030-01-01T00:00:00Z\"}")
#define FOOTER STR("{\"kid\":\"k4.lid.iVtYQDjr5gEijCSjJC3fQaJm7nCeQSeaty0Jixy8dbsk\"}")

static const uint8_t key[PASETO_KEY] = {1, 2, 3}, nonce[PASETO_NONCE] = {9, 8, 7};

static struct str
good_token(char text[PASETO_TEXT + 1])
{
	assert_true(paseto_seal(key, nonce, MESSAGE, FOOTER, SITE, text, PASETO_TEXT + 1));
	return str_of(text);
}

/* Opens a token that must not open, and sees that nothing was written. */
static void
refused(struct str token)
{
	char out[PASETO_BYTES] = "untouched";
	size_t n = 77;

	assert_false(paseto_open(key, token, SITE, out, sizeof out, &n));
	assert_string_equal(out, "untouched");
	assert_int_equal(n, 77);
}

static void
SE1_round_trip(void **state)
{
	char text[PASETO_TEXT + 1], out[PASETO_BYTES];
	struct str token = good_token(text);
	size_t n;

	(void)state;
	assert_true(paseto_open(key, token, SITE, out, MESSAGE.len, &n));
	assert_true(str_eq((struct str){out, n}, MESSAGE));
	assert_false(paseto_open(key, token, SITE, out, MESSAGE.len - 1, &n));
	assert_true(paseto_seal(key, nonce, STR_NONE, STR_NONE, STR_NONE, text, sizeof text));
	assert_true(paseto_open(key, str_of(text), STR_NONE, out, sizeof out, &n));
	assert_int_equal(n, 0);
}

/* Every bit of body and footer, and every bit of the text itself. */
static void
SE1_flipped_bit(void **state)
{
	char text[PASETO_TEXT + 1], altered[PASETO_TEXT + 1];
	struct paseto_parts parts;
	struct str token = good_token(text);

	(void)state;
	assert_true(paseto_take(token, STR("v4.local."), &parts));
	for (size_t bit = 0; bit < 8 * (parts.body_len + parts.footer_len); bit++) {
		size_t at = bit / 8;
		uint8_t flip = (uint8_t)(1u << (bit % 8));
		struct paseto_parts p = parts;

		if (at < p.body_len)
			p.body[at] ^= flip;
		else
			p.footer[at - p.body_len] = (char)(p.footer[at - p.body_len] ^ flip);
		assert_true(paseto_put(STR("v4.local."), p.body, p.body_len,
		    (struct str){p.footer, p.footer_len}, altered, sizeof altered));
		refused(str_of(altered));
	}
	for (size_t bit = 0; bit < 8 * token.len; bit++) {
		memcpy(altered, text, token.len);
		altered[bit / 8] = (char)(altered[bit / 8] ^ (1 << (bit % 8)));
		refused((struct str){altered, token.len});
	}
}

static void
SE1_truncated_and_extended(void **state)
{
	char text[PASETO_TEXT + 64];
	struct str token = good_token(text);

	(void)state;
	for (size_t n = 0; n < token.len; n++) {
		refused(str_slice(token, 0, n));
		if (n > 0)
			refused(str_slice(token, n, token.len));
	}
	for (unsigned c = 0; c < 256; c++) {
		text[token.len] = (char)c;
		refused((struct str){text, token.len + 1});
	}
}

static void
SE1_other_headers_and_spellings(void **state)
{
	static const char *const headers[] = {"v4.public.", "v3.local.", "v2.local.", "v1.local.",
	    "V4.LOCAL.", "v4.local", "v4..local.", " v4.local.", ""};
	static const char *const ends[] = {"=", "==", ".", ".AA", " ", "\n", ".=", "%00"};
	char text[PASETO_TEXT + 1], other[2 * PASETO_TEXT + 64], standard[PASETO_TEXT + 1];
	struct str token = good_token(text), rest = str_slice(token, 9, token.len);

	(void)state;
	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
		(void)snprintf(other, sizeof other, "%s" STR_FMT, headers[i], STR_ARG(rest));
		refused(str_of(other));
	}
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		(void)snprintf(other, sizeof other, "%s%s", text, ends[i]);
		refused(str_of(other));
	}
	(void)snprintf(other, sizeof other, "%s %s", text, text);
	refused(str_of(other));
	(void)snprintf(other, sizeof other, "%s.%s", text, text);
	refused(str_of(other));
	memcpy(standard, text, token.len + 1); /* the other base64 alphabet */
	for (char *p = standard; *p != '\0'; p++)
		*p = *p == '-' ? '+' : *p == '_' ? '/' : *p;
	assert_string_not_equal(standard, text);
	refused(str_of(standard));
	refused(STR_NONE);
	refused((struct str){NULL, 0});
}

/* Spare bits of the last character: another spelling of the same bytes would be another name of the same token. */
static void
SE1_one_spelling_only(void **state)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	char text[PASETO_TEXT + 1], out[PASETO_BYTES];
	unsigned opened = 0;
	size_t n;

	(void)state;
	for (size_t len = 1; len <= 3; len++) {
		struct str message = str_slice(MESSAGE, 0, len);
		size_t last;

		assert_true(paseto_seal(key, nonce, message, STR_NONE, SITE, text, sizeof text));
		last = strlen(text) - 1;
		for (const char *c = alphabet; *c != '\0'; c++) {
			text[last] = *c;
			opened += paseto_open(key, str_of(text), SITE, out, sizeof out, &n) ? 1 : 0;
		}
	}
	assert_int_equal(opened, 3);
}

static void
SE1_other_key(void **state)
{
	char text[PASETO_TEXT + 1], out[PASETO_BYTES];
	struct str token = good_token(text);
	size_t n;

	(void)state;
	for (size_t bit = 0; bit < 8 * PASETO_KEY; bit++) {
		uint8_t other[PASETO_KEY];

		memcpy(other, key, sizeof other);
		other[bit / 8] ^= (uint8_t)(1u << (bit % 8));
		assert_false(paseto_open(other, token, SITE, out, sizeof out, &n));
	}
}

static void
SE2_other_purpose_or_site(void **state)
{
	static const char *const others[] = {"", "poterne:link:https://lagazette.example",
	    "poterne:session:https://lagazette.example/", "poterne:session:http://lagazette.example",
	    "poterne:session:https://lagazette.exampl", "poterne:session:https://lagazette.example "};
	char text[PASETO_TEXT + 1], out[PASETO_BYTES];
	struct str token = good_token(text);
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_false(paseto_open(key, token, str_of(others[i]), out, sizeof out, &n));
}

static void
SE1_limits(void **state)
{
	static char big[PASETO_TEXT * 2], text[PASETO_TEXT + 2], out[PASETO_BYTES];
	struct paseto_parts parts;
	uint8_t secret[PASETO_SECRET_KEY], pub[PASETO_PUBLIC_KEY];
	size_t n, fits = 0;

	(void)state;
	memset(big, 'A', sizeof big);
	assert_int_equal(crypto_sign_keypair(pub, secret), 0);
	for (size_t len = 2900; len < 3100; len++) { /* whatever is written can be read */
		struct str message = {big, len};

		if (paseto_seal(key, nonce, message, STR_NONE, STR_NONE, text, sizeof text)) {
			assert_true(strlen(text) <= PASETO_TEXT);
			assert_true(paseto_open(key, str_of(text), STR_NONE, out, sizeof out, &n));
			fits = len;
		}
		if (paseto_sign(secret, message, STR_NONE, STR_NONE, text, sizeof text))
			assert_true(paseto_verify(pub, str_of(text), STR_NONE, out, sizeof out, &n));
	}
	assert_true(fits >= 2990 && fits < 3072 - 64);
	assert_false(paseto_seal(key, nonce, MESSAGE, (struct str){big, 513}, SITE, text, sizeof text));
	assert_false(paseto_seal(key, nonce, MESSAGE, FOOTER, (struct str){big, 513}, text, sizeof text));
	assert_false(paseto_sign(secret, MESSAGE, (struct str){big, 513}, SITE, text, sizeof text));
	assert_false(paseto_sign(secret, MESSAGE, FOOTER, (struct str){big, 513}, text, sizeof text));
	memcpy(big, "v4.local.", 9);
	refused((struct str){big, sizeof big});
	refused((struct str){big, PASETO_TEXT});
	refused((struct str){big, 9 + 84}); /* 63 bytes: no room for nonce and MAC */
	assert_false(paseto_take((struct str){big, PASETO_TEXT + 1}, STR("v4.local."), &parts));
	assert_false(paseto_put(STR("v4.local."), big, PASETO_BYTES + 1, STR_NONE, text, sizeof text));
	assert_false(
	    paseto_put(STR("v4.local."), big, 64, (struct str){big, PASETO_FOOTER + 1}, text, sizeof text));
	assert_true(paseto_seal(key, nonce, MESSAGE, FOOTER, SITE, text, sizeof text));
	assert_false(
	    paseto_open(key, str_of(text), (struct str){big, PASETO_IMPLICIT + 1}, out, sizeof out, &n));
	assert_true(paseto_sign(secret, STR_NONE, STR_NONE, STR_NONE, text, sizeof text));
	assert_true(paseto_verify(pub, str_of(text), STR_NONE, out, sizeof out, &n) && n == 0);
	assert_false(
	    paseto_verify(pub, str_of(text), (struct str){big, PASETO_IMPLICIT + 1}, out, sizeof out, &n));
	n = strlen(good_token(text).at);
	assert_false(paseto_seal(key, nonce, MESSAGE, FOOTER, SITE, text, n));
	assert_true(paseto_seal(key, nonce, MESSAGE, FOOTER, SITE, text, n + 1));
}

static void
SE1_footer_is_only_read(void **state)
{
	char text[PASETO_TEXT + 1], footer[PASETO_FOOTER + 1];
	size_t n;

	(void)state;
	assert_true(paseto_footer(good_token(text), footer, &n));
	assert_string_equal(footer, FOOTER.at);
	assert_true(paseto_footer(STR("v4.local.AAAA"), footer, &n));
	assert_int_equal(n, 0);
	assert_false(paseto_footer(STR("v4.local.AAAA."), footer, &n));
	assert_false(paseto_footer(STR("v4.local.AAAA.AA=="), footer, &n));
	assert_false(paseto_footer(STR("v4.local.AAAA.AA.AA"), footer, &n));
	assert_false(paseto_footer(STR("v4.public.AAAA.AAAA"), footer, &n));
}

static void
SE9_texts_of_keys_and_their_names(void **state)
{
	uint8_t key_of[PASETO_KEY], other[PASETO_KEY];
	char text[PASETO_KEY_TEXT + 1];
	struct str kid = str_slice(FOOTER, 8, 8 + PASETO_KID);

	(void)state;
	memset(key_of, 7, sizeof key_of);
	paseto_key_write(key_of, text);
	assert_true(paseto_key_read(str_of(text), other));
	assert_memory_equal(key_of, other, sizeof other);
	assert_true(paseto_is_kid(kid));
	assert_false(paseto_key_read(str_slice(str_of(text), 0, PASETO_KEY_TEXT - 1), other));
	assert_false(paseto_is_kid(str_slice(kid, 0, PASETO_KID - 1)));
	for (size_t i = 0; i < PASETO_KEY_TEXT; i++) {
		char was = text[i];

		text[i] = '!';
		assert_false(paseto_key_read(str_of(text), other));
		text[i] = was;
	}
	for (size_t i = 0; i < PASETO_KID; i++) {
		char wrong[PASETO_KID];

		memcpy(wrong, kid.at, PASETO_KID);
		wrong[i] = '!';
		assert_false(paseto_is_kid((struct str){wrong, PASETO_KID}));
	}
}

static void
SE1_signed_token(void **state)
{
	uint8_t secret[PASETO_SECRET_KEY], pub[PASETO_PUBLIC_KEY];
	char text[PASETO_TEXT + 1], out[PASETO_BYTES];
	size_t n, len;

	(void)state;
	assert_int_equal(crypto_sign_keypair(pub, secret), 0);
	assert_true(paseto_sign(secret, MESSAGE, FOOTER, SITE, text, sizeof text));
	assert_true(paseto_verify(pub, str_of(text), SITE, out, sizeof out, &n));
	assert_true(str_eq((struct str){out, n}, MESSAGE));
	assert_false(paseto_verify(pub, str_of(text), SITE, out, n - 1, &n));
	assert_false(paseto_verify(pub, str_of(text), STR_NONE, out, sizeof out, &n));
	assert_false(paseto_verify(pub, STR("v4.public.AAAA"), SITE, out, sizeof out, &n));
	refused(str_of(text));
	len = strlen(text);
	for (size_t i = 0; i < len; i++) {
		text[i] = (char)(text[i] ^ 1);
		assert_false(paseto_verify(pub, (struct str){text, len}, SITE, out, sizeof out, &n));
		text[i] = (char)(text[i] ^ 1);
	}
}

static void
SE1_claims_are_read_strictly(void **state)
{
	static const char *const wrong[] = {"", "{", "}", "[]", "{}x", "{}{}", "{\"a\"}", "{\"a\":}",
	    "{\"a\":1,}", "{,\"a\":1}", "{\"a\":1 \"b\":2}", "{\"a\":{}}", "{\"a\":[1]}", "{\"a\":true}",
	    "{\"a\":null}", "{\"a\":1.5}", "{\"a\":1e3}", "{\"a\":01}", "{\"a\":-}", "{\"a\":", "{\"a\":-",
	    "{\"a\":7", "{\"a\"", "{\"a", "{\"a\":+1}", "{a:1}", "{'a':1}", "{\"a\":\"\\u0041\"}",
	    "{\"a\":\"x\\\"5}", "{\"a\":\"\\\\\"5}", "{\"a\":\"unclosed}", "{\"a\":\"\xff\"}",
	    "{\"a\":\"\n\"}", "{\"a\":1,\"a\":1}", "{\"a\":\"1\",\"a\":2}",
	    "{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,\"j\":1,\"k\":1,\"l\":"
	    "1,\"m\":1,"
	    "\"n\":1,\"o\":1,\"p\":1,\"q\":1}"};
	struct claims claims;
	struct str text;
	int64_t n;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(claims_read(str_of(wrong[i]), &claims));
	assert_true(claims_read(STR(" { } "), &claims));
	assert_true(
	    claims_read(STR("{\"n\" : -7 ,\r\n\t\"t\":\"\xc3\xa9t\xc3\xa9\",\"z\":0,\"e\":\"\"}"), &claims));
	assert_true(claims_int(&claims, STR("n"), -7, 0, &n) && n == -7);
	assert_false(claims_int(&claims, STR("n"), 0, 9, &n));
	assert_true(claims_int(&claims, STR("z"), 0, 9, &n) && n == 0);
	assert_false(claims_int(&claims, STR("t"), 0, 9, &n));
	assert_false(claims_int(&claims, STR("absent"), 0, 9, &n));
	assert_true(claims_text(&claims, STR("t"), &text) && str_eq(text, STR("\xc3\xa9t\xc3\xa9")));
	assert_true(claims_text(&claims, STR("e"), &text) && text.len == 0);
	assert_false(claims_text(&claims, STR("n"), &text));
	assert_false(claims_text(&claims, STR("absent"), &text));
}

static void
SE7_claim_times_name_their_offset(void **state)
{
	static const struct {
		const char *json;
		int64_t want; /* -1: refused */
	} cases[] = {
	    {"{\"t\":\"2024-11-15T08:00:00Z\"}", 1731657600},
	    {"{\"t\":\"2024-11-15T08:00:00.123Z\"}", 1731657600},
	    {"{\"t\":\"2024-11-15T09:00:00+01:00\"}", 1731657600},
	    {"{\"t\":\"2024-11-15T04:30:00-03:30\"}", 1731657600},
	    {"{\"t\":\"2024-11-15T08:00:00\"}", -1},
	    {"{\"t\":\"2024-11-15T08:00:00.5\"}", -1},
	    {"{\"t\":\"2024-11-15T08:00:00.55555555\"}", -1},
	    {"{\"t\":\"2024-11-15 08:00:00Z\"}", -1},
	    {"{\"t\":\"2024-11-15\"}", -1},
	    {"{\"t\":\"2024-02-30T08:00:00Z\"}", -1},
	    {"{\"t\":\"2024-11-15T08:00:00Zx\"}", -1},
	    {"{\"t\":\"2024-11-15T08:00+00:00 \"}", -1},
	    {"{\"t\":1731657600}", -1},
	};
	struct claims claims;
	int64_t t;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_true(claims_read(str_of(cases[i].json), &claims));
		if (cases[i].want < 0)
			assert_false(claims_time(&claims, STR("t"), &t));
		else
			assert_true(claims_time(&claims, STR("t"), &t) && t == cases[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(SE1_round_trip),
	    cmocka_unit_test(SE1_flipped_bit),
	    cmocka_unit_test(SE1_truncated_and_extended),
	    cmocka_unit_test(SE1_other_headers_and_spellings),
	    cmocka_unit_test(SE1_one_spelling_only),
	    cmocka_unit_test(SE1_other_key),
	    cmocka_unit_test(SE2_other_purpose_or_site),
	    cmocka_unit_test(SE1_limits),
	    cmocka_unit_test(SE1_footer_is_only_read),
	    cmocka_unit_test(SE9_texts_of_keys_and_their_names),
	    cmocka_unit_test(SE1_signed_token),
	    cmocka_unit_test(SE1_claims_are_read_strictly),
	    cmocka_unit_test(SE7_claim_times_name_their_offset),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests_name("paseto", tests, NULL, NULL);
}
