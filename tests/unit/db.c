/* The database door: rows, statements, refusals, locks, copies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/metrics.h"
#include "base/token.h"
#include "store/db.h"

struct site {
	char folder[64];
	char path[96];
	struct db *writer;
};

static const char schema[] =
    "CREATE TABLE article (id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE,\n"
    "  words BIGINT CHECK (words >= 0), note BLOB);\n"
    "CREATE TABLE article_body (article_id INTEGER PRIMARY KEY REFERENCES article(id), html TEXT);\n"
    "CREATE TABLE subscriber (id INTEGER PRIMARY KEY, email TEXT, blocked_at BIGINT);\n"
    "CREATE VIEW leak AS SELECT html FROM article_body;\n"
    "CREATE TRIGGER article_no_x BEFORE INSERT ON article WHEN NEW.slug = 'x'\n"
    "BEGIN SELECT RAISE(ABORT, 'x is no slug'); END;\n"
    "INSERT INTO article(id, slug, words) VALUES (1, 'un', 10), (2, 'deux', 20);\n"
    "INSERT INTO article_body VALUES (1, 'CANARY');\n"
    "INSERT INTO subscriber VALUES (7, 'a@b.example', NULL);\n";

static int
set_up(void **state)
{
	struct site *site = calloc(1, sizeof *site);
	struct fault f = {""};

	assert_non_null(site);
	(void)snprintf(site->folder, sizeof site->folder, "/tmp/poterne-db-XXXXXX");
	assert_non_null(mkdtemp(site->folder));
	(void)snprintf(site->path, sizeof site->path, "%s/site.db", site->folder);
	assert_int_equal(db_open(&site->writer, site->path, DB_WRITER, true, &f), ERR_NONE);
	assert_int_equal(db_script(site->writer, "schema.sql", schema, &f), ERR_NONE);
	*state = site;
	return 0;
}

static int
tear_down(void **state)
{
	struct site *site = *state;
	char command[96];

	db_close(site->writer);
	(void)snprintf(command, sizeof command, "rm -rf %s", site->folder);
	assert_int_equal(system(command), 0);
	free(site);
	return 0;
}

static struct db *
open_as(const struct site *site, enum db_role role)
{
	struct fault f = {""};
	struct db *db = NULL;

	assert_int_equal(db_open(&db, site->path, role, false, &f), ERR_NONE);
	return db;
}

static int64_t
count_articles(struct db *db)
{
	int64_t n = -1;

	assert_int_equal(db_int(db, &n, "SELECT count(*) FROM article", ""), ERR_NONE);
	return n;
}

static void
values_come_back_as_bound(void **state)
{
	static const char insert[] = "INSERT INTO article(slug, words, note) VALUES ($1, $2, $3)";
	static const char select[] = "SELECT words, slug, note FROM article WHERE slug = $1";
	struct db *db = ((struct site *)*state)->writer;
	struct rows *rows = NULL;
	int64_t changed = -1;

	assert_int_equal(db_exec(db, &changed, insert, "sib", STR("caf\xc3\xa9"), (int64_t)1 << 40,
	                     ((struct str){"\0\x01\xff", 3})),
	    ERR_NONE);
	assert_int_equal(changed, 1);
	assert_int_equal(db_exec(db, NULL, insert, "zns", "vide", STR_NONE), ERR_NONE);
	assert_int_equal(db_query(db, select, &rows, "s", STR("caf\xc3\xa9")), ERR_NONE);
	assert_int_equal(rows_next(rows), ERR_NONE);
	assert_int_equal(rows_int(rows, 0), (int64_t)1 << 40);
	assert_true(str_eq(rows_str(rows, 1), STR("caf\xc3\xa9")));
	assert_true(str_eq(rows_str(rows, 2), ((struct str){"\0\x01\xff", 3})));
	assert_int_equal(rows_next(rows), ERR_NOT_FOUND);
	assert_int_equal(rows_next(rows), ERR_NOT_FOUND);
	assert_null(rows_str(rows, 1).at);
	rows_close(rows);
	assert_int_equal(db_query(db, select, &rows, "z", "vide"), ERR_NONE);
	assert_int_equal(rows_next(rows), ERR_NONE);
	assert_true(rows_null(rows, 0));
	assert_false(rows_null(rows, 2));
	assert_int_equal(rows_str(rows, 2).len, 0);
	assert_non_null(rows_str(rows, 2).at);
	rows_close(rows);
	rows_close(NULL);
}

static void
DB1_parameters_are_values(void **state)
{
	static const char by_slug[] = "SELECT id FROM article WHERE slug = $1";
	static const char backwards[] = "SELECT $2 - $1";
	struct db *db = ((struct site *)*state)->writer;
	int64_t id = 0;

	assert_int_equal(db_int(db, &id, by_slug, "z", "un' OR 1=1 --"), ERR_NOT_FOUND);
	assert_int_equal(db_int(db, &id, by_slug, "s", STR("un\0deux")), ERR_NOT_FOUND);
	assert_int_equal(db_int(db, &id, by_slug, "z", "un"), ERR_NONE);
	assert_int_equal(id, 1);
	/* $2 stands first: bound by name, not by place */
	assert_int_equal(db_int(db, &id, backwards, "ii", (int64_t)1, (int64_t)10), ERR_NONE);
	assert_int_equal(id, 9);
}

static void
DB1_one_statement_and_its_parameters_only(void **state)
{
	static const char two[] = "SELECT 1; DELETE FROM article";
	static const char one[] = "SELECT $1";
	static const char hole[] = "SELECT $1, $3";
	struct db *db = ((struct site *)*state)->writer;
	int64_t n;

	assert_int_equal(db_int(db, &n, two, ""), ERR_INTERNAL);
	assert_int_equal(db_int(db, &n, one, ""), ERR_INTERNAL);
	assert_int_equal(db_int(db, &n, one, "ii", (int64_t)1, (int64_t)2), ERR_INTERNAL);
	assert_int_equal(db_int(db, &n, one, "q"), ERR_INTERNAL);
	assert_int_equal(db_int(db, &n, hole, "ii", (int64_t)1, (int64_t)2), ERR_INTERNAL);
	assert_int_equal(count_articles(db), 2);
}

static void
refusals_have_a_code_and_a_sentence(void **state)
{
	static const char insert[] = "INSERT INTO article(id, slug, words) VALUES ($1, $2, $3)";
	static const char body[] = "INSERT INTO article_body VALUES ($1, 'b')";
	struct db *db = ((struct site *)*state)->writer;

	assert_int_equal(db_exec(db, NULL, insert, "izi", (int64_t)9, "un", (int64_t)0), ERR_CONFLICT);
	assert_string_equal(db_message(db), "article.slug is taken already");
	assert_int_equal(db_exec(db, NULL, insert, "izi", (int64_t)1, "neuf", (int64_t)0), ERR_CONFLICT);
	assert_int_equal(db_exec(db, NULL, insert, "izi", (int64_t)9, NULL, (int64_t)0), ERR_INVALID);
	assert_string_equal(db_message(db), "article.slug must be given");
	assert_int_equal(db_exec(db, NULL, insert, "izi", (int64_t)9, "neuf", (int64_t)-1), ERR_INVALID);
	assert_non_null(strstr(db_message(db), "words >= 0"));
	assert_int_equal(db_exec(db, NULL, insert, "izi", (int64_t)9, "x", (int64_t)0), ERR_INVALID);
	assert_string_equal(db_message(db), "x is no slug");
	assert_int_equal(db_exec(db, NULL, body, "i", (int64_t)99), ERR_INVALID);
	assert_non_null(strstr(db_message(db), "missing"));
	assert_int_equal(count_articles(db), 2);
}

/* Every way to the body that SQL has, on the connection of pages and feeds. */
static void
LK1_public_connection_cannot_read_bodies(void **state)
{
	static const char *const attempts[] = {
	    "SELECT html FROM article_body",
	    "SELECT count(*) FROM article_body",
	    "SELECT rowid FROM article_body",
	    "SELECT 1 FROM article WHERE EXISTS (SELECT 1 FROM article_body b WHERE b.html LIKE 'C%')",
	    "SELECT (SELECT html FROM article_body) FROM article",
	    "SELECT a.id FROM article a JOIN article_body b ON b.article_id = a.id",
	    "SELECT a.id FROM article a LEFT JOIN main.article_body b ON true",
	    "WITH t AS (SELECT * FROM article_body) SELECT * FROM t",
	    "SELECT id FROM article UNION SELECT html FROM article_body",
	    "SELECT id FROM article ORDER BY (SELECT html FROM article_body)",
	    "SELECT * FROM leak",
	    "SELECT \"html\" FROM \"ARTICLE_BODY\"",
	    "SELECT email FROM subscriber",
	    "SELECT * FROM subscriber",
	    "SELECT sql FROM sqlite_schema",
	    "SELECT * FROM sqlite_dbpage",
	    "SELECT * FROM dbstat",
	    "SELECT * FROM pragma_table_info('article_body')",
	    "SELECT load_extension('x')",
	    "ATTACH '/tmp/x.db' AS x",
	    "PRAGMA table_info(article_body)",
	    "PRAGMA query_only = OFF",
	    "PRAGMA data_version = 1",
	    "DELETE FROM article",
	    "UPDATE article SET words = 1",
	    "CREATE TEMP TABLE t AS SELECT * FROM article_body",
	    "VACUUM INTO '/tmp/x.db'",
	};
	struct db *db = open_as(*state, DB_PUBLIC);
	struct rows *rows;
	int64_t n;

	/* ERR_INTERNAL: what this SQLite does not have at all */
	for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
		enum err e = db_query(db, attempts[i], &rows, "");

		if (e == ERR_NONE)
			e = rows_next(rows);
		rows_close(rows);
		if (e != ERR_DENIED && e != ERR_INTERNAL)
			fail_msg("not refused: %s: %s", attempts[i], db_message(db));
	}
	assert_int_equal(count_articles(db), 2);
	assert_int_equal(db_int(db, &n, "SELECT id FROM subscriber WHERE blocked_at IS NULL", ""), ERR_NONE);
	assert_int_equal(n, 7);
	db_close(db);
}

static void
LK1_entitled_connection_reads_and_never_writes(void **state)
{
	struct db *db = open_as(*state, DB_ENTITLED);
	struct rows *rows = NULL;

	assert_int_equal(db_query(db, "SELECT html FROM article_body", &rows, ""), ERR_NONE);
	assert_int_equal(rows_next(rows), ERR_NONE);
	assert_true(str_eq(rows_str(rows, 0), STR("CANARY")));
	rows_close(rows);
	assert_int_equal(db_exec(db, NULL, "DELETE FROM article_body", ""), ERR_DENIED);
	assert_int_equal(db_script(db, "x.sql", "DELETE FROM article", NULL), ERR_DENIED);
	db_close(db);
}

static void
transactions_are_whole(void **state)
{
	static const char insert[] = "INSERT INTO article(slug) VALUES ($1) RETURNING id";
	struct db *db = ((struct site *)*state)->writer;
	struct db *reader = open_as(*state, DB_PUBLIC);
	int64_t id = 0;

	assert_int_equal(db_begin(db), ERR_NONE);
	assert_int_equal(db_int(db, &id, insert, "z", "trois"), ERR_NONE);
	assert_int_equal(id, 3);
	assert_int_equal(count_articles(reader), 2);
	db_rollback(db);
	db_rollback(db);
	assert_int_equal(count_articles(db), 2);
	assert_int_equal(db_begin(db), ERR_NONE);
	assert_int_equal(db_begin(db), ERR_INTERNAL);
	assert_int_equal(db_int(db, &id, insert, "z", "trois"), ERR_NONE);
	assert_int_equal(db_commit(db), ERR_NONE);
	assert_int_equal(count_articles(reader), 3);
	assert_int_equal(db_begin(reader), ERR_NONE);
	assert_int_equal(count_articles(reader), 3);
	assert_int_equal(db_exec(db, NULL, "DELETE FROM article WHERE slug = 'trois'", ""), ERR_NONE);
	assert_int_equal(count_articles(reader), 3);
	assert_int_equal(db_commit(reader), ERR_NONE);
	assert_int_equal(count_articles(reader), 2);
	db_close(reader);
}

static void
failed_commit_leaves_no_transaction(void **state)
{
	struct db *db = ((struct site *)*state)->writer;

	assert_int_equal(
	    db_script(
	        db, "x", "CREATE TABLE late (a REFERENCES article(id) DEFERRABLE INITIALLY DEFERRED)", NULL),
	    ERR_NONE);
	assert_int_equal(db_begin(db), ERR_NONE);
	assert_int_equal(db_exec(db, NULL, "INSERT INTO late VALUES (99)", ""), ERR_NONE);
	assert_int_equal(db_commit(db), ERR_INVALID);
	assert_non_null(strstr(db_message(db), "missing"));
	assert_int_equal(db_begin(db), ERR_NONE);
	assert_int_equal(db_commit(db), ERR_NONE);
}

static void
returning_is_committed_by_db_int(void **state)
{
	struct db *db = ((struct site *)*state)->writer;
	struct db *reader = open_as(*state, DB_PUBLIC);
	int64_t id;

	assert_int_equal(
	    db_int(db, &id, "INSERT INTO article(slug) VALUES ('r') RETURNING id", ""), ERR_NONE);
	assert_int_equal(count_articles(reader), 3);
	db_close(reader);
}

static void
FT5_locked_by_another_program_ends_within_two_seconds(void **state)
{
	struct db *holder = ((struct site *)*state)->writer;
	struct db *db = open_as(*state, DB_WRITER);
	struct db *reader = open_as(*state, DB_PUBLIC);
	int64_t before = metrics_get(METRIC_DB_BUSY), began, took;

	assert_int_equal(db_begin(holder), ERR_NONE);
	began = clock_ticks();
	assert_int_equal(db_begin(db), ERR_BUSY);
	took = clock_ticks() - began;
	assert_true(took > 1000000 && took < 2200000);
	assert_int_equal(metrics_get(METRIC_DB_BUSY), before + 1);
	assert_int_equal(count_articles(reader), 2);
	assert_true(clock_ticks() - began - took < 100000);
	db_rollback(holder);
	assert_int_equal(db_begin(db), ERR_NONE);
	db_rollback(db);
	db_close(db);
	db_close(reader);
}

static void
statement_cache_is_bounded_and_reentrant(void **state)
{
	enum { STATEMENTS = 400 };
	static char sql[STATEMENTS][32];
	static const char all[] = "SELECT id FROM article ORDER BY id";
	struct db *db = ((struct site *)*state)->writer;
	struct rows *open[20];
	int64_t n;

	for (int round = 0; round < 2; round++)
		for (int i = 0; i < STATEMENTS; i++) {
			(void)snprintf(sql[i], sizeof sql[i], "SELECT %d", i);
			assert_int_equal(db_int(db, &n, sql[i], ""), ERR_NONE);
			assert_int_equal(n, i);
		}
	for (int i = 0; i < 20; i++) {
		assert_int_equal(db_query(db, all, &open[i], ""), ERR_NONE);
		assert_int_equal(rows_next(open[i]), ERR_NONE);
	}
	for (int i = 0; i < 20; i++) {
		assert_int_equal(rows_int(open[i], 0), 1);
		assert_int_equal(rows_next(open[i]), ERR_NONE);
		assert_int_equal(rows_int(open[i], 0), 2);
		rows_close(open[i]);
	}
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(values_come_back_as_bound, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(DB1_parameters_are_values, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(DB1_one_statement_and_its_parameters_only, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(refusals_have_a_code_and_a_sentence, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(LK1_public_connection_cannot_read_bodies, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
	        LK1_entitled_connection_reads_and_never_writes, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(transactions_are_whole, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(failed_commit_leaves_no_transaction, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(returning_is_committed_by_db_int, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
	        FT5_locked_by_another_program_ends_within_two_seconds, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(statement_cache_is_bounded_and_reentrant, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(data_version_moves_with_others_commits, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(FT8_script_faults_name_the_line, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
	        FT24_backup_is_whole_private_and_replaces_nothing, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(FT1_hot_journal_is_rolled_back_for_a_reader, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(opening_makes_nothing_unasked, set_up, tear_down),
	};

	if (!token_start())
		return 1;
	return cmocka_run_group_tests_name("db", tests, NULL, NULL);
}
