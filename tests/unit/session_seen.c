/* session_seen.c: knowing a token again changes no answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/token.h"
#include "core/session_seen.h"

#define SITE STR("https://lagazette.example")
#define NOW ((int64_t)1800000000)

struct place {
	char root[64], keys[80];
	struct keyring *ring;
	struct session_seen *seen;
};

static int
setup(void **state)
{
	struct place *p = calloc(1, sizeof *p);
	char kid[PASETO_KID + 1];

	if (p == NULL)
		return -1;
	(void)snprintf(p->root, sizeof p->root, "/tmp/session_seen.XXXXXX");
	if (mkdtemp(p->root) == NULL)
		return -1;
	(void)snprintf(p->keys, sizeof p->keys, "%s/keys", p->root);
	if (keyring_create(p->keys, NOW, kid, NULL) != ERR_NONE ||
	    keyring_load(&p->ring, p->keys, NULL) != ERR_NONE)
		return -1;
	p->seen = session_seen_new();
	*state = p;
	return p->seen == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
	struct place *p = *state;
	char command[128];

	session_seen_free(p->seen);
	session_seen_free(NULL);
	keyring_release(p->ring);
	(void)snprintf(command, sizeof command, "rm -rf %s", p->root);
	if (system(command) != 0)
		return -1;
	free(p);
	return 0;
}

static struct str
token_of(const struct place *p, int64_t id, char out[SESSION_TOKEN])
{
	struct session_claims claims = {id, id + 1, NOW, NOW + CLOCK_DAY};

	assert_true(session_seal(p->ring, SITE, &claims, out));
	return str_of(out);
}

static void
a_token_is_known_again(void **state)
{
	struct place *p = *state;
	struct session_claims claims = {0};
	char text[SESSION_TOKEN];
	struct str token = token_of(p, 7, text);

	for (int i = 0; i < 3; i++) {
		assert_int_equal(
		    session_seen_read(p->seen, p->ring, SITE, token, NOW, &claims), SESSION_GOOD);
		assert_int_equal(claims.session_id, 7);
		assert_int_equal(claims.subscriber_id, 8);
		claims.session_id = 0;
	}
	assert_int_equal(session_seen_read(NULL, p->ring, SITE, token, NOW, &claims), SESSION_GOOD);
	assert_int_equal(claims.session_id, 7);
}

static void
SE7_the_clock_is_asked_each_time(void **state)
{
	struct place *p = *state;
	struct session_claims claims;
	char text[SESSION_TOKEN];
	struct str token = token_of(p, 9, text);

	assert_int_equal(session_seen_read(p->seen, p->ring, SITE, token, NOW, &claims), SESSION_GOOD);
	assert_int_equal(
	    session_seen_read(p->seen, p->ring, SITE, token, NOW + CLOCK_DAY - 1, &claims), SESSION_GOOD);
	assert_int_equal(
	    session_seen_read(p->seen, p->ring, SITE, token, NOW + CLOCK_DAY, &claims), SESSION_EXPIRED);
	assert_int_equal(
	    session_seen_read(p->seen, p->ring, SITE, token, NOW - 3600, &claims), SESSION_EARLY);
}

static void
SE1_flipped_bits_of_a_known_token_are_refused(void **state)
{
	struct place *p = *state;
	struct session_claims claims;
	char text[SESSION_TOKEN];
	struct str token = token_of(p, 11, text);

	assert_int_equal(session_seen_read(p->seen, p->ring, SITE, token, NOW, &claims), SESSION_GOOD);
	for (size_t bit = 0; bit < 8 * token.len; bit++) {
		text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
		assert_int_not_equal(
		    session_seen_read(p->seen, p->ring, SITE, token, NOW, &claims), SESSION_GOOD);
		text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
	}
	for (size_t n = 0; n < token.len; n++)
		assert_int_not_equal(
		    session_seen_read(p->seen, p->ring, SITE, str_slice(token, 0, n), NOW, &claims),
		    SESSION_GOOD);
	assert_int_equal(session_seen_read(p->seen, p->ring, SITE, token, NOW, &claims), SESSION_GOOD);
}

static void
SE9_nothing_is_known_after_a_change_of_keys(void **state)
{
	struct place *p = *state;
	struct session_claims claims;
	char text[SESSION_TOKEN], kid[PASETO_KID + 1];
	struct str token = token_of(p, 13, text);
	struct keyring *fresh;
	char other[96];

	(void)snprintf(other, sizeof other, "%s/other", p->root);
	assert_int_equal(keyring_create(other, NOW, kid, NULL), ERR_NONE);
	assert_int_equal(keyring_load(&fresh, other, NULL), ERR_NONE);
	assert_int_equal(session_seen_read(p->seen, p->ring, SITE, token, NOW, &claims), SESSION_GOOD);
	session_seen_forget(p->seen);
	session_seen_forget(NULL);
	assert_int_equal(session_seen_read(p->seen, fresh, SITE, token, NOW, &claims), SESSION_UNKNOWN_KEY);
	keyring_release(fresh);
}

static void
many_tokens_keep_apart(void **state)
{
	struct place *p = *state;
	struct session_claims claims;
	char text[SESSION_TOKEN];

	for (int round = 0; round < 2; round++)
		for (int64_t id = 1; id <= 1000; id++) {
			struct str token = token_of(p, id, text);

			assert_int_equal(
			    session_seen_read(p->seen, p->ring, SITE, token, NOW, &claims), SESSION_GOOD);
			assert_int_equal(claims.session_id, id);
			assert_int_equal(
			    session_seen_read(p->seen, p->ring, SITE, token, NOW, &claims), SESSION_GOOD);
			assert_int_equal(claims.session_id, id);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_token_is_known_again, setup, teardown),
	    cmocka_unit_test_setup_teardown(SE7_the_clock_is_asked_each_time, setup, teardown),
	    cmocka_unit_test_setup_teardown(SE1_flipped_bits_of_a_known_token_are_refused, setup, teardown),
	    cmocka_unit_test_setup_teardown(SE9_nothing_is_known_after_a_change_of_keys, setup, teardown),
	    cmocka_unit_test_setup_teardown(many_tokens_keep_apart, setup, teardown),
	};

	if (!token_start() || !clock_zone("Europe/Paris"))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
