/* signature.c: webhook signatures and the bounds of JSON from strangers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/token.h"
#include "format/json_bounds.h"
#include "format/signature.h"

#define NOW ((int64_t)1780000000)
#define BODY STR("{\"id\":\"evt_1\"}")

static const struct signature_secrets secrets = {
    {STR_LITERAL("whsec_the_first_secret"), STR_LITERAL("whsec_the_second_one")}, 2};

/* "t=TIME,v1=HEX" as the provider makes it. */
static struct str
header(char out[256], struct str secret, int64_t at, struct str body, const char *scheme)
{
	char text[4096], hex[65];
	uint8_t code[32];
	crypto_auth_hmacsha256_state st;
	int n = snprintf(text, sizeof text, "%lld." STR_FMT, (long long)at, STR_ARG(body));

	crypto_auth_hmacsha256_init(&st, (const uint8_t *)secret.at, secret.len);
	crypto_auth_hmacsha256_update(&st, (const uint8_t *)text, (unsigned long long)n);
	crypto_auth_hmacsha256_final(&st, code);
	token_hex(code, sizeof code, hex);
	(void)snprintf(out, 256, "t=%lld,%s=%s", (long long)at, scheme, hex);
	return str_of(out);
}

static void
WH1_only_the_raw_body_signed_with_a_secret_counts(void **state)
{
	char text[256], other[256];
	struct str good = header(text, secrets.items[0], NOW, BODY, "v1");

	(void)state;
	assert_int_equal(signature_check(&secrets, good, BODY, NOW), SIGNATURE_GOOD);
	assert_int_equal(
	    signature_check(&secrets, good, STR("{ \"id\": \"evt_1\" }"), NOW), SIGNATURE_FORGED);
	assert_int_equal(signature_check(&secrets, good, STR_NONE, NOW), SIGNATURE_FORGED);
	assert_int_equal(signature_check(&secrets, STR_NONE, BODY, NOW), SIGNATURE_MALFORMED);
	assert_int_equal(
	    signature_check(&secrets, header(other, STR("whsec_somebody_else"), NOW, BODY, "v1"), BODY, NOW),
	    SIGNATURE_FORGED);
	assert_int_equal(
	    signature_check(&secrets, header(other, secrets.items[0], NOW, BODY, "v0"), BODY, NOW),
	    SIGNATURE_MALFORMED);
	/* no single bit of what was signed may change */
	for (size_t i = 0; i < BODY.len * 8; i++) {
		char body[64];

		memcpy(body, BODY.at, BODY.len);
		body[i / 8] = (char)(body[i / 8] ^ (1 << i % 8));
		assert_int_equal(
		    signature_check(&secrets, good, (struct str){body, BODY.len}, NOW), SIGNATURE_FORGED);
	}
	for (size_t i = str_find(good, STR("v1=")) + 3; i < good.len; i++) {
		memcpy(other, text, sizeof text);
		other[i] = other[i] == '0' ? '1' : '0';
		assert_int_not_equal(signature_check(&secrets, str_of(other), BODY, NOW), SIGNATURE_GOOD);
	}
}

static void
WH1_headers_that_are_none(void **state)
{
	static const char *const bad[] = {"t", "t=", "v1=", "t=1", "t=1780000000,v1=", "t=1780000000,v1=zz",
	    "t=x,v1=00", ",", "=", "t=-1,v1=00", "t=1780000000 ,v1", "v1,t=1"};
	char text[256], twice[600];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(signature_check(&secrets, str_of(bad[i]), BODY, NOW), SIGNATURE_MALFORMED);
	(void)header(text, secrets.items[0], NOW, BODY, "v1");
	(void)snprintf(twice, sizeof twice, "t=1780000001,%s", text);
	assert_int_equal(signature_check(&secrets, str_of(twice), BODY, NOW), SIGNATURE_MALFORMED);
	assert_int_equal(
	    signature_check(&(struct signature_secrets){.n = 0}, str_of(text), BODY, NOW), SIGNATURE_FORGED);
}

/* What is looked at is bounded: a header, or a file of secrets, may be as long as somebody likes. */
static void
WH1_no_more_is_looked_at_than_there_is_room_for(void **state)
{
	char good[256], many[1200] = "", letters[96];
	struct signature_secrets read;
	size_t n;

	(void)state;
	(void)snprintf(letters, sizeof letters, "t=1780000000,v1=%064d", 0);
	memset(letters + 16, 'x', 64);
	assert_int_equal(signature_check(&secrets, str_of(letters), BODY, NOW), SIGNATURE_MALFORMED);
	assert_int_equal(
	    signature_check(&secrets, STR("t=1780000000000,v1=00"), BODY, NOW), SIGNATURE_MALFORMED);
	(void)header(good, secrets.items[0], NOW, BODY, "v1");
	for (size_t before = 7; before <= 8; before++) {
		n = (size_t)snprintf(many, sizeof many, "t=%lld", (long long)NOW);
		for (size_t i = 0; i < before; i++)
			n += (size_t)snprintf(many + n, sizeof many - n, ",v1=%064d", 0);
		(void)snprintf(many + n, sizeof many - n, ",%s", strstr(good, "v1="));
		assert_int_equal(signature_check(&secrets, str_of(many), BODY, NOW),
		    before == 7 ? SIGNATURE_GOOD : SIGNATURE_FORGED);
	}
	assert_true(signature_secrets_read((struct str){NULL, 0}, &read) && read.n == 0);
	n = 0;
	for (size_t i = 0; i <= SIGNATURE_SECRETS; i++) {
		assert_true(n == 0 || signature_secrets_read((struct str){many, n}, &read));
		n += (size_t)snprintf(many + n, sizeof many - n, "whsec_number_%zu_____\n", i);
	}
	assert_false(signature_secrets_read((struct str){many, n}, &read));
}

static void
SIGNATURES_have_names(void **state)
{
	(void)state;
	for (int s = SIGNATURE_GOOD; s <= SIGNATURE_LATE; s++)
		assert_true(strlen(signature_name((enum signature)s)) >= 4);
}

static void
WH2_five_minutes_both_ways(void **state)
{
	static const struct {
		int64_t away;
		enum signature want;
	} cases[] = {{-300, SIGNATURE_GOOD}, {-301, SIGNATURE_LATE}, {300, SIGNATURE_GOOD},
	    {301, SIGNATURE_LATE}, {-86400, SIGNATURE_LATE}, {86400, SIGNATURE_LATE}};
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(
		    signature_check(
		        &secrets, header(text, secrets.items[0], NOW + cases[i].away, BODY, "v1"), BODY, NOW),
		    cases[i].want);
}

static void
WH6_several_secrets_and_several_signatures(void **state)
{
	char first[256], second[256], both[800];
	struct signature_secrets read;

	(void)state;
	(void)header(first, secrets.items[0], NOW, BODY, "v1");
	(void)header(second, secrets.items[1], NOW, BODY, "v1");
	assert_int_equal(signature_check(&secrets, str_of(second), BODY, NOW), SIGNATURE_GOOD);
	(void)snprintf(both, sizeof both, "%s,v0=00,v1=%064d,v1=xx,%s", first, 0, strstr(second, "v1="));
	for (size_t i = 0; i < 2; i++) {
		struct signature_secrets one = {{secrets.items[i]}, 1};

		assert_int_equal(signature_check(&one, str_of(both), BODY, NOW), SIGNATURE_GOOD);
	}
	assert_true(
	    signature_secrets_read(STR("# old\nwhsec_aaaaaaaaaaaaaa\r\n\n  whsec_bbbbbbbbbbbbbb"), &read));
	assert_int_equal(read.n, 2);
	assert_true(str_eq(read.items[0], STR("whsec_aaaaaaaaaaaaaa")));
	assert_true(str_eq(read.items[1], STR("whsec_bbbbbbbbbbbbbb")));
	assert_false(signature_secrets_read(STR("short"), &read));
}

static enum err
opens(struct str text)
{
	struct fault f = {""};
	json_t *o = NULL;
	enum err e = json_bounds_open(text, &o, &f);

	assert_true((e == ERR_NONE) == (o != NULL));
	assert_true((e == ERR_NONE) == (f.text[0] == '\0'));
	json_decref(o);
	return e;
}

static struct str
repeated(char *out, const char *head, const char *part, size_t n, const char *tail)
{
	size_t len = strlen(head), step = strlen(part);

	memcpy(out, head, len);
	for (size_t i = 0; i < n; i++, len += step)
		memcpy(out + len, part, step);
	memcpy(out + len, tail, strlen(tail));
	return (struct str){out, len + strlen(tail)};
}

static void
WH7_json_is_bounded_before_it_is_parsed(void **state)
{
	static const char *const bad[] = {"", "[]", "1", "\"x\"", "{", "{}}", "{\"a\":1,\"a\":2}",
	    "{\"a\":1e999999}", "{\"a\\u0000b\":1}", "{\"a\":\"\xff\"}", "{\"a\":NaN}", "{'a':1}", "{\"a\":}",
	    "\xef\xbb\xbf{}", "{}\n{}"};
	char *text = malloc((size_t)2 << 20);

	(void)state;
	assert_non_null(text);
	assert_int_equal(opens(STR("{\"a\":[{\"b\":\"]]]]{{{{\\\"\"}]}")), ERR_NONE);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(opens(str_of(bad[i])), ERR_INVALID);
	assert_int_equal(
	    opens(repeated(text, "{\"a\":", "[", 31, "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}")), ERR_NONE);
	assert_int_equal(
	    opens(repeated(text, "{\"a\":", "[", 32, "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}")), ERR_INVALID);
	assert_int_equal(opens(repeated(text, "{\"a\":", "[", 100000, "")), ERR_INVALID);
	assert_int_equal(opens(repeated(text, "{\"a\":[", "{},", 80000, "{}]}")), ERR_INVALID);
	assert_int_equal(opens(repeated(text, "{\"a\":\"", "x", 300000, "\"}")), ERR_TOO_LARGE);
	assert_int_equal(opens(repeated(text, "{\"a\":\"", "x", 200000, "\"}")), ERR_NONE);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(WH1_only_the_raw_body_signed_with_a_secret_counts),
	    cmocka_unit_test(WH1_headers_that_are_none),
	    cmocka_unit_test(WH1_no_more_is_looked_at_than_there_is_room_for),
	    cmocka_unit_test(SIGNATURES_have_names),
	    cmocka_unit_test(WH2_five_minutes_both_ways),
	    cmocka_unit_test(WH6_several_secrets_and_several_signatures),
	    cmocka_unit_test(WH7_json_is_bounded_before_it_is_parsed),
	};

	return token_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
