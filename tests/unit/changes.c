/* The change poller: all that is committed is heard, once, in order, and what was missed is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/token.h"
#include "store/changes.h"

static const char schema[] =
    "CREATE TABLE change_log (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER DEFAULT 0,\n"
    "  kind TEXT NOT NULL, ref INTEGER NOT NULL, detail TEXT NOT NULL);\n"
    "CREATE TABLE other (a);\n"
    "INSERT INTO change_log(kind, ref, detail) VALUES ('tag', 1, 'content'), ('tag', 2, 'access');\n";
static const char add[] = "INSERT INTO change_log(kind, ref, detail) VALUES ($1, $2, $3)";

struct heard {
	int64_t n, everything, last_id, last_ref;
	enum change_kind last_kind;
	bool last_access, disorder;
};

struct site {
	char folder[64], path[96];
	struct db *writer;
	struct changes *changes;
	struct heard heard;
};

static void
on_seen(void *arg, const struct change *batch, size_t n)
{
	struct heard *heard = arg;

	assert_true(n > 0 && n <= CHANGES_BATCH);
	for (size_t i = 0; i < n; i++) {
		if (batch[i].id > 0 && batch[i].id <= heard->last_id)
			heard->disorder = true;
		heard->n++;
		heard->everything += batch[i].kind == CHANGE_EVERYTHING;
		heard->last_id = batch[i].id;
		heard->last_ref = batch[i].ref;
		heard->last_kind = batch[i].kind;
		heard->last_access = batch[i].access;
	}
}

static int
set_up(void **state)
{
	struct site *site = calloc(1, sizeof *site);

	assert_non_null(site);
	(void)snprintf(site->folder, sizeof site->folder, "/tmp/poterne-changes-XXXXXX");
	assert_non_null(mkdtemp(site->folder));
	(void)snprintf(site->path, sizeof site->path, "%s/site.db", site->folder);
	assert_int_equal(db_open(&site->writer, site->path, DB_WRITER, true, NULL), ERR_NONE);
	assert_int_equal(db_script(site->writer, "schema.sql", schema, NULL), ERR_NONE);
	assert_int_equal(changes_open(&site->changes, site->path, NULL), ERR_NONE);
	*state = site;
	return 0;
}

static int
tear_down(void **state)
{
	struct site *site = *state;
	char command[96];

	changes_close(site->changes);
	db_close(site->writer);
	(void)snprintf(command, sizeof command, "rm -rf %s", site->folder);
	assert_int_equal(system(command), 0);
	free(site);
	return 0;
}

static void
log_change(struct site *site, const char *kind, int64_t ref, const char *detail)
{
	assert_int_equal(db_exec(site->writer, NULL, add, "ziz", kind, ref, detail), ERR_NONE);
}

static void
poll_once(struct site *site)
{
	site->heard = (struct heard){.n = 0};
	assert_int_equal(changes_poll(site->changes, on_seen, &site->heard), ERR_NONE);
	assert_false(site->heard.disorder);
}

static void
LK17_every_kind_is_heard_once(void **state)
{
	struct site *site = *state;

	poll_once(site);
	assert_int_equal(site->heard.n, 0);
	for (int kind = 0; kind < CHANGE_EVERYTHING; kind++) {
		log_change(
		    site, change_name((enum change_kind)kind), 40 + kind, kind % 2 ? "access" : "content");
		poll_once(site);
		assert_int_equal(site->heard.n, 1);
		assert_int_equal(site->heard.last_kind, kind);
		assert_int_equal(site->heard.last_ref, 40 + kind);
		assert_int_equal(site->heard.last_access, kind % 2 == 1);
		poll_once(site);
		assert_int_equal(site->heard.n, 0);
	}
}

static void
LK17_uncommitted_is_not_heard_and_committed_is(void **state)
{
	struct site *site = *state;

	assert_int_equal(db_begin(site->writer), ERR_NONE);
	log_change(site, "subscriber", 7, "access");
	poll_once(site);
	assert_int_equal(site->heard.n, 0);
	db_rollback(site->writer);
	poll_once(site);
	assert_int_equal(site->heard.n, 0);
	assert_int_equal(db_begin(site->writer), ERR_NONE);
	log_change(site, "subscriber", 7, "access");
	log_change(site, "session", 8, "access");
	assert_int_equal(db_commit(site->writer), ERR_NONE);
	poll_once(site);
	assert_int_equal(site->heard.n, 2);
	assert_int_equal(site->heard.last_kind, CHANGE_SESSION);
}

static void
other_commits_say_nothing(void **state)
{
	struct site *site = *state;

	assert_int_equal(db_exec(site->writer, NULL, "INSERT INTO other VALUES (1)", ""), ERR_NONE);
	poll_once(site);
	assert_int_equal(site->heard.n, 0);
	log_change(site, "something new", 1, "access");
	poll_once(site);
	assert_int_equal(site->heard.everything, 1);
}

static void
many_come_in_batches_in_order(void **state)
{
	struct site *site = *state;

	assert_int_equal(db_begin(site->writer), ERR_NONE);
	for (int i = 0; i < 3 * CHANGES_BATCH; i++)
		log_change(site, "article", i, "content");
	assert_int_equal(db_commit(site->writer), ERR_NONE);
	poll_once(site);
	assert_int_equal(site->heard.n, 3 * CHANGES_BATCH);
	assert_int_equal(site->heard.last_ref, 3 * CHANGES_BATCH - 1);
	assert_int_equal(site->heard.everything, 0);
}

static void
purging_is_harmless(void **state)
{
	struct site *site = *state;

	log_change(site, "article", 1, "content");
	log_change(site, "article", 2, "content");
	poll_once(site);
	/* the last one stays: nothing was missed */
	assert_int_equal(db_exec(site->writer, NULL, "DELETE FROM change_log WHERE id < 4", ""), ERR_NONE);
	poll_once(site);
	assert_int_equal(site->heard.n, 0);
	/* the last one goes together with a new one: the next id follows on it */
	assert_int_equal(db_begin(site->writer), ERR_NONE);
	assert_int_equal(db_exec(site->writer, NULL, "DELETE FROM change_log", ""), ERR_NONE);
	log_change(site, "article", 3, "content");
	assert_int_equal(db_commit(site->writer), ERR_NONE);
	poll_once(site);
	assert_int_equal(site->heard.n, 1);
	assert_int_equal(site->heard.everything, 0);
	/* all of them: it cannot be told from a restored backup, once */
	assert_int_equal(db_exec(site->writer, NULL, "DELETE FROM change_log", ""), ERR_NONE);
	poll_once(site);
	assert_int_equal(site->heard.everything, 1);
	assert_int_equal(db_exec(site->writer, NULL, "INSERT INTO other VALUES (1)", ""), ERR_NONE);
	poll_once(site);
	assert_int_equal(site->heard.n, 0);
	log_change(site, "article", 4, "content");
	poll_once(site);
	assert_int_equal(site->heard.n, 1);
	assert_int_equal(site->heard.last_kind, CHANGE_ARTICLE);
}

static void
rows_purged_unseen_mean_everything(void **state)
{
	struct site *site = *state;

	assert_int_equal(db_begin(site->writer), ERR_NONE);
	for (int i = 0; i < 10; i++)
		log_change(site, "article", i, "content");
	assert_int_equal(db_exec(site->writer, NULL, "DELETE FROM change_log WHERE id < 9", ""), ERR_NONE);
	assert_int_equal(db_commit(site->writer), ERR_NONE);
	poll_once(site);
	assert_int_equal(site->heard.n, 1);
	assert_int_equal(site->heard.everything, 1);
	log_change(site, "tag", 3, "content");
	poll_once(site);
	assert_int_equal(site->heard.n, 1);
	assert_int_equal(site->heard.last_kind, CHANGE_TAG);
}

static void
FT24_restored_backup_means_everything(void **state)
{
	struct site *site = *state;

	for (int i = 0; i < 5; i++)
		log_change(site, "article", i, "content");
	poll_once(site);
	/* what a restore into the live file looks like */
	assert_int_equal(db_begin(site->writer), ERR_NONE);
	assert_int_equal(db_exec(site->writer, NULL, "DELETE FROM change_log WHERE id > 3", ""), ERR_NONE);
	assert_int_equal(db_exec(site->writer, NULL, "UPDATE sqlite_sequence SET seq = 3", ""), ERR_NONE);
	assert_int_equal(db_commit(site->writer), ERR_NONE);
	poll_once(site);
	assert_int_equal(site->heard.n, 1);
	assert_int_equal(site->heard.everything, 1);
	log_change(site, "plan", 3, "access");
	poll_once(site);
	assert_int_equal(site->heard.n, 1);
	assert_int_equal(site->heard.last_kind, CHANGE_PLAN);
	assert_int_equal(site->heard.last_id, 4);
}

static void
needs_a_change_log(void **state)
{
	struct site *site = *state;
	struct changes *changes = NULL;
	struct fault f = {""};

	assert_int_equal(changes_open(&changes, "/nonexistent/site.db", &f), ERR_NOT_FOUND);
	assert_int_equal(db_exec(site->writer, NULL, "DROP TABLE change_log", ""), ERR_NONE);
	assert_int_equal(changes_open(&changes, site->path, &f), ERR_INTERNAL);
	assert_non_null(strstr(f.text, "change log"));
	assert_null(changes);
	assert_int_equal(changes_poll(site->changes, on_seen, &site->heard), ERR_INTERNAL);
	assert_non_null(strstr(changes_message(site->changes), "change_log"));
	changes_close(NULL);
}

#define WRITERS 3
#define COMMITS 120

/* A process of its own: commits of 1 to 5 rows, ref numbering what it wrote; kind says who. */
static void
write_load(const struct site *site, int who, int start)
{
	static const char *const kinds[WRITERS] = {"article", "subscriber", "session"};
	struct db *db = NULL;
	int64_t ref = 0;
	enum err e;
	char go;

	if (read(start, &go, 1) != 1)
		_exit(5);
	while ((e = db_open(&db, site->path, DB_WRITER, false, NULL)) == ERR_BUSY)
		continue;
	if (e != ERR_NONE)
		_exit(1);
	for (int i = 0; i < COMMITS; i++) {
		while ((e = db_begin(db)) == ERR_BUSY) /* the others' commits may take their two seconds */
			continue;
		if (e != ERR_NONE)
			_exit(2);
		for (uint32_t k = 0; k <= token_random_below(5); k++)
			if (db_exec(db, NULL, add, "ziz", kinds[who], ++ref, "access") != ERR_NONE)
				_exit(3);
		if (db_commit(db) != ERR_NONE)
			_exit(4);
	}
	db_close(db);
	_exit(0);
}

struct ledger {
	int64_t next[CHANGE_KIND_COUNT]; /* ref expected next of each writer */
	bool gap;
};

static void
on_load(void *arg, const struct change *batch, size_t n)
{
	struct ledger *ledger = arg;

	for (size_t i = 0; i < n; i++)
		if (batch[i].ref != ++ledger->next[batch[i].kind])
			ledger->gap = true;
}

static void
LK17_nothing_is_missed_under_a_writing_load(void **state)
{
	struct site *site = *state;
	struct ledger ledger = {.gap = false};
	pid_t pids[WRITERS];
	int64_t written;
	int alive = WRITERS, start[2];

	/* SQLite's connections do not survive a fork: none is open meanwhile, and the writers wait for us. */
	changes_close(site->changes);
	db_close(site->writer);
	assert_int_equal(pipe(start), 0);
	for (int i = 0; i < WRITERS; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0)
			write_load(site, i, start[0]);
	}
	assert_int_equal(db_open(&site->writer, site->path, DB_WRITER, false, NULL), ERR_NONE);
	assert_int_equal(changes_open(&site->changes, site->path, NULL), ERR_NONE);
	assert_int_equal(write(start[1], "123", WRITERS), WRITERS);
	while (alive > 0) {
		int status = 0;
		pid_t pid = waitpid(-1, &status, WNOHANG);

		assert_int_equal(changes_poll(site->changes, on_load, &ledger), ERR_NONE);
		if (pid > 0) {
			assert_int_equal(status, 0);
			alive--;
		}
	}
	assert_int_equal(changes_poll(site->changes, on_load, &ledger), ERR_NONE);
	assert_false(ledger.gap);
	assert_int_equal(ledger.next[CHANGE_EVERYTHING], 0);
	assert_int_equal(db_int(site->writer, &written, "SELECT count(*) - 2 FROM change_log", ""), ERR_NONE);
	assert_int_equal(
	    ledger.next[CHANGE_ARTICLE] + ledger.next[CHANGE_SUBSCRIBER] + ledger.next[CHANGE_SESSION],
	    written);
	assert_true(written >= WRITERS * COMMITS);
	(void)close(start[0]);
	(void)close(start[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(LK17_every_kind_is_heard_once, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
	        LK17_uncommitted_is_not_heard_and_committed_is, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(other_commits_say_nothing, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(many_come_in_batches_in_order, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(purging_is_harmless, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(rows_purged_unseen_mean_everything, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(FT24_restored_backup_means_everything, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(needs_a_change_log, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(LK17_nothing_is_missed_under_a_writing_load, set_up, tear_down),
	};

	if (!token_start())
		return 1;
	return cmocka_run_group_tests_name("changes", tests, NULL, NULL);
}
