/* Migrations under faults: killed, locked, full, two at once, late refusals. */
#include "migrate_site.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(FT8_no_copy_no_change, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(FT9_two_migrators_at_once, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(FT8_killed_at_any_moment_old_or_new, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(FT5_a_locked_database_is_given_up, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(FT3_full_disk_leaves_the_old_state, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(FT8_refusal_at_commit_leaves_the_old_state, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(foreign_tables_are_not_taken_for_ours, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(limits_are_sentences, set_up, tear_down),
	};

	if (!token_start())
		return 1;
	return cmocka_run_group_tests_name("migrate_faults", tests, NULL, NULL);
}
