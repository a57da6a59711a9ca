/* cli_subscriber.c: poterne subscriber, as typed: what it prints, refuses and leaves behind. */
#include "cli_desk.h"

#include "app/verbs.h"
#include "base/clock.h"

static int64_t
count(struct desk *d, const char *sql)
{
	int64_t n = -1;

	assert_int_equal(db_int(d->db, &n, sql, ""), ERR_NONE);
	return n;
}

/* The one object that was printed as JSON. */
static json_t *
only_object(struct desk *d)
{
	json_t *rows = json_loads(d->out, JSON_REJECT_DUPLICATES, NULL), *row;

	assert_int_equal(json_array_size(rows), 1);
	row = json_incref(json_array_get(rows, 0));
	json_decref(rows);
	return row;
}

static const char *
text_of(const json_t *row, const char *key)
{
	const char *text = json_string_value(json_object_get(row, key));

	return text == NULL ? "(none)" : text;
}

static void
accounts_are_added_once(void **state)
{
	struct desk *d = *state;
	json_t *row;

	assert_int_equal(type(d, cli_subscriber, "add Zoe@Example.org --name Zoé --json"), CLI_OK);
	row = only_object(d);
	assert_string_equal(text_of(row, "email"), "zoe@example.org");
	assert_string_equal(text_of(row, "name"), "Zoé");
	assert_string_equal(text_of(row, "status"), "none");
	assert_true(json_is_null(json_object_get(row, "until")));
	assert_int_equal(json_array_size(json_object_get(row, "plans")), 0);
	assert_true(json_integer_value(json_object_get(row, "id")) > 2);
	json_decref(row);
	assert_int_equal(type(d, cli_subscriber, "add zoe@example.ORG"), CLI_REFUSED);
	assert_says(d->err, "has an account already");
	assert_int_equal(type(d, cli_subscriber, "add zoe"), CLI_REFUSED);
	assert_says(d->err, "is no e-mail address");
	assert_string_equal(d->out, "");
}

static void
a_grant_covers_its_last_day_and_is_shown(void **state)
{
	struct desk *d = *state;
	json_t *row, *period;

	assert_int_equal(
	    type(d, cli_subscriber,
	        "grant ben@example.org integral --until 2030-12-31 --grace 7 --kind trial --source bon"),
	    CLI_OK);
	assert_says(d->out, "2031-01-01T00:00:00+01:00");
	assert_int_equal(type(d, cli_subscriber, "show BEN@example.org --json"), CLI_OK);
	row = only_object(d);
	assert_string_equal(text_of(row, "status"), "active");
	assert_string_equal(json_string_value(json_array_get(json_object_get(row, "plans"), 0)), "integral");
	assert_string_equal(text_of(row, "until"), "2031-01-01T00:00:00+01:00");
	period = json_array_get(json_object_get(row, "subscriptions"), 0);
	assert_string_equal(text_of(period, "kind"), "trial");
	assert_int_equal(json_integer_value(json_object_get(period, "grace_s")), 7 * DAY);
	json_decref(row);
	assert_int_equal(type(d, cli_subscriber, "show ben@example.org"), CLI_OK);
	assert_says(d->out, "PLAN");
	assert_says(d->out, "trial");
	assert_int_equal(count(d, "SELECT count(*) FROM subscription WHERE source = 'bon'"), 1);
}

static void
a_grant_refused_says_why(void **state)
{
	static const char *const refused[][2] = {
	    {"grant ben@example.org or --until 2030-12-31", "no plan \"or\""},
	    {"grant eva@example.org integral --until 2030-12-31", "no subscriber eva@example.org"},
	    {"grant ben@example.org integral --until 2001-01-01", "ends before it starts"},
	    {"grant ben@example.org integral --until 2030-12-31 --kind free", "paid, trial or complimentary"},
	};
	static const char *const usage[] = {"grant ben@example.org integral",
	    "grant ben@example.org --until 2030-12-31", "grant ben@example.org integral --until soon",
	    "grant ben@example.org integral --until 2030-12-31 --from hier",
	    "grant ben@example.org integral --until 2030-12-31 --grace 91",
	    "grant ben@example.org integral --until 2030-12-31 --frob", "", "frob", "add", "show", "list x",
	    "revoke", "export", "erase", "import", "import a b"};
	struct desk *d = *state;

	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		assert_int_equal(type(d, cli_subscriber, refused[i][0]), CLI_REFUSED);
		assert_says(d->err, refused[i][1]);
	}
	for (size_t i = 0; i < sizeof usage / sizeof *usage; i++)
		if (type(d, cli_subscriber, usage[i]) != CLI_USAGE)
			fail_msg("not a usage error: %s", usage[i]);
	assert_int_equal(count(d, "SELECT count(*) FROM subscription"), 1);
}

static void
lists_by_status(void **state)
{
	struct desk *d = *state;
	json_t *row;

	assert_int_equal(type(d, cli_subscriber, "list"), CLI_OK);
	assert_says(d->out, "E-MAIL");
	assert_says(d->out, "lea@example.org");
	assert_says(d->out, "ben@example.org");
	assert_int_equal(type(d, cli_subscriber, "list --status none --json"), CLI_OK);
	row = only_object(d);
	assert_string_equal(text_of(row, "email"), "ben@example.org");
	json_decref(row);
	assert_int_equal(type(d, cli_subscriber, "list --status active"), CLI_OK);
	assert_says(d->out, "essentiel");
}

static void
LK17_revoke_ends_what_runs(void **state)
{
	struct desk *d = *state;

	assert_int_equal(type(d, cli_subscriber, "revoke lea@example.org --plan integral"), CLI_REFUSED);
	assert_says(d->err, "no subscription");
	assert_int_equal(type(d, cli_subscriber, "revoke lea@example.org --reason remboursement"), CLI_OK);
	assert_says(d->out, "expired");
	assert_int_equal(
	    count(d, "SELECT count(*) FROM subscription WHERE ended_reason = 'remboursement'"), 1);
	assert_int_equal(type(d, cli_subscriber, "revoke lea@example.org"), CLI_REFUSED);
	assert_int_equal(type(d, cli_subscriber, "revoke eva@example.org"), CLI_REFUSED);
}

static void
CO11_export_then_erase(void **state)
{
	struct desk *d = *state;
	json_t *all;

	assert_int_equal(type(d, cli_subscriber, "export lea@example.org"), CLI_OK);
	all = json_loads(d->out, JSON_REJECT_DUPLICATES, NULL);
	assert_string_equal(
	    text_of(json_array_get(json_object_get(all, "subscriber"), 0), "email"), "lea@example.org");
	assert_string_equal(
	    text_of(json_array_get(json_object_get(all, "subscription"), 0), "plan"), "essentiel");
	assert_string_equal(text_of(json_array_get(json_object_get(all, "subscription"), 0), "ends_at"),
	    "2027-01-15T09:00:00+01:00");
	json_decref(all);
	assert_int_equal(type(d, cli_subscriber, "erase lea@example.org"), CLI_OK);
	assert_int_equal(count(d, "SELECT count(*) FROM subscriber WHERE email = 'lea@example.org'"), 0);
	assert_int_equal(count(d, "SELECT count(*) FROM subscription"), 0);
	assert_int_equal(type(d, cli_subscriber, "export lea@example.org"), CLI_REFUSED);
	assert_int_equal(type(d, cli_subscriber, "erase lea@example.org"), CLI_REFUSED);
	assert_string_equal(d->out, "");
}

static void
FT16_import_is_whole_or_not_at_all(void **state)
{
	struct desk *d = *state;
	char path[100], words[140];
	FILE *file;

	(void)snprintf(path, sizeof path, "%s/lecteurs.csv", d->root);
	(void)snprintf(words, sizeof words, "import %s", path);
	assert_int_equal(type(d, cli_subscriber, words), CLI_REFUSED);
	assert_non_null(file = fopen(path, "w"));
	assert_true(fputs("email,plan,until\nzoe@example.org,integral,2030-12-31\nmax,,\n", file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(type(d, cli_subscriber, words), CLI_REFUSED);
	assert_says(d->err, "lecteurs.csv:3: ");
	assert_says(d->err, "nothing is stored");
	assert_int_equal(count(d, "SELECT count(*) FROM subscriber"), 2);
	assert_non_null(file = fopen(path, "w"));
	assert_true(fputs("email,plan,until\nzoe@example.org,integral,2030-12-31\n", file) >= 0);
	assert_int_equal(fclose(file), 0);
	(void)snprintf(words, sizeof words, "import --dry-run %s", path);
	assert_int_equal(type(d, cli_subscriber, words), CLI_OK);
	assert_says(d->out, "dry run: 1 accounts and 1 subscriptions");
	assert_int_equal(count(d, "SELECT count(*) FROM subscriber"), 2);
	(void)snprintf(words, sizeof words, "import %s", path);
	assert_int_equal(type(d, cli_subscriber, words), CLI_OK);
	assert_int_equal(count(d, "SELECT count(*) FROM subscription"), 2);
}

static void
FT9_nothing_is_done_without_a_database(void **state)
{
	static const char *const verbs[] = {"add zoe@example.org", "list", "show lea@example.org",
	    "grant lea@example.org integral --until 2030-12-31", "revoke lea@example.org",
	    "export lea@example.org", "erase lea@example.org"};
	struct desk *d = *state;

	d->config.database = "/nonexistent/poterne.db";
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
		assert_int_equal(type(d, cli_subscriber, verbs[i]), CLI_REFUSED);
		assert_says(d->err, "poterne: ");
	}
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
	static const struct CMUnitTest tests[] = {
	    CASE(accounts_are_added_once),
	    CASE(a_grant_covers_its_last_day_and_is_shown),
	    CASE(a_grant_refused_says_why),
	    CASE(lists_by_status),
	    CASE(LK17_revoke_ends_what_runs),
	    CASE(CO11_export_then_erase),
	    CASE(FT16_import_is_whole_or_not_at_all),
	    CASE(FT9_nothing_is_done_without_a_database),
	};

	if (!token_start() || !clock_zone("Europe/Paris"))
		return 1;
	return cmocka_run_group_tests_name("cli_subscriber", tests, NULL, NULL);
}
