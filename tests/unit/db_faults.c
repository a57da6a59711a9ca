/* The database door under faults and limits: locks, killed writers, copies, files that are none. */
#include <signal.h>
#include <sys/wait.h>

#include "db_site.h"

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void
FT5_locked_by_another_program_ends_within_two_seconds(void **state)
{
	struct db *holder = ((struct site *)*state)->writer;
	struct db *db = open_as(*state, DB_WRITER);
	struct db *reader = open_as(*state, DB_PUBLIC);
	int64_t before = metrics_get(METRIC_DB_BUSY), began, took = INT64_MAX, read = INT64_MAX;
	int tries;

	assert_int_equal(db_begin(holder), ERR_NONE);
	/* who waited longer would do so each time, a busy machine does not */
	for (tries = 0; tries < 5 && (took > 2200000 || read > 100000); tries++) {
		began = clock_ticks();
		assert_int_equal(db_begin(db), ERR_BUSY);
		took = least(took, clock_ticks() - began);
		assert_true(took > 1000000);
		began = clock_ticks();
		assert_int_equal(count_articles(reader), 2);
		read = least(read, clock_ticks() - began);
	}
	assert_true(took < 2200000);
	assert_true(read < 100000);
	assert_int_equal(metrics_get(METRIC_DB_BUSY), before + tries);
	db_rollback(holder);
	assert_int_equal(db_begin(db), ERR_NONE);
	db_rollback(db);
	db_close(db);
	db_close(reader);
}

static void
data_version_moves_with_others_commits(void **state)
{
	struct db *db = ((struct site *)*state)->writer;
	struct db *reader = open_as(*state, DB_PUBLIC);
	int64_t a, b;

	assert_int_equal(db_data_version(reader, &a), ERR_NONE);
	assert_int_equal(db_data_version(reader, &b), ERR_NONE);
	assert_int_equal(a, b);
	assert_int_equal(db_exec(db, NULL, "UPDATE article SET words = 11 WHERE id = 1", ""), ERR_NONE);
	assert_int_equal(db_data_version(reader, &b), ERR_NONE);
	assert_int_not_equal(a, b);
	db_close(reader);
}

static void
FT8_script_faults_name_the_line(void **state)
{
	static const struct {
		const char *script, *begins, *says;
	} cases[] = {
	    {"-- a\n\nCREATE TABLE t (a);\nCREATE TABLEE u (a);\n", "m.sql:4: ", "syntax error"},
	    {"SELECT 1;\n/* two\nlines */\nINSERT INTO article(slug)\nVALUES ('un');", "m.sql:4: ", "taken"},
	    {"INSERT INTO article(slug)\nVALUES (nope);", "m.sql:2: ", "nope"},
	    {"SELECT 1;\nCOMMIT;\nDELETE FROM article;", "m.sql:2: ", "transaction"},
	    {"\nBEGIN;", "m.sql:2: ", "transaction"},
	    {"ATTACH 'x' AS y;", "m.sql:1: ", "attach"},
	    {"INSERT OR ROLLBACK INTO article(slug) VALUES ('un');", "m.sql:1: ", "taken"},
	    {"SELECT 'open", "m.sql:1: ", "unrecognized"},
	};
	struct db *db = ((struct site *)*state)->writer;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct fault f = {""};
		enum err e;

		assert_int_equal(db_begin(db), ERR_NONE);
		e = db_script(db, "m.sql", cases[i].script, &f);
		assert_true(e == ERR_INVALID || e == ERR_CONFLICT || e == ERR_DENIED);
		if (strncmp(f.text, cases[i].begins, strlen(cases[i].begins)) != 0 ||
		    !strstr(f.text, cases[i].says))
			fail_msg("case %zu: %s", i, f.text);
		db_rollback(db);
	}
	assert_int_equal(count_articles(db), 2);
	assert_int_equal(db_script(db, "m.sql", "", NULL), ERR_NONE);
	assert_int_equal(db_script(db, "m.sql", "-- nothing\n;;/* at all */", NULL), ERR_NONE);
	/* the script's guard is gone afterwards */
	assert_int_equal(db_begin(db), ERR_NONE);
	assert_int_equal(db_commit(db), ERR_NONE);
}

static void
FT24_backup_is_whole_private_and_replaces_nothing(void **state)
{
	struct site *site = *state;
	struct fault f = {""};
	struct db *copy = NULL;
	struct stat st;
	char path[128], partial[160];

	(void)snprintf(path, sizeof path, "%s/copy.db", site->folder);
	(void)snprintf(partial, sizeof partial, "%s.partial", path);
	assert_int_equal(file_create(partial, 0644, &f), ERR_NONE); /* left by a killed one */
	assert_int_equal(db_backup(site->writer, path, &f), ERR_NONE);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_false(file_exists(partial));
	assert_int_equal(db_backup(site->writer, path, &f), ERR_CONFLICT);
	assert_int_equal(db_open(&copy, path, DB_ENTITLED, false, &f), ERR_NONE);
	assert_int_equal(count_articles(copy), 2);
	db_close(copy);
	assert_int_equal(db_begin(site->writer), ERR_NONE);
	(void)snprintf(path, sizeof path, "%s/second.db", site->folder);
	assert_int_not_equal(db_backup(site->writer, path, &f), ERR_NONE);
	assert_false(file_exists(path));
	db_rollback(site->writer);
	(void)snprintf(path, sizeof path, "%s/no/folder.db", site->folder);
	assert_int_equal(db_backup(site->writer, path, &f), ERR_NOT_FOUND);
}

static void
opening_makes_nothing_unasked(void **state)
{
	struct site *site = *state;
	struct fault f = {""};
	struct db *db = NULL;
	struct stat st;
	char path[128];

	assert_int_equal(stat(site->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	(void)snprintf(path, sizeof path, "%s/none.db", site->folder);
	assert_int_equal(db_open(&db, path, DB_WRITER, false, &f), ERR_NOT_FOUND);
	assert_non_null(strstr(f.text, "poterne migrate"));
	assert_int_equal(db_open(&db, path, DB_PUBLIC, true, &f), ERR_NOT_FOUND);
	assert_false(file_exists(path));
	assert_int_equal(db_open(&db, ":memory:", DB_WRITER, true, &f), ERR_INVALID);
	assert_int_equal(db_open(&db, "", DB_WRITER, true, &f), ERR_INVALID);
	assert_int_equal(
	    file_write(path, STR("this is text and no database, long enough to be read"), 0600, true, &f),
	    ERR_NONE);
	assert_int_equal(db_open(&db, path, DB_PUBLIC, false, &f), ERR_INTERNAL);
	assert_non_null(strstr(f.text, "not a database"));
	(void)snprintf(path, sizeof path, "sqlite:%s", site->path);
	assert_int_equal(db_open(&db, path, DB_PUBLIC, false, &f), ERR_NONE);
	db_close(db);
	db_close(NULL);
}

/* What a writer killed in its first transaction leaves, made with the sqlite3 shell that kills itself. */
static void
FT1_hot_journal_is_rolled_back_for_a_reader(void **state)
{
	struct site *site = *state;
	struct fault f = {""};
	struct db *db = NULL;
	char path[128], command[900];

	if (system("command -v sqlite3 >/dev/null") != 0)
		skip();
	(void)snprintf(path, sizeof path, "%s/hot.db", site->folder);
	(void)snprintf(command, sizeof command,
	    "cd %s && printf '%%s\n' 'CREATE TABLE article (id INTEGER PRIMARY KEY, t);'"
	    " 'INSERT INTO article VALUES (1, zeroblob(50000));' 'PRAGMA cache_size = 1;' 'BEGIN;'"
	    " 'UPDATE article SET t = randomblob(50000);' 'INSERT INTO article VALUES (2, zeroblob(900000));'"
	    " '.system kill -9 $PPID' | sqlite3 hot.db >/dev/null 2>&1; test -s hot.db-journal",
	    site->folder);
	if (system(command) != 0)
		skip();
	if (db_open(&db, path, DB_PUBLIC, false, &f) != ERR_NONE)
		fail_msg("%s", f.text);
	assert_int_equal(count_articles(db), 1);
	db_close(db);
}

#define KILLS 60

static const char newest_pair[] = "SELECT max(n) FROM (SELECT words AS n FROM article UNION SELECT 100)";

/* A process of its own: commits pairs of rows and acknowledges each pair after its commit. */
static void
write_pairs(const struct site *site, int ledger)
{
	static const char insert[] = "INSERT INTO article (slug, words) VALUES ($1, $2)";
	struct db *db = NULL;
	int64_t newest = 0;
	char slug[32];

	if (db_open(&db, site->path, DB_WRITER, false, NULL) != ERR_NONE ||
	    db_int(db, &newest, newest_pair, "") != ERR_NONE)
		_exit(1);
	for (int64_t n = newest + 1;; n++) {
		enum err e = db_begin(db);

		for (int half = 0; e == ERR_NONE && half < 2; half++) {
			(void)snprintf(slug, sizeof slug, "n-%lld-%d", (long long)n, half);
			e = db_exec(db, NULL, insert, "zi", slug, n);
		}
		if (e != ERR_NONE || db_commit(db) != ERR_NONE || write(ledger, &n, sizeof n) != sizeof n)
			_exit(2);
	}
}

/* The newest pair that was acknowledged before the writer died, or what it was before. */
static int64_t
kill_writer(const struct site *site, int64_t acknowledged)
{
	int ledger[2], status = 0;
	int64_t n;
	pid_t pid;

	assert_int_equal(pipe(ledger), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		write_pairs(site, ledger[1]);
	(void)close(ledger[1]);
	/* alive and writing, then a moment more */
	if (read(ledger[0], &n, sizeof n) == (ssize_t)sizeof n)
		acknowledged = n;
	assert_int_equal(usleep(token_random_below(8000)), 0);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	while (read(ledger[0], &n, sizeof n) == (ssize_t)sizeof n)
		acknowledged = n;
	(void)close(ledger[0]);
	return acknowledged;
}

static void
FT1_killed_writers_lose_nothing_acknowledged(void **state)
{
	static const char pairs[] =
	    "SELECT count(*) FROM (SELECT words FROM article WHERE words > 100 GROUP BY words"
	    " HAVING count(*) = 2)";
	struct site *site = *state;
	int64_t acknowledged = 100, whole = 0, halves = 0, newest = 0;

	db_close(site->writer); /* connections do not survive a fork */
	site->writer = NULL;
	for (int i = 0; i < KILLS; i++) {
		struct rows *answer = NULL;
		struct db *db;

		acknowledged = kill_writer(site, acknowledged);
		db = open_as(site, DB_ENTITLED);
		assert_int_equal(db_int(db, &whole, pairs, ""), ERR_NONE);
		assert_int_equal(
		    db_int(db, &halves, "SELECT count(*) FROM article WHERE words > 100", ""), ERR_NONE);
		assert_int_equal(db_int(db, &newest, newest_pair, ""), ERR_NONE);
		assert_int_equal(halves, 2 * whole);
		assert_int_equal(whole, newest - 100);
		assert_true(newest >= acknowledged && newest <= acknowledged + 1);
		assert_int_equal(db_query(db, "PRAGMA integrity_check", &answer, ""), ERR_NONE);
		assert_int_equal(rows_next(answer), ERR_NONE);
		assert_true(str_eq(rows_str(answer, 0), STR("ok")));
		rows_close(answer);
		db_close(db);
	}
	print_message("%lld pairs over %d kills\n", (long long)whole, KILLS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(FT1_killed_writers_lose_nothing_acknowledged, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
	        FT5_locked_by_another_program_ends_within_two_seconds, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(data_version_moves_with_others_commits, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(FT8_script_faults_name_the_line, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
	        FT24_backup_is_whole_private_and_replaces_nothing, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(FT1_hot_journal_is_rolled_back_for_a_reader, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(opening_makes_nothing_unasked, set_up, tear_down),
	};

	if (!token_start())
		return 1;
	return cmocka_run_group_tests_name("db_faults", tests, NULL, NULL);
}
