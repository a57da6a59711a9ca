/* poterne check on the shipped schema: what is broken is found, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/token.h"
#include "store/check.h"
#include "store/migrate.h"

#define HTML \
	"<p>CANARY une phrase assez longue pour qu'un octet s'y perde sans que rien d'autre ne bouge.</p>"

struct site {
	char folder[64], database[160];
	struct config config;
	struct arena arena;
	size_t notes, problems;
	char last[400];
};

static const char add_article[] =
    "INSERT INTO article (id, slug, section_id, title, published_at, words) VALUES"
    " ($1, $2, 1, 'Titre', 1700000000, 10)";
static const char add_body[] =
    "INSERT INTO article_body (article_id, stale, rendered_hash, html_hash, markdown, html) VALUES"
    " ($1, 0, 'r', $2, 'texte', $3)";
static const char set_rendered[] =
    "UPDATE article SET rendered_at = 1700000001, rendered_hash = 'r' WHERE id = $1";

static void
fill(struct db *db)
{
	char hash[TOKEN_HASH + 1];

	token_hash(STR(HTML), hash);
	assert_int_equal(db_begin(db), ERR_NONE);
	assert_int_equal(
	    db_exec(db, NULL, "INSERT INTO section (id, slug, name) VALUES (1, 'service', 'Service')", ""),
	    ERR_NONE);
	for (int64_t i = 1; i <= 120; i++) {
		char slug[32];

		(void)snprintf(slug, sizeof slug, "article-%d", (int)i);
		assert_int_equal(db_exec(db, NULL, add_article, "iz", i, slug), ERR_NONE);
		assert_int_equal(db_exec(db, NULL, add_body, "izs", i, hash, STR(HTML)), ERR_NONE);
		assert_int_equal(db_exec(db, NULL, set_rendered, "i", i), ERR_NONE);
	}
	assert_int_equal(
	    db_exec(db, NULL, "INSERT INTO subscriber (id, email) VALUES (1, 'a@b.example')", ""), ERR_NONE);
	assert_int_equal(db_commit(db), ERR_NONE);
}

static int
set_up(void **state)
{
	struct site *site = calloc(1, sizeof *site);
	struct migrate_report report = {.script = NULL};
	struct fault f = {""};
	struct db *db = NULL;

	assert_non_null(site);
	(void)snprintf(site->folder, sizeof site->folder, "/tmp/poterne-check-XXXXXX");
	assert_non_null(mkdtemp(site->folder));
	(void)snprintf(site->database, sizeof site->database, "%s/site.db", site->folder);
	site->config.database = site->database;
	site->config.sql = "sql";
	site->config.scripts = "";
	arena_init(&site->arena, (size_t)64 << 20);
	if (migrate_run(&site->config, false, &report, &site->arena, &f) != ERR_NONE)
		fail_msg("%s", f.text);
	assert_int_equal(db_open(&db, site->database, DB_WRITER, false, NULL), ERR_NONE);
	fill(db);
	db_close(db);
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
on_found(void *arg, const struct check_finding *finding)
{
	struct site *site = arg;

	site->problems += finding->problem;
	site->notes += !finding->problem;
	(void)snprintf(site->last, sizeof site->last, "%s " STR_FMT ": " STR_FMT, finding->part,
	    STR_ARG(finding->subject), STR_ARG(finding->sentence));
}

static void
check(struct site *site)
{
	struct check_report report = {.found = on_found, .arg = site};
	struct fault f = {""};
	struct db *db = NULL;

	site->notes = site->problems = 0;
	site->last[0] = '\0';
	if (db_open(&db, site->database, DB_ENTITLED, false, &f) != ERR_NONE ||
	    check_database(db, &report, &f) != ERR_NONE)
		fail_msg("%s", f.text);
	db_close(db);
	assert_int_equal(report.problems, site->problems);
}

static void
change(struct site *site, const char *sql)
{
	struct fault f = {""};
	struct db *db = NULL;

	assert_int_equal(db_open(&db, site->database, DB_WRITER, false, NULL), ERR_NONE);
	if (db_script(db, "change", sql, &f) != ERR_NONE)
		fail_msg("%s", f.text);
	db_close(db);
}

static void
whole_data_has_no_findings(void **state)
{
	struct site *site = *state;

	check(site);
	if (site->problems + site->notes > 0)
		fail_msg("%s", site->last);
}

/* Bytes changed on the disk, which SQLite's own check does not see. */
static void
FT6_flipped_bytes_in_a_body_are_found(void **state)
{
	struct site *site = *state;
	struct str file;
	size_t at;
	int fd;

	change(site, "UPDATE article_body SET html = html || '<p>FLIPME</p>' WHERE article_id = 7");
	check(site);
	assert_int_equal(site->problems, 1);
	assert_non_null(strstr(site->last, "article article-7: the text differs"));
	change(site, "DELETE FROM article WHERE id = 7");
	check(site);
	assert_int_equal(site->problems, 0);
	assert_int_equal(file_read(&site->arena, site->database, (size_t)32 << 20, &file, NULL), ERR_NONE);
	at = str_find(file, STR("CANARY"));
	assert_true(at < file.len);
	fd = open(site->database, O_WRONLY);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, "XXXX", 4, (off_t)at), 4);
	(void)close(fd);
	check(site);
	assert_int_equal(site->problems, 1);
	assert_non_null(strstr(site->last, "the text differs"));
}

static void
stale_and_refused_articles_are_listed(void **state)
{
	struct site *site = *state;

	change(site, "UPDATE article_body SET markdown = 'neuf' WHERE article_id = 3");
	check(site);
	assert_int_equal(site->problems, 0);
	assert_int_equal(site->notes, 1);
	assert_non_null(strstr(site->last, "article-3: waits for rendering"));
	change(site,
	    "UPDATE article_body SET stale = 2, render_error = 'too many brackets' WHERE article_id = 3");
	check(site);
	assert_int_equal(site->problems, 1);
	assert_non_null(strstr(site->last, "article-3: too many brackets"));
	change(site, "DELETE FROM article_body WHERE article_id = 3");
	check(site);
	assert_int_equal(site->problems, 0);
	assert_non_null(strstr(site->last, "article-3: has no text"));
}

/* As the sqlite3 shell can do it, whose foreign keys are off. */
static void
rows_without_their_parents_are_found(void **state)
{
	struct site *site = *state;
	char command[400];

	(void)snprintf(command, sizeof command,
	    "command -v sqlite3 >/dev/null || exit 77; sqlite3 %s \"DROP TRIGGER article_removed; DELETE "
	    "FROM article WHERE id = 5\"",
	    site->database);
	if (system(command) != 0)
		skip();
	check(site);
	assert_true(site->problems >= 1);
}

static void
FT6_damaged_pages_are_findings(void **state)
{
	struct site *site = *state;
	struct str file;
	size_t at;
	int fd;

	assert_int_equal(file_read(&site->arena, site->database, (size_t)32 << 20, &file, NULL), ERR_NONE);
	at = str_find(file, STR("CANARY"));
	assert_true(at < file.len);
	fd = open(site->database, O_WRONLY);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, "\xff\xff\xff\xff\xff\xff\xff\xff", 8, (off_t)(at / 4096 * 4096)), 8);
	(void)close(fd);
	check(site);
	assert_true(site->problems > 0);
}

/* The grants against the shipped tables: a table added later is refused until it is granted. */
static void
LK1_public_role_on_the_shipped_schema(void **state)
{
	static const struct {
		const char *sql;
		enum err e;
	} cases[] = {
	    {"SELECT html FROM article_body", ERR_DENIED},
	    {"SELECT markdown FROM article_body", ERR_DENIED},
	    {"SELECT email FROM subscriber", ERR_DENIED},
	    {"SELECT note FROM subscriber", ERR_DENIED},
	    {"SELECT label FROM session", ERR_DENIED},
	    {"SELECT source FROM subscription", ERR_DENIED},
	    {"SELECT ended_reason FROM subscription", ERR_DENIED},
	    {"SELECT hash FROM login_link", ERR_DENIED},
	    {"SELECT email FROM subscriber_state", ERR_DENIED},
	    {"SELECT state FROM article_state", ERR_DENIED},
	    {"SELECT id FROM subscriber", ERR_NONE},
	    {"SELECT teaser_html FROM article", ERR_NONE},
	    {"SELECT name FROM section", ERR_NONE},
	    {"SELECT count(*) FROM change_log", ERR_NONE},
	    {"SELECT count(*) FROM session", ERR_NONE},
	    {"SELECT ends_at, grace_s, ended_at FROM subscription", ERR_NONE},
	    {"SELECT name FROM schema_migration", ERR_NONE},
	};
	struct db *db = NULL;

	assert_int_equal(db_open(&db, ((struct site *)*state)->database, DB_PUBLIC, false, NULL), ERR_NONE);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rows *rows = NULL;
		enum err e = db_query(db, cases[i].sql, &rows, "");

		rows_close(rows);
		if (e != cases[i].e)
			fail_msg("%s: %s", cases[i].sql, err_name(e));
	}
	db_close(db);
}

static void
FT24_backup_of_the_shipped_schema_is_whole(void **state)
{
	struct site *site = *state;
	char path[128];
	struct db *db = NULL;

	(void)snprintf(path, sizeof path, "%s/copy.db", site->folder);
	assert_int_equal(db_open(&db, site->database, DB_WRITER, false, NULL), ERR_NONE);
	assert_int_equal(db_backup(db, path, NULL), ERR_NONE);
	db_close(db);
	(void)snprintf(site->database, sizeof site->database, "%s", path);
	check(site);
	assert_int_equal(site->problems + site->notes, 0);
	assert_int_equal(db_open(&db, path, DB_PUBLIC, false, NULL), ERR_NONE);
	assert_int_equal(migrate_check(db, &site->config, NULL), ERR_NONE);
	db_close(db);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(whole_data_has_no_findings, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(FT6_flipped_bytes_in_a_body_are_found, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(stale_and_refused_articles_are_listed, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(rows_without_their_parents_are_found, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(FT6_damaged_pages_are_findings, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(LK1_public_role_on_the_shipped_schema, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(FT24_backup_of_the_shipped_schema_is_whole, set_up, tear_down),
	};

	if (!token_start())
		return 1;
	return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
