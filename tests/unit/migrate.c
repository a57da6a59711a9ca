/* Migrations: once each, in order, whole or not at all, never two at once. */
#include "migrate_site.h"

static void
each_script_once_shipped_first(void **state)
{
	struct site *site = *state;
	struct stat st;

	assert_int_equal(run(site, false), ERR_NONE);
	assert_int_equal(site->applied, 3);
	assert_string_equal(site->copy, "");
	assert_int_equal(stat(site->database, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(number(site->database, "SELECT a FROM two"), 7);
	assert_int_equal(
	    number(site->database, "SELECT count(*) FROM schema_migration WHERE length(hash) = 64"), 3);
	assert_int_equal(check(site), ERR_NONE);
	assert_int_equal(run(site, false), ERR_NONE);
	assert_int_equal(site->applied, 0);
	assert_string_equal(site->copy, "");
}

static void
FT8_copy_of_the_old_state_before_changes(void **state)
{
	struct site *site = *state;
	char first[256];

	assert_int_equal(run(site, false), ERR_NONE);
	/* nothing was changed: no copy stays */
	write_script(site, "sql", "003_three.sql", "DROP TABLE one;\nCREATE TABLE oops (;");
	assert_int_equal(run(site, false), ERR_INVALID);
	assert_says(site, "003_three.sql:2: ");
	assert_string_equal(site->copy, "");
	(void)snprintf(first, sizeof first, "%s.before-003_three", site->database);
	assert_false(file_exists(first));
	assert_int_equal(number(site->database, "SELECT a FROM one"), 2);
	/* something was, before it failed */
	write_script(site, "sql", "003_three.sql", "DROP TABLE one;");
	write_script(site, "own", "002_wrong.sql", "CREATE TABLE oops (;");
	assert_int_equal(run(site, false), ERR_INVALID);
	assert_string_equal(site->copy, first);
	assert_int_equal(number(site->copy, "SELECT a FROM one"), 2);
	assert_int_equal(number(site->database, "SELECT a FROM one"), -1);
	/* an older copy with the same name is kept */
	assert_int_equal(rename(first, strcat(site->copy, ".x")), 0);
	(void)snprintf(first, sizeof first, "%s.before-002_wrong", site->database);
	assert_int_equal(file_create(first, 0600, NULL), ERR_NONE);
	write_script(site, "own", "002_wrong.sql", "CREATE TABLE oops (a);");
	assert_int_equal(run(site, false), ERR_NONE);
	assert_true(str_ends(str_of(site->copy), STR("/site.db.before-002_wrong-2")));
	assert_int_equal(number(site->copy, "SELECT count(*) FROM two"), 1);
}

static void
FT8_a_script_may_not_end_its_transaction(void **state)
{
	static const char *const ends[] = {
	    "COMMIT;", "ROLLBACK;", "END;", "BEGIN;", "PRAGMA foreign_keys=OFF; COMMIT;"};
	struct site *site = *state;
	char text[128];

	assert_int_equal(run(site, false), ERR_NONE);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		(void)snprintf(
		    text, sizeof text, "CREATE TABLE half (a);\n%s\nCREATE TABLE half2 (a);", ends[i]);
		write_script(site, "sql", "003_three.sql", text);
		assert_int_equal(run(site, false), ERR_INVALID);
		assert_says(site, "003_three.sql:2: ");
		assert_int_equal(number(site->database, "SELECT count(*) FROM half"), -1);
		assert_int_equal(number(site->database, "SELECT count(*) FROM schema_migration"), 3);
	}
}

static void
dry_run_changes_nothing(void **state)
{
	struct site *site = *state;

	assert_int_equal(run(site, true), ERR_NONE);
	assert_int_equal(site->applied, 3);
	assert_false(file_exists(site->database));
	assert_int_equal(run(site, false), ERR_NONE);
	write_script(site, "sql", "003_three.sql", "DROP TABLE one;");
	write_script(site, "own", "002_more.sql", "INSERT INTO one VALUES (1);");
	assert_int_equal(run(site, true), ERR_INVALID);
	assert_int_equal(site->applied, 1);
	assert_says(site, "own/002_more.sql:1: no such table: one");
	assert_string_equal(site->copy, "");
	assert_int_equal(number(site->database, "SELECT a FROM one"), 2);
	assert_int_equal(number(site->database, "SELECT count(*) FROM schema_migration"), 3);
}

static void
refuses_an_edited_old_script(void **state)
{
	struct site *site = *state;

	assert_int_equal(run(site, false), ERR_NONE);
	write_script(site, "sql", "002_two.sql",
	    "CREATE TABLE two (a INTEGER, b INTEGER);\nINSERT INTO one VALUES (2);\n");
	write_script(site, "sql", "003_three.sql", "DROP TABLE one;");
	assert_int_equal(run(site, false), ERR_CONFLICT);
	assert_says(site, "002_two.sql: was edited");
	assert_int_equal(check(site), ERR_CONFLICT);
	assert_int_equal(number(site->database, "SELECT a FROM one"), 2);
}

static void
FT9_refuses_a_newer_database(void **state)
{
	struct site *site = *state;

	write_script(site, "sql", "003_three.sql", "CREATE TABLE three (a);");
	assert_int_equal(run(site, false), ERR_NONE);
	remove_script(site, "sql", "003_three.sql");
	assert_int_equal(run(site, false), ERR_CONFLICT);
	assert_says(site, "newer than this program");
	assert_says(site, "003_three.sql");
	assert_int_equal(check(site), ERR_CONFLICT);
	assert_says(site, "newer than this program");
}

static void
FT9_check_wants_exactly_the_shipped_scripts(void **state)
{
	const struct migrate_report silent = {.script = NULL};
	struct site *site = *state;
	struct db *db = NULL;

	assert_int_equal(db_open(&db, site->database, DB_WRITER, true, NULL), ERR_NONE);
	assert_int_equal(check(site), ERR_CONFLICT);
	assert_says(site, "run `poterne migrate`");
	db_close(db);
	assert_int_equal(run(site, false), ERR_NONE);
	write_script(site, "own", "002_more.sql", "INSERT INTO one VALUES (1);");
	assert_int_equal(check(site), ERR_NONE);
	write_script(site, "sql", "003_three.sql", "CREATE TABLE three (a);");
	assert_int_equal(check(site), ERR_CONFLICT);
	assert_says(site, "older than this program");
	site->config.sql = "/nonexistent/sql";
	assert_int_equal(check(site), ERR_NOT_FOUND);
	/* a report that wants to hear nothing */
	site->config.sql = site->sql;
	assert_int_equal(migrate_run(&site->config, false, &silent, &site->arena, &site->fault), ERR_NONE);
	assert_int_equal(check(site), ERR_NONE);
}

static void
refuses_a_lost_script(void **state)
{
	struct site *site = *state;

	assert_int_equal(run(site, false), ERR_NONE);
	remove_script(site, "sql", "001_one.sql");
	write_script(site, "sql", "001_other.sql", "CREATE TABLE other (a);");
	assert_int_equal(run(site, false), ERR_CONFLICT);
	assert_says(site, "001_one.sql: was applied but is no longer there");
	remove_script(site, "sql", "001_other.sql");
	write_script(site, "sql", "001_one.sql", "-- first\nCREATE TABLE one (a INTEGER);\n");
	remove_script(site, "own", "001_own.sql");
	assert_int_equal(run(site, false), ERR_CONFLICT);
	assert_says(site, "001_own.sql: was applied but is no longer there");
	/* without a folder of its own there is nothing to compare */
	site->config.scripts = "";
	assert_int_equal(run(site, false), ERR_NONE);
}

static void
refuses_wrong_numbers_and_names(void **state)
{
	static const struct {
		const char *name, *says;
	} cases[] = {
	    {"000_zero.sql", "NNN_name.sql"},
	    {"002_again.sql", "number 002 is there twice"},
	    {"3_short.sql", "NNN_name.sql"},
	    {"0003_long.sql", "NNN_name.sql"},
	    {"003.sql", "NNN_name.sql"},
	    {"003_.sql", "NNN_name.sql"},
	    {"003_A.sql", "NNN_name.sql"},
	    {"003_a b.sql", "NNN_name.sql"},
	    {"x.sql", "NNN_name.sql"},
	};
	struct site *site = *state;
	char path[160];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		write_script(site, "sql", cases[i].name, "CREATE TABLE never (a);");
		assert_int_equal(run(site, false), ERR_INVALID);
		assert_says(site, cases[i].says);
		assert_false(file_exists(site->database));
		remove_script(site, "sql", cases[i].name);
	}
	write_script(site, "sql", "003_bytes.sql", "SELECT '\xff';");
	assert_int_equal(run(site, false), ERR_INVALID);
	assert_says(site, "not UTF-8");
	(void)snprintf(path, sizeof path, "%s/003_bytes.sql", site->sql);
	assert_int_equal(file_write(path, STR("SELECT 1;\0DROP TABLE one;"), 0644, true, NULL), ERR_NONE);
	assert_int_equal(run(site, false), ERR_INVALID);
	assert_says(site, "not UTF-8");
}

static void
refuses_folders_that_are_not_there(void **state)
{
	struct site *site = *state;

	site->config.scripts = "/nonexistent/own";
	assert_int_equal(run(site, false), ERR_NOT_FOUND);
	site->config.scripts = "";
	site->config.sql = site->scripts;
	remove_script(site, "own", "001_own.sql");
	assert_int_equal(run(site, false), ERR_NOT_FOUND);
	assert_says(site, "[paths] sql");
	site->config.sql = site->sql;
	site->config.database = "/nonexistent/site.db";
	assert_int_equal(run(site, false), ERR_NOT_FOUND);
	assert_false(file_exists(site->database));
}

static void
plan_lists_every_state(void **state)
{
	struct site *site = *state;
	struct migrate_plan plan;
	struct db *db = NULL;

	assert_int_equal(migrate_plan_read(&plan, NULL, &site->config, true, &site->arena, NULL), ERR_NONE);
	assert_int_equal(plan.n, 3);
	assert_int_equal(plan.pending, 3);
	assert_int_equal(run(site, false), ERR_NONE);
	write_script(site, "sql", "001_one.sql", "-- edited");
	write_script(site, "sql", "003_three.sql", "CREATE TABLE three (a);");
	remove_script(site, "own", "001_own.sql");
	assert_int_equal(db_open(&db, site->database, DB_PUBLIC, false, NULL), ERR_NONE);
	assert_int_equal(migrate_plan_read(&plan, db, &site->config, true, &site->arena, NULL), ERR_NONE);
	db_close(db);
	assert_int_equal(plan.n, 4);
	assert_string_equal(migrate_state_name(plan.scripts[0].state), "edited");
	assert_string_equal(migrate_state_name(plan.scripts[1].state), "applied");
	assert_string_equal(migrate_state_name(plan.scripts[2].state), "pending");
	assert_string_equal(migrate_state_name(plan.scripts[3].state), "missing");
	assert_string_equal(plan.scripts[3].name, "001_own.sql");
	assert_string_equal(plan.scripts[3].folder, "scripts");
	assert_true(plan.scripts[1].applied_at > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(each_script_once_shipped_first, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(FT8_copy_of_the_old_state_before_changes, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(FT8_a_script_may_not_end_its_transaction, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(dry_run_changes_nothing, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(refuses_an_edited_old_script, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(FT9_refuses_a_newer_database, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(FT9_check_wants_exactly_the_shipped_scripts, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(refuses_a_lost_script, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(refuses_wrong_numbers_and_names, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(refuses_folders_that_are_not_there, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(plan_lists_every_state, set_up, tear_down),
	};

	if (!token_start())
		return 1;
	return cmocka_run_group_tests_name("migrate", tests, NULL, NULL);
}
