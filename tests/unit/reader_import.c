/* Readers from a CSV file: told by line, the whole file or nothing; and all of one reader for export. */
#include "store_help.h"

#include "app/reader_import.h"
#include "base/clock.h"
#include "store/person_store.h"
#include "store/reader_batch.h"
#include "store/subscriber_store.h"
#include "store/subscription_store.h"

struct outcome {
	struct reader_import done;
	enum err e;
	char report[2000];
};

static struct outcome
import(struct site *s, const char *text, bool dry)
{
	struct outcome out = {.e = ERR_INTERNAL};
	FILE *report = fmemopen(out.report, sizeof out.report - 1, "w");

	assert_non_null(report);
	out.e = reader_import_csv(
	    s->writer, str_of(text), "/tmp/x/lecteurs.csv", dry, report, &out.done, &s->f);
	assert_int_equal(fclose(report), 0);
	return out;
}

static void
rows_become_accounts_and_periods(void **state)
{
	struct site *s = *state;
	struct outcome out;
	struct period *periods;
	size_t n;

	out = import(s,
	    "Email;Name;Plan;From;Until;grace_days\n"
	    "Zoe@Example.org;Zoé;integral;2026-01-01;2026-12-31;14\n"
	    "lea@example.org;;essentiel;2026-01-01;2026-06-30 12:00;\n"
	    "max@example.org;\"Max; dit le Grand\";;;;\n",
	    false);
	assert_int_equal(out.e, ERR_NONE);
	assert_int_equal(out.done.accounts, 2);
	assert_int_equal(out.done.periods, 2);
	assert_int_equal(site_int(s, "SELECT count(*) FROM subscriber WHERE name = 'Max; dit le Grand'"), 1);
	assert_int_equal(
	    subscription_store_periods(s->open, &s->arena,
	        site_int(s, "SELECT id FROM subscriber WHERE email = 'zoe@example.org'"), &periods, &n),
	    ERR_NONE);
	assert_int_equal(n, 1);
	assert_str(periods[0].plan, "integral");
	assert_str(periods[0].kind, "paid");
	assert_int_equal(periods[0].starts_at, 1767222000); /* 2026-01-01 00:00 in Paris */
	assert_int_equal(periods[0].ends_at, 1798758000);   /* 2027-01-01 00:00: the last day is covered */
	assert_int_equal(periods[0].grace_s, 14 * DAY);
	assert_int_equal(
	    site_int(s, "SELECT count(*) FROM subscription WHERE source = 'import lecteurs.csv'"), 2);
	assert_int_equal(site_int(s, "SELECT ends_at FROM subscription WHERE subscriber_id = 1"), 1782813600);
}

static void
the_same_file_again_adds_nothing(void **state)
{
	static const char text[] =
	    "email,plan,from,until\nzoe@example.org,integral,2026-01-01,2026-12-31\nmax@example.org,,,\n";
	struct site *s = *state;
	struct outcome out = import(s, text, false);
	int64_t changes = site_int(s, "SELECT max(id) FROM change_log");

	assert_int_equal(out.done.accounts + out.done.periods, 3);
	out = import(s, text, false);
	assert_int_equal(out.e, ERR_NONE);
	assert_int_equal(out.done.accounts + out.done.periods, 0);
	assert_int_equal(out.done.unchanged, 2);
	assert_int_equal(site_int(s, "SELECT max(id) FROM change_log"), changes);
}

static void
FT16_one_bad_row_stores_nothing_and_every_bad_row_is_told(void **state)
{
	static const char *const told[] = {":3: \"zoe\" is no e-mail", ":4: there is no plan \"or\"",
	    ":5: until: \"2026-02-30\"", ":6: from: \"hier\"", ":7: subscription: it ends before it starts",
	    ":8: grace_days", ":9: subscription.kind", ":10: a quote", ":11: until without a plan",
	    ":12: a plan without until"};
	struct site *s = *state;
	struct outcome out = import(s,
	    "email,plan,from,until,grace_days,kind\n"
	    "good@example.org,integral,,2030-01-01,,\n"
	    "zoe,integral,,2030-01-01,,\n"
	    "a@example.org,or,,2030-01-01,,\n"
	    "b@example.org,integral,,2026-02-30,,\n"
	    "c@example.org,integral,hier,2030-01-01,,\n"
	    "d@example.org,integral,2030-01-02,2029-01-01,,\n"
	    "e@example.org,integral,,2030-01-01,91,\n"
	    "f@example.org,integral,,2030-01-01,,gratis\n"
	    "g@exam\"ple.org,integral,,2030-01-01,,\n"
	    "h@example.org,,,2030-01-01,,\n"
	    "i@example.org,integral,,,,\n"
	    "also-good@example.org,integral,,2030-01-01,,\n",
	    false);

	assert_int_equal(out.e, ERR_INVALID);
	assert_int_equal(out.done.refused, 10);
	assert_non_null(strstr(s->f.text, "nothing is stored"));
	for (size_t i = 0; i < sizeof told / sizeof *told; i++)
		if (strstr(out.report, told[i]) == NULL)
			fail_msg("not told: %s in\n%s", told[i], out.report);
	assert_int_equal(site_int(s, "SELECT count(*) FROM subscriber"), 2);
	assert_int_equal(site_int(s, "SELECT count(*) FROM subscription"), 0);
}

static void
files_that_cannot_be_read_as_a_table_are_refused(void **state)
{
	static const char *const bad[][2] = {
	    {"", "empty"},
	    {"name\nx\n", "email is not among them"},
	    {"email,phone\n", "unknown column \"phone\""},
	    {"email,email\n", "twice"},
	    {"email,plan\n", "come together"},
	    {"email\nl\xe9"
	     "a@example.org\n",
	        "not UTF-8"},
	    {"\"email\n", "does not end"},
	};
	struct site *s = *state;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct outcome out = import(s, bad[i][0], false);

		assert_int_equal(out.e, ERR_INVALID);
		if (strstr(s->f.text, bad[i][1]) == NULL)
			fail_msg("%s: %s", bad[i][0], s->f.text);
	}
}

static void
a_dry_run_tries_everything_and_stores_nothing(void **state)
{
	struct site *s = *state;
	int64_t changes = site_int(s, "SELECT max(id) FROM change_log");
	struct outcome out = import(s, "email,plan,until\nzoe@example.org,integral,2030-01-01\n", true);

	assert_int_equal(out.e, ERR_NONE);
	assert_int_equal(out.done.accounts, 1);
	assert_int_equal(out.done.periods, 1);
	assert_int_equal(site_int(s, "SELECT max(id) FROM change_log"), changes);
	out = import(s, "email,plan,until\nzoe@example.org,or,2030-01-01\n", true);
	assert_int_equal(out.e, ERR_INVALID);
}

static void
the_last_day_is_covered_on_clock_change_days_too(void **state)
{
	int64_t at;

	assert_true(reader_import_until(STR("2026-03-29"), &at)); /* 23 hours long */
	assert_int_equal(at, 1774821600);                         /* 2026-03-30 00:00 +02:00 */
	assert_true(reader_import_until(STR("2026-10-25"), &at)); /* 25 hours long */
	assert_int_equal(at, 1792969200);                         /* 2026-10-26 00:00 +01:00 */
	assert_true(reader_import_until(STR("2026-10-25T12:00:00Z"), &at));
	assert_int_equal(at, 1792929600);
	assert_false(reader_import_until(STR("2026-13-01"), &at));
	(void)state;
}

static enum err
count_tables(void *arg, const struct person_value *v)
{
	char *text = arg;

	if (v->first && strlen(text) < 200)
		(void)strcat(strcat(text, v->table), " ");
	if (strcmp(v->column, "email") == 0)
		assert_str(v->text, "lea@example.org");
	assert_true(strcmp(v->column, "hash") != 0);
	return ERR_NONE;
}

static void
CO11_export_holds_every_table_keyed_to_the_person(void **state)
{
	static const char keyed[] = "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c"
	                            " WHERE m.type = 'table' AND c.name = 'subscriber_id'";
	struct site *s = *state;
	struct rows *rows = NULL;
	const struct person who = {1, STR("lea@example.org"), STR("p1")};
	char seen[300] = "", name[100];

	assert_int_equal(db_query(s->writer, keyed, &rows, ""), ERR_NONE);
	while (rows_next(rows) == ERR_NONE) {
		(void)snprintf(name, sizeof name, STR_FMT, STR_ARG(rows_str(rows, 0)));
		if (!person_store_has(name))
			fail_msg("not exported: %s", name);
	}
	rows_close(rows);
	site_script(s, "INSERT INTO subscription (subscriber_id, plan_id, starts_at, ends_at) VALUES (1, 1, "
	               "1700000000, 1800000000),"
	               " (2, 1, 1700000000, 1800000000);"
	               "INSERT INTO session (id, subscriber_id, generation, expires_at, last_seen_at) VALUES "
	               "(5, 1, 1, 9999999999, 1);");
	site_script(s,
	    "INSERT INTO consent_notice (hash, version, language, wording) VALUES ('n1', 'v1', 'fr', "
	    "'Vos données');"
	    "INSERT INTO consent (at, person, purpose, action, method, form, notice_hash, previous, hash) "
	    "VALUES (1, 'p1', 'newsletter:lettre', 'requested', 'form', '/', 'n1', '', 'h1');");
	assert_int_equal(person_store_read(s->full, &who, count_tables, seen), ERR_NONE);
	assert_string_equal(seen, "subscriber subscription session consent last_sign_in ");
	assert_int_equal(person_store_read(s->open, &who, count_tables, seen), ERR_DENIED);
}

static int
set_up(void **state)
{
	assert_true(clock_zone("Europe/Paris"));
	return site_open(state);
}

static void
an_import_is_undone_as_a_whole(void **state)
{
	static const char text[] = "email;plan;from;until\n"
	                           "lea@example.org;integral;2026-01-01;2099-12-31\n"
	                           "neu@example.org;integral;2026-01-01;2099-12-31\n"
	                           "alt@example.org;integral;2026-01-01;2099-12-31\n"
	                           "tee@example.org;;;\n";
	struct site *s = *state;
	struct outcome out = import(s, text, false);
	struct reader_undone undone;
	int64_t first = out.done.batch;

	assert_int_equal(out.e, ERR_NONE);
	assert_true(first > 0);
	assert_int_equal(import(s, text, false).done.batch, 0);
	site_script(s,
	    "INSERT INTO session (id, subscriber_id, generation, expires_at, last_seen_at) SELECT 7, id, 1,"
	    " unixepoch() + 99, 0 FROM subscriber WHERE email = 'alt@example.org'");
	assert_int_equal(reader_batch_undo(s->writer, first + 1, NOW, &undone, &s->f), ERR_NOT_FOUND);
	assert_int_equal(reader_batch_undo(s->writer, first, NOW, &undone, &s->f), ERR_NONE);
	assert_int_equal(undone.periods, 3);
	assert_int_equal(undone.accounts, 2);
	assert_int_equal(undone.kept, 1);
	assert_int_equal(
	    site_int(
	        s, "SELECT count(*) FROM subscriber WHERE email IN ('neu@example.org', 'tee@example.org')"),
	    0);
	assert_int_equal(
	    site_int(s, "SELECT count(*) FROM subscription WHERE ended_at IS NULL AND ends_at > 4000000000"),
	    0);
	assert_int_equal(reader_batch_undo(s->writer, first, NOW, &undone, &s->f), ERR_NOT_FOUND);
	out = import(s, text, false); /* the right file later */
	assert_int_equal(out.done.periods, 3);
	assert_int_equal(out.done.accounts, 2);
}

static void
CO11_nobody_comes_in_while_it_cannot_be_read_who_asked_to_be_forgotten(void **state)
{
	struct site *s = *state;
	struct outcome out;

	site_script(s, "DELETE FROM site_secret");
	out = import(s, "email\nzoe@example.org\n", false);
	assert_int_equal(out.e, ERR_INTERNAL);
	assert_non_null(strstr(s->f.text, "forgotten"));
	assert_int_equal(site_int(s, "SELECT count(*) FROM subscriber"), 2);
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, site_close)
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(an_import_is_undone_as_a_whole, site_open, site_close),
	    CASE(rows_become_accounts_and_periods),
	    CASE(CO11_nobody_comes_in_while_it_cannot_be_read_who_asked_to_be_forgotten),
	    CASE(the_same_file_again_adds_nothing),
	    CASE(FT16_one_bad_row_stores_nothing_and_every_bad_row_is_told),
	    CASE(files_that_cannot_be_read_as_a_table_are_refused),
	    CASE(a_dry_run_tries_everything_and_stores_nothing),
	    CASE(the_last_day_is_covered_on_clock_change_days_too),
	    CASE(CO11_export_holds_every_table_keyed_to_the_person),
	};

	return cmocka_run_group_tests_name("reader_import", tests, NULL, NULL);
}
