/* The scripts for admins, in the real sqlite3 shell, which enforces no foreign keys and knows nothing of the program. */
#include "store_help.h"

#include <sys/wait.h>

#include "store/article_admin.h"
#include "store/subscriber_store.h"

static const char publication[] =
    "INSERT INTO section (slug, name) VALUES ('territoires', 'Territoires');"
    "INSERT INTO plan (slug, name) VALUES ('pro', 'Pro');"
    "INSERT INTO author (slug, name, kind) VALUES ('la-redaction', 'La rédaction', 'collective');";

static bool
have_shell(void)
{
	return system("command -v sqlite3 >/dev/null 2>&1") == 0;
}

/* Runs "FILTER < sql/examples/NAME.sql | sqlite3 DB"; the shell's exit status. */
static int
run(struct site *s, const char *name, const char *filter)
{
	char command[400];
	int status;

	(void)snprintf(command, sizeof command, "%s < sql/examples/%s.sql | sqlite3 %s >%s/out 2>&1", filter,
	    name, s->path, s->folder);
	status = system(command);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Whether the last script's answer has the words in it. */
static bool
answered(struct site *s, const char *words)
{
	char path[120], text[8192];
	size_t n;
	FILE *file;

	(void)snprintf(path, sizeof path, "%s/out", s->folder);
	assert_non_null(file = fopen(path, "r"));
	n = fread(text, 1, sizeof text - 1, file);
	text[n] = '\0';
	(void)fclose(file);
	return strstr(text, words) != NULL;
}

static int
set_up(void **state)
{
	site_open(state);
	site_script(*state, publication);
	return 0;
}

static int
tear_down(void **state)
{
	struct site *s = *state;
	char path[120];

	(void)snprintf(path, sizeof path, "%s/out", s->folder);
	(void)unlink(path);
	return site_close(state);
}

static void
every_script_does_what_it_says(void **state)
{
	struct site *s = *state;
	struct str html;

	if (!have_shell())
		skip();
	assert_int_equal(run(s, "publish_article", "cat"), 0);
	assert_true(answered(s, "waits for rendering"));
	assert_int_equal(site_int(s, "SELECT count(*) FROM article_author"), 1);
	assert_int_equal(site_int(s, "SELECT stale FROM article_body"), 1);
	assert_int_equal(article_store_body(s->full, &s->arena, 1, &html), ERR_NOT_FOUND);
	assert_int_equal(run(s, "correct_article", "cat"), 0);
	assert_int_equal(
	    site_int(s, "SELECT count(*) FROM article_body WHERE instr(markdown, 'depuis douze ans')"), 1);
	assert_int_equal(site_int(s, "SELECT count(*) FROM article WHERE updated_at IS NOT NULL"), 1);
	assert_int_equal(run(s, "change_access", "cat"), 0);
	assert_int_equal(site_int(s, "SELECT count(*) FROM article_plan"), 2);
	assert_int_equal(run(s, "withdraw_article", "cat"), 0);
	assert_true(answered(s, "withdrawn"));
	assert_int_equal(run(s, "rename_article", "cat"), 0);
	assert_true(answered(s, "territoires/la-fontaine-rendue"));
	assert_int_equal(run(s, "rename_section", "cat"), 0);
	assert_int_equal(site_int(s, "SELECT count(*) FROM slug_history WHERE path = 'service'"), 1);
	assert_int_equal(run(s, "grant_subscription", "cat"), 0);
	assert_true(answered(s, "active"));
	assert_int_equal(run(s, "pause_subscription", "cat"), 0);
	assert_true(answered(s, "nouvelle.lectrice@example.org"));
	assert_int_not_equal(run(s, "pause_subscription", "cat"), 0);
	assert_true(answered(s, "another pause of this reader lies in this time"));
	assert_int_not_equal(run(s, "pause_subscription", "sed s/nouvelle/nulle/"), 0);
	assert_true(answered(s, "there is no such account"));
	assert_int_equal(run(s, "sell_plan", "cat"), 0);
	assert_true(answered(s, "https://buy.stripe.com/00g123"));
	assert_int_not_equal(run(s, "sell_plan", "sed s/1NrVBvH4x/2/\\;s/.integral./NULL/"), 0);
	assert_int_not_equal(run(s, "sell_plan", "cat"), 0); /* a price is one plan's */
	assert_int_equal(site_int(s, "SELECT count(*) FROM plan_price"), 1);
	assert_int_equal(run(s, "end_subscription", "cat"), 0);
	assert_true(answered(s, "ended: rembours"));
	assert_int_equal(run(s, "grant_institution", "cat"), 0);
	assert_true(answered(s, "active, not paid"));
	assert_int_equal(run(s, "add_network", "cat"), 0);
	assert_true(answered(s, "192.0.2.0/24"));
	assert_int_not_equal(run(s, "add_network", "sed s#192.0.2.0/24#10.0.0.0/8#"), 0);
	assert_true(answered(s, "too wide"));
	assert_int_equal(run(s, "end_sessions", "cat"), 0);
	assert_int_equal(site_int(s, "SELECT generation FROM subscriber WHERE email LIKE 'nouvelle%'"), 2);
	assert_int_equal(run(s, "state", "cat"), 0);
	assert_true(answered(s, "la-fontaine-rendue"));
}

static void
a_refused_script_changes_nothing_and_says_why(void **state)
{
	struct site *s = *state;
	int64_t changes;

	if (!have_shell())
		skip();
	assert_int_equal(run(s, "publish_article", "cat"), 0);
	changes = site_int(s, "SELECT max(id) FROM change_log");
	assert_int_not_equal(run(s, "publish_article", "cat"), 0);
	assert_true(answered(s, "another article has this slug"));
	/* pasted, the shell goes on after a refusal */
	(void)run(s, "publish_article", "sed \"s/^.bail on//; s/'la-redaction'/'la-redaction'/\"");
	(void)run(s, "publish_article",
	    "sed \"s/^.bail on//; s/la-fontaine-du-marche'/x'/; s/'innovation'/'nulle-part'/\"");
	assert_true(answered(s, "no such section"));
	assert_int_not_equal(run(s, "grant_subscription", "sed s/nouvelle.lectrice/Nouvelle/"), 0);
	assert_true(answered(s, "small letters only"));
	assert_int_not_equal(
	    run(s, "grant_subscription", "sed 's/unixepoch(.2027-12-01., .utc.)/unixepoch(1)/'"), 0);
	assert_true(answered(s, "starts_at, ends_at"));
	assert_int_not_equal(run(s, "change_access", "sed 's/integral pro/integral por/'"), 0);
	assert_true(answered(s, "no plan"));
	(void)run(s, "change_access", "sed 's/integral pro/por/; s/^.bail on//'");
	assert_int_equal(site_int(s, "SELECT count(*) FROM article"), 1);
	assert_int_equal(site_int(s, "SELECT max(id) FROM change_log"), changes);
}

/* Rows that another table needs are kept, and what belongs together goes together, without PRAGMA foreign_keys. */
static void
typed_removals_leave_no_orphans(void **state)
{
	struct site *s = *state;
	char command[300];

	if (!have_shell())
		skip();
	assert_int_equal(run(s, "publish_article", "cat"), 0);
	assert_int_equal(run(s, "grant_subscription", "cat"), 0);
	(void)snprintf(command, sizeof command,
	    "sqlite3 %s 'DELETE FROM section' 'DELETE FROM author' 'DELETE FROM plan' >/dev/null 2>&1",
	    s->path);
	assert_int_not_equal(system(command), 0);
	(void)snprintf(
	    command, sizeof command, "sqlite3 %s 'DELETE FROM article; DELETE FROM subscriber'", s->path);
	assert_int_equal(system(command), 0);
	assert_int_equal(
	    site_int(s, "SELECT (SELECT count(*) FROM article_body) + (SELECT count(*) FROM article_author)"
	                " + (SELECT count(*) FROM subscription)"),
	    0);
	assert_int_equal(site_int(s, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
	    CASE(every_script_does_what_it_says),
	    CASE(a_refused_script_changes_nothing_and_says_why),
	    CASE(typed_removals_leave_no_orphans),
	};

	return cmocka_run_group_tests_name("sql_examples", tests, NULL, NULL);
}
