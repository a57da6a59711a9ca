/* cli_readers.c: poterne key, session and access, as typed: what they print, refuse and leave behind. */
#include "cli_desk.h"

#include "app/verbs.h"
#include "base/clock.h"
#include "core/session.h"

/* Whether the cookie last printed lets its reader in now. */
static bool
cookie_is_good(struct desk *d, const char *line)
{
	struct str cookie = str_trim(str_of(line));
	struct session_claims claims;
	struct session_row row;
	struct keyring *ring;
	bool good;

	assert_true(str_starts(cookie, STR(SESSION_COOKIE "=")));
	cookie = str_slice(cookie, sizeof SESSION_COOKIE, cookie.len);
	assert_int_equal(keyring_load(&ring, d->keys, NULL), ERR_NONE);
	good = session_read(ring, STR(SITE), cookie, clock_now(), &claims) == SESSION_GOOD &&
	       session_store_by_id(d->db, claims.session_id, &row) == ERR_NONE &&
	       session_valid(&row, &claims, d->config.session_idle_s, clock_now());
	keyring_release(ring);
	return good;
}

static void
SE9_keys_listed_made_retired(void **state)
{
	struct desk *d = *state;
	char first[PASETO_KID + 2], words[128];

	assert_int_equal(type(d, cli_key, "list"), CLI_REFUSED);
	assert_says(d->err, "poterne key new");
	assert_int_equal(access(d->keys, F_OK), -1);
	assert_int_equal(type(d, cli_key, "new"), CLI_OK);
	(void)snprintf(first, sizeof first, "%.52s", d->out);
	assert_true(paseto_is_kid(str_trim(str_of(first))));
	(void)snprintf(words, sizeof words, "retire %.*s", PASETO_KID, first);
	assert_int_equal(type(d, cli_key, words), CLI_REFUSED);
	assert_says(d->err, "is the key that signs");
	assert_int_equal(type(d, cli_key, "new"), CLI_OK);
	assert_int_equal(type(d, cli_key, words), CLI_OK);
	assert_int_equal(type(d, cli_key, "list"), CLI_OK);
	assert_says(d->out, "signing");
	assert_says(d->out, "retired");
	assert_int_equal(type(d, cli_key, words), CLI_REFUSED);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(
		    type(d, cli_key,
		        (const char *const[]){"", "frob", "retire", "new x", "list x", "list -x"}[i]),
		    CLI_USAGE);
}

static void
SE9_keys_as_json(void **state)
{
	struct desk *d = *state;
	json_t *rows;
	size_t i;

	assert_int_equal(type(d, cli_key, "new"), CLI_OK);
	assert_int_equal(type(d, cli_key, "new"), CLI_OK);
	assert_int_equal(type(d, cli_key, "list --json"), CLI_OK);
	rows = json_loads(d->out, JSON_REJECT_DUPLICATES, NULL);
	assert_int_equal(json_array_size(rows), 2);
	for (i = 0; i < 2; i++) {
		const json_t *row = json_array_get(rows, i);

		assert_string_equal(
		    json_string_value(json_object_get(row, "state")), i == 0 ? "signing" : "accepted");
		assert_true(paseto_is_kid(str_of(json_string_value(json_object_get(row, "kid")))));
		assert_null(json_object_get(row, "retired_at"));
		assert_null(json_object_get(row, "key"));
	}
	json_decref(rows);
}

static void
SE3_cookie_issued_listed_revoked(void **state)
{
	struct desk *d = *state;
	char cookie[SESSION_TOKEN + 32];

	assert_int_equal(type(d, cli_session, "issue lea@example.org"), CLI_REFUSED); /* no key yet */
	assert_says(d->err, "there is no key folder");
	assert_int_equal(type(d, cli_session, "list lea@example.org --json"), CLI_OK);
	assert_string_equal(d->out, "[]\n");
	assert_int_equal(type(d, cli_key, "new"), CLI_OK);
	assert_int_equal(type(d, cli_session, "issue --label bureau LEA@example.org"), CLI_OK);
	(void)snprintf(cookie, sizeof cookie, "%.500s", d->out);
	assert_true(cookie_is_good(d, cookie));
	assert_int_equal(type(d, cli_session, "list lea@example.org"), CLI_OK);
	assert_says(d->out, "bureau");
	assert_int_equal(type(d, cli_session, "revoke ben@example.org"), CLI_OK); /* somebody else's stay */
	assert_true(cookie_is_good(d, cookie));
	assert_int_equal(type(d, cli_session, "revoke lea@example.org"), CLI_OK);
	assert_says(d->out, "1 session ended");
	assert_false(cookie_is_good(d, cookie));
}

static void
SE12_one_session_of_this_reader_only(void **state)
{
	struct desk *d = *state;
	char cookie[SESSION_TOKEN + 32], words[128];
	json_t *rows;
	long long id;

	assert_int_equal(type(d, cli_key, "new"), CLI_OK);
	assert_int_equal(type(d, cli_session, "issue lea@example.org"), CLI_OK);
	(void)snprintf(cookie, sizeof cookie, "%.500s", d->out);
	assert_int_equal(type(d, cli_session, "list --json lea@example.org"), CLI_OK);
	rows = json_loads(d->out, 0, NULL);
	id = json_integer_value(json_object_get(json_array_get(rows, 0), "id"));
	json_decref(rows);
	(void)snprintf(words, sizeof words, "revoke ben@example.org %lld", id);
	assert_int_equal(type(d, cli_session, words), CLI_REFUSED);
	assert_true(cookie_is_good(d, cookie));
	(void)snprintf(words, sizeof words, "revoke lea@example.org %lld", id);
	assert_int_equal(type(d, cli_session, words), CLI_OK);
	assert_false(cookie_is_good(d, cookie));
	assert_int_equal(type(d, cli_session, words), CLI_REFUSED);
	assert_int_equal(type(d, cli_session, "revoke lea@example.org x"), CLI_REFUSED);
	assert_says(d->err, "x is not a number");
}

static void
LG8_link_is_an_address_of_the_site(void **state)
{
	struct desk *d = *state;
	size_t prefix = strlen(SITE "/session/");

	assert_int_equal(type(d, cli_session, "issue --link lea@example.org"), CLI_OK);
	assert_memory_equal(d->out, SITE "/session/", prefix);
	assert_int_equal(strlen(d->out), prefix + TOKEN_TEXT + 1);
}

static void
SE1_sessions_of_nobody(void **state)
{
	static const char *const wrong[] = {"issue eva@example.org", "list eva@example.org",
	    "revoke eva@example.org", "issue not-an-address", "issue --link eva@example.org"};
	struct desk *d = *state;

	assert_int_equal(type(d, cli_key, "new"), CLI_OK);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		assert_int_equal(type(d, cli_session, wrong[i]), CLI_REFUSED);
		assert_says(d->err, "poterne: ");
		assert_string_equal(d->out, "");
	}
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(
		    type(d, cli_session,
		        (const char *const[]){"", "frob", "issue", "list", "revoke a@b.fr 1 2"}[i]),
		    CLI_USAGE);
	(void)unlink(d->database);
	assert_int_equal(type(d, cli_session, "issue lea@example.org"), CLI_REFUSED);
}

/* The article of site_article_rows: subscriber, plan integral; lea has essentiel until 2027. */
static void
LK1_access_explained(void **state)
{
	static const struct {
		const char *words, *says;
	} cases[] = {
	    {"explain - /innovation/un", "teaser: anonymous"},
	    {"explain ben@example.org /innovation/un", "teaser: no_subscription"},
	    {"explain lea@example.org /innovation/un", "teaser: plan"},
	    {"explain lea@example.org /innovation/un --at 2023-01-01", "404"},
	    {"explain lea@example.org /innovation/un --at 2030-01-01", "teaser: expired"},
	    {"explain lea@example.org " SITE "/Innovation/un/?utm_source=x", "teaser: plan"},
	    {"explain --ip 2001:db8::1 - /innovation/un", "2001:db8::1 belongs to no institution"},
	};
	static const char grant[] =
	    "INSERT INTO subscription (subscriber_id, plan_id, starts_at, ends_at, grace_s)"
	    " VALUES (1, 2, 1700000000, 1900000000, 86400)";
	static const char block[] = "UPDATE subscriber SET blocked_at = 1 WHERE id = 1";
	struct desk *d = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(type(d, cli_access, cases[i].words), CLI_OK);
		assert_says(d->out, cases[i].says);
		assert_null(strstr(d->out, "Libre"));
	}
	assert_int_equal(db_exec(d->db, NULL, grant, ""), ERR_NONE);
	assert_int_equal(type(d, cli_access, "explain lea@example.org /innovation/un"), CLI_OK);
	assert_says(d->out, "full: subscribed");
	assert_int_equal(
	    type(d, cli_access, "explain lea@example.org /innovation/un --at 2030-03-18"), CLI_OK);
	assert_says(d->out, "full: grace");
	assert_int_equal(db_exec(d->db, NULL, block, ""), ERR_NONE);
	assert_int_equal(type(d, cli_access, "explain lea@example.org /innovation/un"), CLI_OK);
	assert_says(d->out, "is blocked");
	assert_says(d->out, "teaser: anonymous");
}

static void
LK8_access_of_pages_that_are_not_there(void **state)
{
	static const char withdraw[] = "UPDATE article SET withdrawn_at = 1790000000 WHERE id = 1";
	static const char rename_it[] = "UPDATE article SET slug = 'deux' WHERE id = 1";
	struct desk *d = *state;

	assert_int_equal(db_exec(d->db, NULL, rename_it, ""), ERR_NONE);
	assert_int_equal(type(d, cli_access, "explain - /innovation/un"), CLI_OK);
	assert_says(d->out, "it leads to /innovation/deux now");
	assert_int_equal(db_exec(d->db, NULL, withdraw, ""), ERR_NONE);
	assert_int_equal(type(d, cli_access, "explain - /innovation/deux --at 2027-01-01"), CLI_OK);
	assert_says(d->out, "none: withdrawn");
	assert_int_equal(type(d, cli_access, "explain --json - /innovation/deux --at 2027-01-01"), CLI_OK);
	assert_says(d->out, "\"status\": 410");
	assert_int_equal(type(d, cli_access, "explain - /innovation/deux --at 2026-06-01"), CLI_OK);
	assert_says(d->out, "teaser: anonymous");
}

static void
LK1_access_as_json(void **state)
{
	struct desk *d = *state;
	json_t *answer;

	assert_int_equal(
	    type(d, cli_access, "explain lea@example.org /innovation/un --json --ip 192.0.2.1"), CLI_OK);
	answer = json_loads(d->out, JSON_REJECT_DUPLICATES, NULL);
	assert_string_equal(json_string_value(json_object_get(answer, "verdict")), "teaser");
	assert_string_equal(json_string_value(json_object_get(answer, "reason")), "plan");
	assert_string_equal(json_string_value(json_object_get(answer, "ip")), "192.0.2.1");
	assert_int_equal(json_integer_value(json_object_get(answer, "status")), 200);
	assert_string_equal(json_string_value(json_array_get(
	                        json_object_get(json_object_get(answer, "article"), "plans"), 0)),
	    "integral");
	assert_true(json_array_size(json_object_get(answer, "steps")) >= 4);
	json_decref(answer);
	assert_int_equal(type(d, cli_access, "explain - /innovation/un --json"), CLI_OK);
	answer = json_loads(d->out, JSON_REJECT_DUPLICATES, NULL);
	assert_true(
	    json_is_null(json_object_get(answer, "reader")) && json_is_null(json_object_get(answer, "ip")));
	json_decref(answer);
}

static void
LK1_access_refuses_what_it_cannot_explain(void **state)
{
	static const char *const wrong[] = {"explain eva@example.org /innovation/un",
	    "explain - /innovation/none", "explain - /innovation", "explain - /", "explain - innovation/un",
	    "explain - /innovation/un/x", "explain - https://autre.example/innovation/un",
	    "explain - /innovation/%00", "explain - /innovation/un --at never",
	    "explain - /innovation/un --ip 300.1.1.1"};
	struct desk *d = *state;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		assert_int_equal(type(d, cli_access, wrong[i]), CLI_REFUSED);
		assert_says(d->err, "poterne: ");
		assert_string_equal(d->out, "");
	}
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(
		    type(d, cli_access, (const char *const[]){"", "frob", "explain -", "explain - / x"}[i]),
		    CLI_USAGE);
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
	const struct CMUnitTest tests[] = {
	    CASE(SE9_keys_listed_made_retired),
	    CASE(SE9_keys_as_json),
	    CASE(SE3_cookie_issued_listed_revoked),
	    CASE(SE12_one_session_of_this_reader_only),
	    CASE(LG8_link_is_an_address_of_the_site),
	    CASE(SE1_sessions_of_nobody),
	    CASE(LK1_access_explained),
	    CASE(LK8_access_of_pages_that_are_not_there),
	    CASE(LK1_access_as_json),
	    CASE(LK1_access_refuses_what_it_cannot_explain),
	};

	if (!token_start() || !clock_zone("Europe/Paris"))
		return 1;
	return cmocka_run_group_tests_name("cli_readers", tests, NULL, NULL);
}
