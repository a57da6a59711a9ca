/* paseto_vectors.c: the published vectors of PASETO v4, when they lie beside the checkout; and PAE's own
 * examples. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "format/paseto_public.h"

#define VECTORS "../shared/vectors/paseto-v4.json"

static struct str
member(const json_t *test, const char *name)
{
	const char *text = json_string_value(json_object_get(test, name));

	assert_non_null(text);
	return str_of(text);
}

static void
unhex(const json_t *test, const char *name, uint8_t *out, size_t size)
{
	struct str hex = member(test, name);
	size_t n;

	assert_int_equal(sodium_hex2bin(out, size, hex.at, hex.len, NULL, &n, NULL), 0);
	assert_int_equal(n, size);
}

/* The token must come out as published, and open to what was published. */
static void
check_local(const json_t *test)
{
	struct str token = member(test, "token"), payload = member(test, "payload");
	struct str footer = member(test, "footer"), implicit = member(test, "implicit-assertion");
	uint8_t key[PASETO_KEY], nonce[PASETO_NONCE];
	char text[PASETO_TEXT + 1], message[PASETO_BYTES], read[PASETO_FOOTER + 1];
	size_t n;

	unhex(test, "key", key, sizeof key);
	unhex(test, "nonce", nonce, sizeof nonce);
	assert_true(paseto_seal(key, nonce, payload, footer, implicit, text, sizeof text));
	assert_string_equal(text, token.at);
	assert_true(paseto_open(key, token, implicit, message, sizeof message, &n));
	assert_true(str_eq((struct str){message, n}, payload));
	assert_true(paseto_footer(token, read, &n));
	assert_true(str_eq((struct str){read, n}, footer));
	assert_false(paseto_open(key, token, STR("another site"), message, sizeof message, &n));
}

static void
check_public(const json_t *test)
{
	struct str token = member(test, "token"), payload = member(test, "payload");
	struct str footer = member(test, "footer"), implicit = member(test, "implicit-assertion");
	uint8_t public_key[PASETO_PUBLIC_KEY], secret[PASETO_SECRET_KEY];
	char text[PASETO_TEXT + 1], message[PASETO_BYTES];
	size_t n;

	unhex(test, "public-key", public_key, sizeof public_key);
	unhex(test, "secret-key", secret, sizeof secret);
	assert_true(paseto_sign(secret, payload, footer, implicit, text, sizeof text));
	assert_string_equal(text, token.at);
	assert_true(paseto_verify(public_key, token, implicit, message, sizeof message, &n));
	assert_true(str_eq((struct str){message, n}, payload));
	assert_false(paseto_verify(public_key, token, STR("another site"), message, sizeof message, &n));
}

/* Cases that must fail, in a version of the file that has them. */
static void
check_failing(const json_t *test)
{
	struct str token = member(test, "token"), implicit = member(test, "implicit-assertion");
	uint8_t key[32] = {0};
	char message[PASETO_BYTES];
	size_t n;

	if (json_object_get(test, "public-key") != NULL) {
		unhex(test, "public-key", key, sizeof key);
		assert_false(paseto_verify(key, token, implicit, message, sizeof message, &n));
	} else {
		unhex(test, "key", key, sizeof key);
	}
	assert_false(paseto_open(key, token, implicit, message, sizeof message, &n));
}

static void
SE1_published_vectors(void **state)
{
	json_t *file, *tests, *test;
	size_t i;

	(void)state;
	if (access(VECTORS, R_OK) != 0) {
		print_message("skipped: no " VECTORS "\n");
		skip();
	}
	file = json_load_file(VECTORS, JSON_REJECT_DUPLICATES, NULL);
	tests = json_object_get(file, "tests");
	assert_true(json_array_size(tests) >= 8);
	json_array_foreach(tests, i, test)
	{
		if (json_is_true(json_object_get(test, "expect-fail")))
			check_failing(test);
		else if (json_object_get(test, "secret-key") != NULL)
			check_public(test);
		else
			check_local(test);
	}
	json_decref(file);
}

/* The examples of Common.md, "PAE Definition". */
static void
SE1_pae_examples(void **state)
{
	const struct {
		struct str pieces[2];
		size_t count;
		struct str want;
	} cases[] = {
	    {{{NULL, 0}}, 0, STR("\0\0\0\0\0\0\0\0")},
	    {{{NULL, 0}}, 1, STR("\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")},
	    {{STR("test")}, 1, STR("\1\0\0\0\0\0\0\0\4\0\0\0\0\0\0\0test")},
	    {{STR("ab"), STR("c")}, 2,
	        STR("\2\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0"
	            "ab\1\0\0\0\0\0\0\0c")},
	};
	uint8_t out[64];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t n = paseto_pae(out, sizeof out, cases[i].pieces, cases[i].count);

		assert_int_equal(n, cases[i].want.len);
		assert_memory_equal(out, cases[i].want.at, n);
		for (size_t size = 0; size < n; size++)
			assert_int_equal(paseto_pae(out, size, cases[i].pieces, cases[i].count), 0);
	}
}

/* PASERK k4.lid of the key of all zero bytes and of 70 71 … 8f, as published in PASERK/k4.lid.json. */
static void
SE9_key_ids(void **state)
{
	static const uint8_t zero[PASETO_KEY];
	uint8_t key[PASETO_KEY], again[PASETO_KEY];
	char kid[PASETO_KID + 1], text[PASETO_KEY_TEXT + 1];

	(void)state;
	paseto_key_id(zero, kid);
	assert_string_equal(kid, "k4.lid.bqltbNc4JLUAmc9Xtpok-fBuI0dQN5_m3CD9W_nbh559");
	assert_true(paseto_is_kid(str_of(kid)));
	for (unsigned i = 0; i < PASETO_KEY; i++)
		key[i] = (uint8_t)(0x70 + i);
	paseto_key_id(key, kid);
	assert_string_equal(kid, "k4.lid.iVtYQDjr5gEijCSjJC3fQaJm7nCeQSeaty0Jixy8dbsk");
	paseto_key_write(key, text);
	assert_string_equal(text, "k4.local.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo8");
	assert_true(paseto_key_read(str_of(text), again));
	assert_memory_equal(again, key, sizeof key);
	assert_false(paseto_key_read(str_slice(str_of(text), 0, PASETO_KEY_TEXT - 1), again));
	assert_false(paseto_key_read(STR("k4.secret.HFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo8"), again));
	assert_false(paseto_key_read(STR("k4.local.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo9"), again));
	assert_false(paseto_is_kid(STR("k4.lid.iVtYQDjr5gEijCSjJC3fQaJm7nCeQSeaty0Jixy8dbs")));
	assert_false(paseto_is_kid(STR("k4.lid.iVtYQDjr5gEijCSjJC3fQaJm7nCeQSeaty0Jixy8db/k")));
	assert_false(paseto_is_kid(STR("k4.pid.iVtYQDjr5gEijCSjJC3fQaJm7nCeQSeaty0Jixy8dbsk")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(SE1_published_vectors),
	    cmocka_unit_test(SE1_pae_examples),
	    cmocka_unit_test(SE9_key_ids),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests_name("paseto_vectors", tests, NULL, NULL);
}
