/* Accounts and subscriptions: addresses, periods, states, erasure. */
#include "store_help.h"

#include "store/subscriber_store.h"
#include "store/subscription_store.h"

static void
grant(struct site *s, int64_t reader, const char *plan, int64_t from, int64_t until, int64_t grace)
{
	struct grant g = {.subscriber_id = reader,
	    .starts_at = from,
	    .ends_at = until,
	    .grace_s = grace,
	    .plan = str_of(plan)};
	int64_t id;

	if (subscription_store_grant(s->writer, &g, &id, &s->f) != ERR_NONE)
		fail_msg("%s", s->f.text);
}

static struct subscriber_row
row_of(struct site *s, int64_t id, int64_t now)
{
	struct subscriber_row row;

	assert_int_equal(subscriber_store_row(s->full, &s->arena, id, now, &row), ERR_NONE);
	return row;
}

static void
addresses_are_brought_to_one_form(void **state)
{
	char out[SUBSCRIBER_EMAIL + 1];

	assert_true(subscriber_email(STR("  Lea.Martin+Lettre@Example.ORG\n"), out));
	assert_string_equal(out, "lea.martin+lettre@example.org");
	assert_true(subscriber_email(STR("o'brien@xn--mairie-cua.fr"), out));
	(void)state;
}

static void
ML1_addresses_that_are_none_are_refused_by_code_and_table_alike(void **state)
{
	static const char *const bad[] = {"", "a", "@example.org", "a@", "a@b", "a b@example.org",
	    "a@b@example.org", "a@example.org\r\nRCPT TO:<x@y.z>", "<a@example.org>", "a@example.org>",
	    ".a@example.org", "a.@example.org", "a..b@example.org", "a@.example.org", "a@example..org",
	    "a@example.org.", "a@-example.org", "\"a\"@example.org",
	    "l\xc3\xa9"
	    "a@example.org",
	    "a\x7f@example.org", "a,b@example.org", "a;b@example.org", "a:b@example.org", "a(b)@example.org",
	    "a\\b@example.org", "a[b]@example.org",
	    "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcde@example.org"};
	static const char sql[] = "INSERT INTO subscriber (email) VALUES ($1)";
	struct site *s = *state;
	char out[SUBSCRIBER_EMAIL + 1], longest[300];
	int64_t id;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (subscriber_email(str_of(bad[i]), out))
			fail_msg("taken for an address: %s", bad[i]);
		if (db_exec(s->writer, NULL, sql, "z", bad[i]) != ERR_INVALID)
			fail_msg("taken by the table: %s", bad[i]);
		assert_non_null(strstr(db_message(s->writer), "subscriber.email"));
		assert_int_equal(
		    subscriber_store_add(s->writer, str_of(bad[i]), STR_NONE, &id, &s->f), ERR_INVALID);
	}
	(void)snprintf(longest, sizeof longest, "a@%0249d.fr", 1);
	assert_true(subscriber_email(str_of(longest), out));
	assert_int_equal(db_exec(s->writer, NULL, sql, "z", longest), ERR_NONE);
	(void)snprintf(longest, sizeof longest, "a@%0250d.fr", 1);
	assert_false(subscriber_email(str_of(longest), out));
	assert_int_equal(db_exec(s->writer, NULL, sql, "z", longest), ERR_INVALID);
	assert_false(subscriber_email((struct str){"a\0@example.org", 14}, out));
}

static void
an_address_has_one_account_in_any_spelling(void **state)
{
	struct site *s = *state;
	struct subscriber found;
	int64_t id = 0;

	assert_int_equal(
	    subscriber_store_add(s->writer, STR("Zoe@Example.org"), STR("Zoé"), &id, &s->f), ERR_NONE);
	assert_int_equal(
	    subscriber_store_add(s->writer, STR(" ZOE@example.org"), STR_NONE, &id, &s->f), ERR_CONFLICT);
	assert_non_null(strstr(s->f.text, "already"));
	assert_int_equal(
	    subscriber_store_by_email(s->full, &s->arena, STR("ZOE@EXAMPLE.ORG"), &found), ERR_NONE);
	assert_str(found.email, "zoe@example.org");
	assert_str(found.name, "Zoé");
	assert_int_equal(found.generation, 1);
	assert_int_equal(
	    subscriber_store_by_email(s->full, &s->arena, STR("no address"), &found), ERR_NOT_FOUND);
	assert_int_equal(subscriber_store_by_email(s->full, &s->arena, STR("x@y.zz"), &found), ERR_NOT_FOUND);
	assert_int_equal(subscriber_store_by_id(s->full, &s->arena, 999, &found), ERR_NOT_FOUND);
}

static void
DB5_addresses_are_refused_to_the_public_connection(void **state)
{
	struct site *s = *state;
	struct subscriber found;
	struct subscriber_row *rows;
	size_t n;

	assert_int_equal(subscriber_store_by_id(s->open, &s->arena, 1, &found), ERR_DENIED);
	assert_int_equal(
	    subscriber_store_by_email(s->open, &s->arena, STR("lea@example.org"), &found), ERR_DENIED);
	assert_int_equal(subscriber_store_list(s->open, &s->arena, 0, NOW, 9, &rows, &n), ERR_DENIED);
}

static void
status_is_what_the_periods_come_to(void **state)
{
	struct site *s = *state;
	struct subscriber_row row = row_of(s, 1, NOW);

	assert_str(row.status, "none");
	assert_int_equal(row.until, 0);
	grant(s, 1, "essentiel", NOW + DAY, NOW + 2 * DAY, 0);
	assert_str((row = row_of(s, 1, NOW)).status, "none");
	grant(s, 1, "essentiel", NOW - 9 * DAY, NOW - 5 * DAY, 0);
	assert_str((row = row_of(s, 1, NOW)).status, "expired");
	assert_int_equal(row.until, NOW - 5 * DAY);
	grant(s, 1, "integral", NOW - 9 * DAY, NOW - DAY, DAY + 1); /* in grace for a second more */
	assert_str((row = row_of(s, 1, NOW)).status, "active");
	assert_str(row.plans, "integral");
	assert_int_equal(row.until, NOW - DAY);
	assert_str((row = row_of(s, 1, NOW + 1)).status, "expired");
	assert_str((row = row_of(s, 1, NOW + DAY)).plans, "essentiel");
	grant(s, 1, "integral", NOW + DAY, NOW + 9 * DAY, 0);
	row = row_of(s, 1, NOW + DAY);
	assert_str(row.plans, "integral, essentiel");
	assert_int_equal(row.until, NOW + 9 * DAY);
}

static void
list_goes_on_by_id(void **state)
{
	struct site *s = *state;
	struct subscriber_row *rows;
	size_t n;

	grant(s, 2, "integral", NOW - DAY, NOW + DAY, 0);
	assert_int_equal(subscriber_store_list(s->full, &s->arena, 0, NOW, 1, &rows, &n), ERR_NONE);
	assert_int_equal(n, 1);
	assert_str(rows[0].email, "lea@example.org");
	assert_int_equal(subscriber_store_list(s->full, &s->arena, rows[0].id, NOW, 9, &rows, &n), ERR_NONE);
	assert_int_equal(n, 1);
	assert_str(rows[0].status, "active");
	assert_int_equal(subscriber_store_list(s->full, &s->arena, rows[0].id, NOW, 9, &rows, &n), ERR_NONE);
	assert_int_equal(n, 0);
}

static void
periods_are_the_facts_of_one_reader_only(void **state)
{
	struct site *s = *state;
	struct period *periods;
	size_t n;

	for (int64_t i = 0; i < 20; i++)
		grant(s, 1, i % 2 ? "integral" : "essentiel", NOW + i * DAY, NOW + (i + 1) * DAY, i);
	grant(s, 2, "integral", NOW, NOW + DAY, 0);
	assert_int_equal(subscription_store_periods(s->open, &s->arena, 1, &periods, &n), ERR_NONE);
	assert_int_equal(n, 20);
	for (int64_t i = 0; i < 20; i++) {
		assert_int_equal(periods[i].starts_at, NOW + i * DAY);
		assert_int_equal(periods[i].grace_s, i);
		assert_int_equal(periods[i].plan_id, i % 2 + 1);
		assert_int_equal(periods[i].ended_at, 0);
		assert_str(periods[i].kind, "complimentary");
	}
	assert_int_equal(subscription_store_periods(s->open, &s->arena, 77, &periods, &n), ERR_NONE);
	assert_int_equal(n, 0);
}

static void
LK17_ending_stops_running_and_coming_periods_of_that_reader(void **state)
{
	struct site *s = *state;
	struct period *periods;
	int64_t ended = 0;
	size_t n;

	grant(s, 1, "essentiel", NOW - 9 * DAY, NOW - 5 * DAY, 0);
	grant(s, 1, "essentiel", NOW - DAY, NOW + DAY, 0);
	grant(s, 1, "integral", NOW + DAY, NOW + 2 * DAY, 0);
	grant(s, 2, "integral", NOW - DAY, NOW + DAY, 0);
	assert_int_equal(
	    subscription_store_end(s->writer, 1, STR("integral"), NOW, STR("refund"), &ended, &s->f),
	    ERR_NONE);
	assert_int_equal(ended, 1);
	assert_str(row_of(s, 1, NOW).status, "active");
	assert_int_equal(
	    subscription_store_end(s->writer, 1, STR_NONE, NOW, STR("refund"), &ended, &s->f), ERR_NONE);
	assert_int_equal(ended, 1);
	assert_str(row_of(s, 1, NOW).status, "expired");
	assert_int_equal(row_of(s, 1, NOW).until, NOW);
	assert_str(row_of(s, 2, NOW).status, "active");
	assert_int_equal(
	    subscription_store_end(s->writer, 1, STR_NONE, NOW, STR("again"), &ended, &s->f), ERR_NOT_FOUND);
	assert_int_equal(subscription_store_periods(s->open, &s->arena, 1, &periods, &n), ERR_NONE);
	assert_int_equal(n, 3);
	assert_int_equal(periods[0].ended_at, 0);
	assert_int_equal(periods[1].ended_at, NOW);
}

static void
grants_that_make_no_sense_are_refused_with_the_reason(void **state)
{
	struct site *s = *state;
	struct grant g = {.subscriber_id = 1, .starts_at = NOW, .ends_at = NOW, .plan = STR("integral")};
	int64_t id;

	assert_int_equal(subscription_store_grant(s->writer, &g, &id, &s->f), ERR_INVALID);
	assert_non_null(strstr(s->f.text, "ends before it starts"));
	g.ends_at = NOW * 1000; /* milliseconds */
	assert_int_equal(subscription_store_grant(s->writer, &g, &id, &s->f), ERR_INVALID);
	assert_non_null(strstr(s->f.text, "epoch seconds"));
	g.ends_at = NOW + DAY;
	g.plan = STR("or");
	assert_int_equal(subscription_store_grant(s->writer, &g, &id, &s->f), ERR_NOT_FOUND);
	g.plan = STR("integral");
	g.subscriber_id = 99;
	assert_int_equal(subscription_store_grant(s->writer, &g, &id, &s->f), ERR_INVALID);
	assert_non_null(strstr(s->f.text, "no such account"));
}

static void
plans_in_their_order(void **state)
{
	struct site *s = *state;
	struct plan *plans;
	size_t n;

	assert_int_equal(subscription_store_plans(s->open, &s->arena, &plans, &n), ERR_NONE);
	assert_int_equal(n, 2);
	assert_str(plans[1].name, "Intégral");
	assert_true(plans[1].offered);
}

static void
CO11_erasing_leaves_nothing_about_the_person(void **state)
{
	struct site *s = *state;

	grant(s, 1, "integral", NOW, NOW + DAY, 0);
	grant(s, 2, "integral", NOW, NOW + DAY, 0);
	site_script(s,
	    "INSERT INTO session (id, subscriber_id, generation, expires_at, last_seen_at) VALUES (5, 1, 1, "
	    "9999999999, 1);"
	    "INSERT INTO login_link (hash, subscriber_id, purpose, created_at, expires_at) VALUES"
	    " ('0123456789012345678901234567890123456789012345678901234567890123', 1, 'session', 1, 2);");
	assert_int_equal(subscriber_store_erase(s->writer, 1, &s->f), ERR_NONE);
	assert_int_equal(site_int(s, "SELECT count(*) FROM subscriber WHERE email LIKE 'lea%'"), 0);
	assert_int_equal(site_int(s, "SELECT count(*) FROM subscription WHERE subscriber_id = 1"), 0);
	assert_int_equal(site_int(s, "SELECT count(*) FROM session"), 0);
	assert_int_equal(site_int(s, "SELECT count(*) FROM login_link"), 0);
	assert_int_equal(site_int(s, "SELECT count(*) FROM subscription"), 1);
	assert_int_equal(
	    site_int(s, "SELECT count(*) FROM change_log WHERE kind = 'session' AND ref = 5"), 2);
	assert_int_equal(subscriber_store_erase(s->writer, 1, &s->f), ERR_NOT_FOUND);
}

static void
CO9_an_account_that_nobody_signs_in_to_ends_after_three_years(void **state)
{
	struct site *s = *state;
	int64_t n = 0;

	site_script(s,
	    "INSERT INTO subscriber (id, email) VALUES (11, 'silent@example.org'), (12, 'new@example.org'),"
	    " (13, 'here@example.org'), (14, 'paid@example.org'), (15, 'seat@example.org');"
	    "UPDATE last_sign_in SET at = 1000 WHERE subscriber_id IN (11, 13, 14, 15);"
	    "INSERT INTO session (id, subscriber_id, generation, created_at, expires_at, last_seen_at)"
	    " VALUES (7, 13, 1, 5000, 9999999999, 5000);"
	    "INSERT INTO institution (id, slug, name) VALUES (3, 'mairie', 'Mairie');"
	    "INSERT INTO institution_contract (institution_id, plan_id, seats, starts_at, ends_at)"
	    " SELECT 3, min(id), 2, 1700000000, 9999999999 FROM plan;"
	    "INSERT INTO seat (institution_id, subscriber_id) VALUES (3, 15);");
	grant(s, 14, "integral", NOW - DAY, NOW + DAY, 0);
	assert_int_equal(site_int(s, "SELECT at FROM last_sign_in WHERE subscriber_id = 13"), 5000);
	assert_int_equal(subscriber_store_purge(s->writer, 1000, &n), ERR_NONE);
	assert_int_equal(n, 0);
	assert_int_equal(subscriber_store_purge(s->writer, 1001, &n), ERR_NONE);
	assert_int_equal(n, 1);
	assert_int_equal(site_int(s, "SELECT count(*) FROM subscriber WHERE id = 11"), 0);
	assert_int_equal(site_int(s, "SELECT count(*) FROM last_sign_in WHERE subscriber_id = 11"), 0);
	site_script(s,
	    "DELETE FROM session WHERE id = 7; UPDATE seat SET revoked_at = 1500, revoked_reason = 'staff';");
	assert_int_equal(subscriber_store_purge(s->writer, 2000, &n), ERR_NONE); /* the seat ended before */
	assert_int_equal(n, 1);
	assert_int_equal(subscriber_store_purge(s->writer, NOW, &n), ERR_NONE);
	assert_int_equal(n, 1); /* the session of 13 is over, its sign-in was before */
	assert_int_equal(site_int(s, "SELECT group_concat(id) = '12,14' FROM (SELECT id FROM subscriber "
	                             "WHERE id > 10 ORDER BY id)"),
	    1);
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, site_open, site_close)
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(addresses_are_brought_to_one_form),
	    CASE(ML1_addresses_that_are_none_are_refused_by_code_and_table_alike),
	    CASE(an_address_has_one_account_in_any_spelling),
	    CASE(DB5_addresses_are_refused_to_the_public_connection),
	    CASE(status_is_what_the_periods_come_to),
	    CASE(list_goes_on_by_id),
	    CASE(periods_are_the_facts_of_one_reader_only),
	    CASE(LK17_ending_stops_running_and_coming_periods_of_that_reader),
	    CASE(grants_that_make_no_sense_are_refused_with_the_reason),
	    CASE(plans_in_their_order),
	    CASE(CO11_erasing_leaves_nothing_about_the_person),
	    CASE(CO9_an_account_that_nobody_signs_in_to_ends_after_three_years),
	};

	return cmocka_run_group_tests_name("subscriber_store", tests, NULL, NULL);
}
