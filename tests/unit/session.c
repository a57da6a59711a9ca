/* session.c: what a cookie is worth without a table, and what ends a session. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/token.h"
#include "core/seal.h"
#include "core/session.h"

#define SITE STR("https://lagazette.example")
#define NOW ((int64_t)1800000000)
#define HOUR ((int64_t)3600)

struct place {
	char root[64], keys[80];
	struct keyring *ring;
};

static int
setup(void **state)
{
	struct place *p = calloc(1, sizeof *p);
	char kid[PASETO_KID + 1];

	if (p == NULL)
		return -1;
	(void)snprintf(p->root, sizeof p->root, "/tmp/session.XXXXXX");
	if (mkdtemp(p->root) == NULL)
		return -1;
	(void)snprintf(p->keys, sizeof p->keys, "%s/keys", p->root);
	if (keyring_create(p->keys, NOW, kid, NULL) != ERR_NONE ||
	    keyring_load(&p->ring, p->keys, NULL) != ERR_NONE)
		return -1;
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct place *p = *state;
	char command[128];

	keyring_release(p->ring);
	(void)snprintf(command, sizeof command, "rm -rf %s", p->root);
	if (system(command) != 0)
		return -1;
	free(p);
	return 0;
}

static const struct session_claims issued = {.session_id = 8007199254740991,
    .subscriber_id = 12,
    .issued_at = NOW,
    .expires_at = NOW + 30 * CLOCK_DAY};

static struct str
token_of(const struct place *p, char out[SESSION_TOKEN])
{
	assert_true(session_seal(p->ring, SITE, &issued, out));
	return str_of(out);
}

static enum session_read
read_message(const struct place *p, const char *message)
{
	char token[SESSION_TOKEN * 2];
	struct session_claims claims;

	assert_true(seal_make(p->ring, SEAL_SESSION, SITE, str_of(message), token, sizeof token));
	return session_read(p->ring, SITE, str_of(token), NOW, &claims);
}

static void
SE1_round_trip(void **state)
{
	struct session_claims claims;
	char text[SESSION_TOKEN];
	struct str token = token_of(*state, text);
	struct place *p = *state;

	assert_int_equal(session_read(p->ring, SITE, token, NOW, &claims), SESSION_GOOD);
	assert_memory_equal(&claims, &issued, sizeof claims);
	assert_true(token.len < 400);
}

/* SE5: cookie and attributes stay below 4096 bytes; SE1: garbage of every size. */
static void
SE1_garbage_is_no_cookie(void **state)
{
	static const char *const garbage[] = {"", "x", "v4.local.", "v4.local.AAAA", "v4.local..", "null",
	    "\xff\xfe", "%00", "v4.public.eyJzaWQiOjF9", "eyJhbGciOiJub25lIn0.e30.",
	    "__Host-session=v4.local.AAAA"};
	static char big[100000];
	struct session_claims claims = {1, 2, 3, 4}, before = claims;
	struct place *p = *state;
	char text[SESSION_TOKEN];
	struct str token = token_of(p, text);

	for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++)
		assert_int_equal(
		    session_read(p->ring, SITE, str_of(garbage[i]), NOW, &claims), SESSION_MALFORMED);
	memset(big, 'A', sizeof big);
	memcpy(big, "v4.local.", 9);
	assert_int_equal(
	    session_read(p->ring, SITE, (struct str){big, sizeof big}, NOW, &claims), SESSION_MALFORMED);
	for (size_t n = 0; n < token.len; n++)
		assert_int_not_equal(
		    session_read(p->ring, SITE, str_slice(token, 0, n), NOW, &claims), SESSION_GOOD);
	for (size_t bit = 0; bit < 8 * token.len; bit++) {
		text[bit / 8] = (char)(text[bit / 8] ^ (1 << (bit % 8)));
		assert_int_not_equal(session_read(p->ring, SITE, token, NOW, &claims), SESSION_GOOD);
		text[bit / 8] = (char)(text[bit / 8] ^ (1 << (bit % 8)));
	}
	assert_memory_equal(&claims, &before, sizeof claims);
}

static void
SE1_other_claims(void **state)
{
	static const char *const wrong[] = {"", "{}", "[]", "nonsense",
	    "{\"sub\":\"12\",\"iat\":\"2027-01-15T08:00:00Z\",\"exp\":\"2099-01-01T00:00:00Z\"}",
	    "{\"sid\":0,\"sub\":\"12\",\"iat\":\"2027-01-15T08:00:00Z\",\"exp\":\"2099-01-01T00:00:00Z\"}",
	    "{\"sid\":-1,\"sub\":\"12\",\"iat\":\"2027-01-15T08:00:00Z\",\"exp\":\"2099-01-01T00:00:00Z\"}",
	    "{\"sid\":\"1\",\"sub\":\"12\",\"iat\":\"2027-01-15T08:00:00Z\",\"exp\":\"2099-01-01T00:00:"
	    "00Z\"}",
	    "{\"sid\":9007199254740992,\"sub\":\"12\",\"iat\":\"2027-01-15T08:00:00Z\",\"exp\":\"2099-01-"
	    "01T00:00:00Z\"}",
	    "{\"sid\":99999999999999999999,\"sub\":\"12\",\"iat\":\"2027-01-15T08:00:00Z\",\"exp\":\"2099-01-"
	    "01T00:00:00Z\"}",
	    "{\"sid\":1,\"sub\":12,\"iat\":\"2027-01-15T08:00:00Z\",\"exp\":\"2099-01-01T00:00:00Z\"}",
	    "{\"sid\":1,\"sub\":\"0\",\"iat\":\"2027-01-15T08:00:00Z\",\"exp\":\"2099-01-01T00:00:00Z\"}",
	    "{\"sid\":1,\"sub\":\"12\",\"exp\":\"2099-01-01T00:00:00Z\"}",
	    "{\"sid\":1,\"sub\":\"12\",\"iat\":\"2027-01-15T08:00:00Z\"}",
	    "{\"sid\":1,\"sub\":\"12\",\"iat\":\"2027-01-15T08:00:00Z\",\"exp\":4070908800}",
	    "{\"sid\":1,\"sub\":\"12\",\"iat\":\"2027-01-15T08:00:00Z\",\"exp\":\"2099-01-01\"}",
	    "{\"sid\":1,\"sid\":2,\"sub\":\"12\",\"iat\":\"2027-01-15T08:00:00Z\",\"exp\":\"2099-01-01T00:00:"
	    "00Z\"}"};
	char too_long[300];

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(read_message(*state, wrong[i]), SESSION_CLAIMS);
	memset(too_long, ' ', sizeof too_long - 1);
	too_long[sizeof too_long - 1] = '\0';
	assert_int_equal(read_message(*state, too_long), SESSION_FORGED); /* longer than ours ever are */
	assert_int_equal(read_message(*state, "{\"sid\":1,\"sub\":\"12\",\"iat\":\"2027-01-15T08:00:00Z\","
	                                      "\"exp\":\"2099-01-01T00:00:00Z\"}"),
	    SESSION_GOOD);
}

static void
SE2_other_site_or_purpose(void **state)
{
	struct session_claims claims;
	struct place *p = *state;
	char text[SESSION_TOKEN];
	struct str token = token_of(p, text);

	assert_int_equal(
	    session_read(p->ring, STR("https://autre.example"), token, NOW, &claims), SESSION_FORGED);
	for (int purpose = 0; purpose < SEAL_COUNT; purpose++) {
		assert_true(seal_make(p->ring, (enum seal_purpose)purpose, SITE,
		    STR("{\"sid\":1,\"sub\":\"12\",\"iat\":\"2027-01-15T08:00:00Z\",\"exp\":\"2099-01-01T00:"
		        "00:00Z\"}"),
		    text, sizeof text));
		assert_int_equal(session_read(p->ring, SITE, str_of(text), NOW, &claims),
		    purpose == SEAL_SESSION ? SESSION_GOOD : SESSION_FORGED);
	}
}

static void
SE7_FT10_clock(void **state)
{
	struct session_claims claims;
	struct place *p = *state;
	char text[SESSION_TOKEN];
	struct str token = token_of(p, text);

	assert_int_equal(session_read(p->ring, SITE, token, NOW + HOUR, &claims), SESSION_GOOD);
	assert_int_equal(session_read(p->ring, SITE, token, NOW + 31 * CLOCK_DAY, &claims), SESSION_EXPIRED);
	assert_int_equal(session_read(p->ring, SITE, token, NOW + 30 * CLOCK_DAY, &claims), SESSION_EXPIRED);
	assert_int_equal(session_read(p->ring, SITE, token, NOW + 30 * CLOCK_DAY - 1, &claims), SESSION_GOOD);
	assert_int_equal(session_read(p->ring, SITE, token, NOW - 60, &claims), SESSION_GOOD);
	assert_int_equal(session_read(p->ring, SITE, token, NOW - 61, &claims), SESSION_EARLY);
	assert_int_equal(session_read(p->ring, SITE, token, NOW - HOUR, &claims), SESSION_EARLY);
	assert_int_equal(session_read(p->ring, SITE, token, 0, &claims), SESSION_EARLY);
}

static void
SE9_key_retired_or_rotated(void **state)
{
	struct place *p = *state;
	char text[SESSION_TOKEN], first[PASETO_KID + 1], second[PASETO_KID + 1];
	struct str token = token_of(p, text);
	struct session_claims claims;

	memcpy(first, keyring_at(p->ring, 0)->kid, sizeof first);
	assert_int_equal(keyring_create(p->keys, NOW, second, NULL), ERR_NONE);
	keyring_release(p->ring);
	assert_int_equal(keyring_load(&p->ring, p->keys, NULL), ERR_NONE);
	assert_int_equal(session_read(p->ring, SITE, token, NOW, &claims), SESSION_GOOD);
	assert_int_equal(keyring_retire(p->keys, str_of(first), NOW, NULL), ERR_NONE);
	keyring_release(p->ring);
	assert_int_equal(keyring_load(&p->ring, p->keys, NULL), ERR_NONE);
	assert_int_equal(session_read(p->ring, SITE, token, NOW, &claims), SESSION_UNKNOWN_KEY);
}

static void
SE3_SE7_row_decides(void **state)
{
	const struct session_row good = {.id = issued.session_id,
	    .subscriber_id = 12,
	    .created_at = NOW,
	    .expires_at = NOW + 30 * CLOCK_DAY,
	    .last_seen_at = NOW};
	const int64_t idle = 14 * CLOCK_DAY;
	struct session_row row = good;

	(void)state;
	assert_true(session_valid(&row, &issued, idle, NOW));
	assert_true(session_valid(
	    &row, &issued, idle, NOW - HOUR)); /* the clock was set back: still the same session */
	assert_true(session_valid(&row, &issued, idle, NOW + idle - 1));
	assert_false(session_valid(&row, &issued, idle, NOW + idle)); /* idle */
	row.last_seen_at = NOW + 20 * CLOCK_DAY;
	assert_true(session_valid(&row, &issued, idle, NOW + 30 * CLOCK_DAY - 1));
	assert_false(session_valid(&row, &issued, idle, NOW + 30 * CLOCK_DAY)); /* absolute */
	row.expires_at = NOW + 40 * CLOCK_DAY;
	assert_false(session_valid(&row, &issued, idle, NOW + 30 * CLOCK_DAY)); /* by the token's own end */
	row = good;
	row.expires_at = NOW + 1;
	assert_false(session_valid(&row, &issued, idle, NOW + 1)); /* shortened in the table */
	row = good;
	row.revoked_at = NOW - 1;
	assert_false(session_valid(&row, &issued, idle, NOW));
	row = good;
	row.ended = true;
	assert_false(session_valid(&row, &issued, idle, NOW));
	row = good;
	row.subscriber_id = 13;
	assert_false(session_valid(&row, &issued, idle, NOW));
	row = good;
	row.id++;
	assert_false(session_valid(&row, &issued, idle, NOW));
	row = good;
	row.created_at = NOW + 1; /* another session that got the number of one long gone */
	assert_false(session_valid(&row, &issued, idle, NOW + 2));
}

static void
SE1_outcomes_have_names(void **state)
{
	(void)state;
	for (int r = 0; r < SESSION_READ_COUNT; r++)
		assert_true(strlen(session_read_name((enum session_read)r)) > 3);
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    CASE(SE1_round_trip),
	    CASE(SE1_garbage_is_no_cookie),
	    CASE(SE1_other_claims),
	    CASE(SE2_other_site_or_purpose),
	    CASE(SE7_FT10_clock),
	    CASE(SE9_key_retired_or_rotated),
	    CASE(SE3_SE7_row_decides),
	    CASE(SE1_outcomes_have_names),
	};

	if (!token_start() || !clock_zone("Europe/Paris"))
		return 1;
	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
