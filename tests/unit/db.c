/* The database door: rows, statements, refusals, locks, copies. */
#include "db_site.h"

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
	    cmocka_unit_test_setup_teardown(statement_cache_is_bounded_and_reentrant, set_up, tear_down),
	};

	if (!token_start())
		return 1;
	return cmocka_run_group_tests_name("db", tests, NULL, NULL);
}
