/* Migrations: once each, in order, whole or not at all, never two at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/token.h"
#include "store/migrate.h"

struct site {
	char folder[64], database[96], sql[96], scripts[96];
	struct config config;
	struct arena arena;
	struct fault fault;
	int applied; /* told by the report */
	char copy[256];
};

static void
write_script(const struct site *site, const char *folder, const char *name, const char *text)
{
	char path[256];

	(void)snprintf(path, sizeof path, "%s/%s/%s", site->folder, folder, name);
	assert_int_equal(file_write(path, str_of(text), 0644, true, NULL), ERR_NONE);
}

static void
remove_script(const struct site *site, const char *folder, const char *name)
{
	char path[256];

	(void)snprintf(path, sizeof path, "%s/%s/%s", site->folder, folder, name);
	assert_int_equal(unlink(path), 0);
}

static int
set_up(void **state)
{
	struct site *site = calloc(1, sizeof *site);

	assert_non_null(site);
	(void)snprintf(site->folder, sizeof site->folder, "/tmp/poterne-migrate-XXXXXX");
	assert_non_null(mkdtemp(site->folder));
	(void)snprintf(site->database, sizeof site->database, "%s/site.db", site->folder);
	(void)snprintf(site->sql, sizeof site->sql, "%s/sql", site->folder);
	(void)snprintf(site->scripts, sizeof site->scripts, "%s/own", site->folder);
	assert_int_equal(mkdir(site->sql, 0755), 0);
	assert_int_equal(mkdir(site->scripts, 0755), 0);
	site->config.database = site->database;
	site->config.sql = site->sql;
	site->config.scripts = site->scripts;
	arena_init(&site->arena, (size_t)64 << 20);
	write_script(site, "sql", "001_one.sql", "-- first\nCREATE TABLE one (a INTEGER);\n");
	write_script(
	    site, "sql", "002_two.sql", "CREATE TABLE two (a INTEGER);\nINSERT INTO one VALUES (2);\n");
	write_script(site, "own", "001_own.sql", "INSERT INTO two VALUES (7);\n");
	write_script(site, "sql", "README.md", "not a script");
	*state = site;
	return 0;
}

static int
tear_down(void **state)
{
	struct site *site = *state;
	char command[96];

	(void)snprintf(command, sizeof command, "rm -rf %s", site->folder);
	assert_int_equal(system(command), 0);
	arena_free(&site->arena);
	free(site);
	return 0;
}

static void
on_script(void *arg, const struct migrate_script *script)
{
	assert_int_equal(script->state, MIGRATE_PENDING);
	((struct site *)arg)->applied++;
}

static void
on_copy(void *arg, const char *path)
{
	struct site *site = arg;

	(void)snprintf(site->copy, sizeof site->copy, "%s", path);
}

static enum err
run(struct site *site, bool dry)
{
	struct migrate_report report = {.script = on_script, .copy = on_copy, .arg = site};

	site->applied = 0;
	site->copy[0] = '\0';
	site->fault.text[0] = '\0';
	return migrate_run(&site->config, dry, &report, &site->arena, &site->fault);
}

static int64_t
number(const char *path, const char *sql)
{
	struct db *db = NULL;
	int64_t n = -1;

	assert_int_equal(db_open(&db, path, DB_ENTITLED, false, NULL), ERR_NONE);
	if (db_int(db, &n, sql, "") != ERR_NONE)
		n = -1;
	db_close(db);
	return n;
}

static enum err
check(struct site *site)
{
	struct db *db = NULL;
	enum err e;

	assert_int_equal(db_open(&db, site->database, DB_PUBLIC, false, NULL), ERR_NONE);
	e = migrate_check(db, &site->config, &site->fault);
	db_close(db);
	return e;
}

static void
assert_says(const struct site *site, const char *words)
{
	if (strstr(site->fault.text, words) == NULL)
		fail_msg("\"%s\" is not in: %s", words, site->fault.text);
}

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
	write_script(site, "sql", "003_three.sql", "DROP TABLE one;\nCREATE TABLE oops (;");
	assert_int_equal(run(site, false), ERR_INVALID);
	assert_says(site, "003_three.sql:2: ");
	assert_true(str_ends(str_of(site->copy), STR("/site.db.before-003_three")));
	assert_int_equal(number(site->copy, "SELECT a FROM one"), 2);
	assert_int_equal(number(site->database, "SELECT a FROM one"), 2);
	(void)snprintf(first, sizeof first, "%s", site->copy);
	write_script(site, "sql", "003_three.sql", "DROP TABLE one;");
	assert_int_equal(run(site, false), ERR_NONE);
	assert_true(str_ends(str_of(site->copy), STR("/site.db.before-003_three-2")));
	assert_int_equal(number(site->copy, "SELECT a FROM one"), 2);
	assert_int_equal(number(first, "SELECT a FROM one"), 2);
	assert_int_equal(number(site->database, "SELECT a FROM one"), -1);
}

static void
FT8_no_copy_no_change(void **state)
{
	struct site *site = *state;
	char path[160];

	assert_int_equal(run(site, false), ERR_NONE);
	write_script(site, "sql", "003_three.sql", "DROP TABLE one;");
	/* a folder where the copy would be written first */
	(void)snprintf(path, sizeof path, "%s.before-003_three.partial", site->database);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_not_equal(run(site, false), ERR_NONE);
	assert_says(site, "nothing was changed");
	assert_int_equal(number(site->database, "SELECT a FROM one"), 2);
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
	    {"004_gap.sql", "number 003 is missing"},
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
FT9_two_migrators_at_once(void **state)
{
	struct site *site = *state;
	int done = 0, busy = 0, lock;
	char path[128];

	(void)snprintf(path, sizeof path, "%s.migrate-lock", site->database);
	assert_int_equal(file_lock(path, &lock, NULL), ERR_NONE);
	assert_int_equal(run(site, false), ERR_BUSY);
	assert_says(site, "another migration");
	assert_false(file_exists(site->database));
	file_unlock(lock);
	for (int i = 0; i < 4; i++) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0)
			_exit((int)run(site, false));
	}
	for (int i = 0; i < 4; i++) {
		int status = -1;

		assert_true(wait(&status) > 0);
		assert_true(WIFEXITED(status));
		done += WEXITSTATUS(status) == ERR_NONE;
		busy += WEXITSTATUS(status) == ERR_BUSY;
	}
	assert_true(done >= 1);
	assert_int_equal(done + busy, 4);
	assert_int_equal(number(site->database, "SELECT count(*) FROM schema_migration"), 3);
	assert_int_equal(number(site->database, "SELECT count(*) FROM one"), 1);
}

#define STEPS 12

/* Scripts that each make a table and fill it, so that a kill falls between statements. */
static void
write_long_scripts(const struct site *site)
{
	char name[32], text[512];

	for (int i = 3; i <= STEPS; i++) {
		(void)snprintf(name, sizeof name, "%03d_step.sql", i);
		(void)snprintf(text, sizeof text,
		    "CREATE TABLE t%d (a INTEGER);\nINSERT INTO one VALUES (%d);\n"
		    "INSERT INTO t%d WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i "
		    "< 400) SELECT i "
		    "FROM n;\nINSERT INTO one VALUES (%d);\n",
		    i, i, i, i);
		write_script(site, "sql", name, text);
	}
}

/* Every recorded script is there whole, every other one not at all. */
static void
assert_old_or_new(const struct site *site)
{
	struct db *db = NULL;
	struct rows *answer = NULL;
	struct fault f = {""};
	int64_t recorded = 0, rows = 0, tables = 0;

	if (!file_exists(site->database))
		return;
	if (db_open(&db, site->database, DB_ENTITLED, false, &f) != ERR_NONE)
		fail_msg("%s", f.text);
	(void)db_int(db, &recorded, "SELECT count(*) FROM schema_migration WHERE folder = 'sql'", "");
	(void)db_int(db, &rows, "SELECT count(*) FROM one", "");
	assert_int_equal(
	    db_int(db, &tables, "SELECT count(*) FROM sqlite_schema WHERE name GLOB 't[0-9]*'", ""),
	    ERR_NONE);
	assert_int_equal(db_query(db, "PRAGMA integrity_check", &answer, ""), ERR_NONE);
	assert_int_equal(rows_next(answer), ERR_NONE);
	assert_true(str_eq(rows_str(answer, 0), STR("ok")));
	rows_close(answer);
	db_close(db);
	assert_int_equal(tables, recorded > 2 ? recorded - 2 : 0);
	assert_int_equal(rows, recorded >= 2 ? 1 + 2 * (recorded - 2) : 0);
}

static void
FT8_killed_at_any_moment_old_or_new(void **state)
{
	struct site *site = *state;
	int64_t began = clock_ticks(), whole;
	int between = 0;

	write_long_scripts(site);
	assert_int_equal(run(site, true), ERR_NONE);
	assert_int_equal(run(site, false), ERR_NONE);
	whole = clock_ticks() - began;
	for (int round = 0; round < 60; round++) {
		int status = 0;
		char command[128];
		pid_t pid;

		(void)snprintf(command, sizeof command, "rm -f %s/site.db*", site->folder);
		assert_int_equal(system(command), 0);
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0)
			_exit(run(site, false) == ERR_NONE ? 0 : 1);
		assert_int_equal(usleep(token_random_below((uint32_t)(whole < 400000 ? whole : 400000))), 0);
		assert_int_equal(kill(pid, SIGKILL), 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		between += WIFSIGNALED(status);
		assert_old_or_new(site);
		if (round % 10 == 0) { /* and the next run ends it */
			assert_int_equal(run(site, false), ERR_NONE);
			assert_old_or_new(site);
			assert_int_equal(
			    number(site->database, "SELECT count(*) FROM schema_migration"), STEPS + 1);
		}
	}
	print_message("%d of 60 killed in the middle\n", between);
}

static void
FT5_a_locked_database_is_given_up(void **state)
{
	struct site *site = *state;
	struct db *holder = NULL;

	assert_int_equal(run(site, false), ERR_NONE);
	write_script(site, "own", "002_more.sql", "INSERT INTO one VALUES (1);");
	assert_int_equal(db_open(&holder, site->database, DB_WRITER, false, NULL), ERR_NONE);
	assert_int_equal(db_begin(holder), ERR_NONE);
	assert_int_equal(run(site, true), ERR_BUSY);
	assert_int_equal(run(site, false), ERR_BUSY);
	assert_says(site, "002_more.sql: database is locked");
	db_rollback(holder);
	db_close(holder);
	assert_int_equal(run(site, false), ERR_NONE);
	assert_int_equal(site->applied, 1);
}

/* A limit on the size of files is as good as a full disk. */
static void
FT3_full_disk_leaves_the_old_state(void **state)
{
	struct site *site = *state;
	int status = -1;
	pid_t pid;

	assert_int_equal(run(site, false), ERR_NONE);
	write_script(site, "sql", "003_big.sql",
	    "INSERT INTO one WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)"
	    " SELECT i FROM n;");
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		const struct rlimit limit = {200000, 200000};

		if (signal(SIGXFSZ, SIG_IGN) == SIG_ERR || setrlimit(RLIMIT_FSIZE, &limit) != 0)
			_exit(99);
		_exit((int)run(site, false));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), ERR_FULL);
	assert_int_equal(number(site->database, "SELECT count(*) FROM one"), 1);
	assert_int_equal(number(site->database, "SELECT count(*) FROM schema_migration"), 3);
	assert_int_equal(run(site, false), ERR_NONE);
}

static void
FT8_refusal_at_commit_leaves_the_old_state(void **state)
{
	struct site *site = *state;

	write_script(site, "sql", "003_late.sql",
	    "CREATE UNIQUE INDEX one_a ON one (a);\n"
	    "CREATE TABLE late (a REFERENCES one (a) DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO late "
	    "VALUES (9);");
	assert_int_equal(run(site, false), ERR_INVALID);
	assert_says(site, "003_late.sql: a row that this one names is missing");
	assert_int_equal(site->applied, 2);
	assert_int_equal(number(site->database, "SELECT count(*) FROM late"), -1);
	/* a script that writes its own record */
	write_script(site, "sql", "003_late.sql",
	    "INSERT INTO schema_migration VALUES ('sql', '003_late.sql', printf('%064d', 0), 1, 'x');");
	assert_int_equal(run(site, false), ERR_CONFLICT);
	assert_int_equal(number(site->database, "SELECT count(*) FROM schema_migration"), 2);
}

static void
foreign_tables_are_not_taken_for_ours(void **state)
{
	static const char *const tables[] = {
	    "CREATE TABLE schema_migration (version INTEGER);",
	    "CREATE VIEW schema_migration AS SELECT 'sql' AS folder, 'x' AS name, 'y' AS hash,"
	    " abs(-9223372036854775808) AS applied_at, '' AS applied_by;",
	};
	struct site *site = *state;

	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		struct db *db = NULL;
		char command[128];

		assert_int_equal(db_open(&db, site->database, DB_WRITER, true, NULL), ERR_NONE);
		assert_int_equal(db_script(db, "x", tables[i], NULL), ERR_NONE);
		db_close(db);
		assert_int_equal(run(site, false), ERR_INTERNAL);
		assert_true(site->fault.text[0] != '\0');
		(void)snprintf(command, sizeof command, "rm -f %s*", site->database);
		assert_int_equal(system(command), 0);
	}
}

static void
limits_are_sentences(void **state)
{
	struct site *site = *state;
	static char path[5000];
	size_t limit = 0;
	enum err e;

	assert_int_equal(run(site, false), ERR_NONE);
	write_script(site, "own", "002_more.sql", "INSERT INTO one VALUES (1);");
	for (int i = 1; i <= 100; i++) {
		(void)snprintf(path, sizeof path, i == 1 ? "%s.before-002_more" : "%s.before-002_more-%d",
		    site->database, i);
		assert_int_equal(file_create(path, 0600, NULL), ERR_NONE);
	}
	assert_int_equal(run(site, false), ERR_CONFLICT);
	assert_says(site, "too many copies");
	/* any budget of memory: done or refused, never half */
	do {
		arena_free(&site->arena);
		arena_init(&site->arena, limit += 64);
		e = run(site, true);
		assert_true(e == ERR_NONE || e == ERR_MEMORY);
	} while (e != ERR_NONE && limit < 100000);
	assert_int_equal(e, ERR_NONE);
	memset(path, 'x', sizeof path - 1);
	path[sizeof path - 1] = '\0';
	site->config.database = path;
	assert_int_equal(run(site, false), ERR_INVALID);
	path[4085] = '\0';
	assert_int_equal(run(site, true), ERR_INVALID);
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
	    cmocka_unit_test_setup_teardown(FT8_no_copy_no_change, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(FT8_a_script_may_not_end_its_transaction, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(dry_run_changes_nothing, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(refuses_an_edited_old_script, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(FT9_refuses_a_newer_database, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(FT9_check_wants_exactly_the_shipped_scripts, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(refuses_a_lost_script, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(refuses_wrong_numbers_and_names, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(refuses_folders_that_are_not_there, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(FT9_two_migrators_at_once, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(FT8_killed_at_any_moment_old_or_new, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(FT5_a_locked_database_is_given_up, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(FT3_full_disk_leaves_the_old_state, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(FT8_refusal_at_commit_leaves_the_old_state, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(foreign_tables_are_not_taken_for_ours, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(limits_are_sentences, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(plan_lists_every_state, set_up, tear_down),
	};

	if (!token_start())
		return 1;
	return cmocka_run_group_tests_name("migrate", tests, NULL, NULL);
}
