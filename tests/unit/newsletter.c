/* Consents, lists and issues: one row a purpose, a chain that shows what was changed, queues that go on where they stopped. */
#include "store_help.h"

#include "core/newsletter_end.h"
#include "store/consent_store.h"
#include "store/issue_store.h"
#include "store/outbox_store.h"

static const struct lasting lasting = {{1, 2, 3}};
static const struct config config = {.site_url = "https://example.org", .site_language = "fr"};
static const struct newsletter_notice notice = {
    .hash = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
    .version = "001122334455",
    .wording = STR_LITERAL("<p>Mots</p>")};

static struct newsletter_desk
desk(struct site *s, int64_t now)
{
	return (struct newsletter_desk){.db = s->writer,
	    .arena = &s->arena,
	    .config = &config,
	    .lasting = &lasting,
	    .notice = &notice,
	    .form = STR("/account"),
	    .now = now};
}

static int64_t
count(struct site *s, const char *sql)
{
	int64_t n = 0;

	assert_int_equal(db_int(s->writer, &n, sql, ""), ERR_NONE);
	return n;
}

static void
set(struct site *s, const char *email, bool on, int64_t now)
{
	struct newsletter_desk d = desk(s, now);

	if (newsletter_set(&d, str_of(email), 1, on, "account", NULL, &s->f) != ERR_NONE)
		fail_msg("%s", s->f.text);
}

static void
CO10_on_and_off_are_each_one_step_and_one_row(void **state)
{
	struct site *s = *state;
	struct newsletter_row *rows;
	size_t n = 0;

	set(s, "Lea@example.org", true, NOW);
	set(s, "lea@example.org", true, NOW + 1);
	set(s, "lea@example.org", false, NOW + 2);
	set(s, "lea@example.org", false, NOW + 3);
	assert_int_equal(count(s, "SELECT count(*) FROM consent"), 2);
	assert_int_equal(newsletter_of(s->writer, &s->arena, STR("lea@example.org"), &rows, &n), ERR_NONE);
	assert_int_equal(n, 1);
	assert_true(str_eq(rows[0].state, STR("ended")));
	set(s, "lea@example.org", true, NOW + 4);
	assert_int_equal(count(s, "SELECT count(*) FROM newsletter_subscription WHERE state = 'active'"), 1);
	assert_int_equal(count(s, "SELECT count(*) FROM consent_notice"), 1);
}

static void
CO4_a_changed_or_missing_proof_shows(void **state)
{
	static const char *const deeds[] = {"UPDATE consent SET action = 'given' WHERE id = 2",
	    "UPDATE consent SET person = 'x' WHERE id = 1", "DELETE FROM consent WHERE id = 2",
	    "UPDATE consent SET hash = previous WHERE id = 3"};
	struct site *s = *state;
	int64_t rows = 0, broken = 0;

	site_script(s, "DROP TRIGGER consent_stays; DROP TRIGGER consent_kept;");
	for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++) {
		site_script(s, "DELETE FROM consent; DELETE FROM sqlite_sequence WHERE name = 'consent';"
		               "DELETE FROM newsletter_subscription;");
		set(s, "lea@example.org", true, NOW);
		set(s, "lea@example.org", false, NOW);
		set(s, "lea@example.org", true, NOW);
		assert_int_equal(consent_store_verify(s->writer, NOW, &rows, &broken), ERR_NONE);
		assert_int_equal(rows, 3);
		assert_int_equal(broken, 0);
		site_script(s, deeds[i]);
		assert_int_equal(consent_store_verify(s->writer, NOW, &rows, &broken), ERR_NONE);
		assert_true(broken > 0);
	}
}

/* Six years ago: one who left, one who stayed. Then what the worker does today. */
static void
CO4_a_proof_is_emptied_five_years_after_the_end(void **state)
{
	struct site *s = *state;
	struct newsletter_desk d = desk(s, NOW);
	int64_t rows = 0, broken = 0, n = 0, long_ago = NOW - 6 * 365 * DAY;

	set(s, "left@example.org", true, long_ago);
	set(s, "stays@example.org", true, long_ago);
	set(s, "left@example.org", false, long_ago + DAY);
	set(s, "late@example.org", true, long_ago + 2 * DAY);
	set(s, "late@example.org", false, NOW - 4 * 365 * DAY);
	site_script(s, "UPDATE newsletter_subscription SET last_action_at = 1780000000;");
	assert_int_equal(newsletter_purge(&d, &n, &s->f), ERR_NONE);
	assert_int_equal(n, 2);
	assert_int_equal(newsletter_purge(&d, &n, &s->f), ERR_NONE);
	assert_int_equal(n, 0);
	assert_int_equal(count(s, "SELECT count(*) FROM consent"), 5);
	assert_int_equal(
	    count(s, "SELECT count(*) FROM consent WHERE person = '' AND purpose = '' AND form = ''"
	             " AND method = '' AND notice_hash = '' AND id IN (1, 3)"),
	    2);
	assert_int_equal(count(s, "SELECT count(*) FROM consent WHERE person <> ''"), 3);
	assert_int_equal(consent_store_verify(s->writer, NOW, &rows, &broken), ERR_NONE);
	assert_int_equal(rows, 5);
	assert_int_equal(broken, 0);
	set(s, "new@example.org", true, NOW);
	assert_int_equal(consent_store_verify(s->writer, NOW, &rows, &broken), ERR_NONE);
	assert_int_equal(broken, 0);
}

/* Emptying is for old rows only, and for whole rows only: by the table, and where its triggers are gone by the chain. */
static void
CO4_a_younger_proof_cannot_be_emptied(void **state)
{
	static const char *const deeds[] = {"UPDATE consent SET salt = '', person = '', purpose = '', method "
	                                    "= '', form = '', notice_hash = '' "
	                                    "WHERE id = 2",
	    "UPDATE consent SET salt = '', person = '', purpose = '', method = '', form = '', notice_hash = "
	    "'', "
	    "at = 1600000000 WHERE id = 2",
	    "UPDATE consent SET person = '' WHERE id = 1"};
	struct site *s = *state;
	int64_t rows = 0, broken = 0;

	set(s, "lea@example.org", true, NOW - 6 * 365 * DAY);
	set(s, "lea@example.org", false, NOW - DAY);
	set(s, "lea@example.org", true, NOW);
	for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++) {
		assert_int_not_equal(db_exec(s->writer, NULL, deeds[i], ""), ERR_NONE);
		assert_int_equal(db_begin(s->writer), ERR_NONE);
		assert_int_equal(db_exec(s->writer, NULL, "DROP TRIGGER consent_stays", ""), ERR_NONE);
		assert_int_equal(db_exec(s->writer, NULL, deeds[i], ""), ERR_NONE);
		assert_int_equal(consent_store_verify(s->writer, NOW, &rows, &broken), ERR_NONE);
		assert_int_equal(broken, i < 2 ? 2 : 1);
		db_rollback(s->writer);
	}
	assert_int_equal(
	    db_exec(s->writer, NULL,
	        "UPDATE consent SET salt = '', person = '', purpose = '', method = '', form = '',"
	        " notice_hash = '' WHERE id = 1",
	        ""),
	    ERR_NONE);
	assert_int_equal(consent_store_verify(s->writer, NOW, &rows, &broken), ERR_NONE);
	assert_int_equal(broken, 0);
}

/* As the program wrote them before: they fit, and stay. */
static void
CO4_rows_of_before_are_still_read(void **state)
{
	static const char old[] =
	    "INSERT INTO consent (at, person, purpose, action, method, form, notice_hash, previous, hash) "
	    "VALUES"
	    " (1500000000, 'p', 'newsletter:perron', 'withdrawn', 'account', '/account', '', '', $1)";
	struct site *s = *state;
	char hash[TOKEN_HASH + 1];
	int64_t rows = 0, broken = 0, n = 0;

	token_hash(STR("\n1500000000\np\nnewsletter:perron\nwithdrawn\naccount\n/account\n\n"), hash);
	assert_int_equal(db_exec(s->writer, NULL, old, "z", hash), ERR_NONE);
	set(s, "lea@example.org", true, NOW);
	assert_int_equal(consent_store_empty(s->writer, NOW, &n), ERR_NONE);
	assert_int_equal(n, 0);
	assert_int_equal(consent_store_verify(s->writer, NOW, &rows, &broken), ERR_NONE);
	assert_int_equal(rows, 2);
	assert_int_equal(broken, 0);
	site_script(s, "DROP TRIGGER consent_stays; UPDATE consent SET purpose = 'x' WHERE id = 1;");
	assert_int_equal(consent_store_verify(s->writer, NOW, &rows, &broken), ERR_NONE);
	assert_int_equal(broken, 1);
}

static void
U4_a_link_to_leave_cannot_be_guessed(void **state)
{
	char token[LASTING_TOKEN + 1], altered[LASTING_TOKEN + 1];
	struct lasting other = {{9}};
	int64_t id = 0;

	(void)state;
	lasting_token(&lasting, "unsubscribe", 77, token);
	assert_true(lasting_open(&lasting, "unsubscribe", str_of(token), &id));
	assert_int_equal(id, 77);
	assert_false(lasting_open(&lasting, "other", str_of(token), &id));
	assert_false(lasting_open(&other, "unsubscribe", str_of(token), &id));
	for (size_t i = 0; i < LASTING_TOKEN; i++) {
		memcpy(altered, token, sizeof token);
		altered[i] = altered[i] == 'A' ? 'B' : 'A';
		assert_false(lasting_open(&lasting, "unsubscribe", str_of(altered), &id));
	}
	assert_false(lasting_open(&lasting, "unsubscribe", str_slice(str_of(token), 0, 31), &id));
	assert_false(lasting_open(&lasting, "unsubscribe", STR_NONE, &id));
}

static int64_t
add_issue(struct site *s)
{
	struct issue issue = {.newsletter_id = 1,
	    .slug = STR("un"),
	    .title = STR("Un"),
	    .markdown = STR("Bonjour"),
	    .hash = STR("abc"),
	    .state = STR("sending"),
	    .created_at = NOW};
	int64_t id = 0;

	if (issue_store_add(s->writer, &issue, &id, &s->f) != ERR_NONE)
		fail_msg("%s", s->f.text);
	return id;
}

static void
ML7_queueing_goes_on_where_it_stopped(void **state)
{
	struct site *s = *state;
	int64_t id, queued = 0, all = 0;
	char email[40];

	for (int i = 0; i < 25; i++) {
		(void)snprintf(email, sizeof email, "r%d@example.org", i);
		set(s, email, true, NOW);
	}
	set(s, "r3@example.org", false, NOW);
	id = add_issue(s);
	do {
		assert_int_equal(issue_store_queue(s->writer, id, 10, NOW, 5, &queued, &s->f), ERR_NONE);
		all += queued;
	} while (queued > 0);
	assert_int_equal(all, 24);
	assert_int_equal(count(s, "SELECT count(DISTINCT recipient) FROM outbox"), 24);
	assert_int_equal(count(s, "SELECT max(due_at) FROM outbox"), NOW + 23 / 5);
	assert_int_equal(
	    count(s, "SELECT count(*) FROM newsletter_issue WHERE state = 'sent' AND queued = 24"), 1);
	assert_int_equal(issue_store_queue(s->writer, id, 10, NOW, 5, &queued, &s->f), ERR_NONE);
	assert_int_equal(queued, 0);
}

static void
ML8_leaving_cancelling_and_moving_count_when_the_mail_leaves(void **state)
{
	struct site *s = *state;
	int64_t id, n = 0, sub;
	bool stands = false;

	set(s, "lea@example.org", true, NOW);
	sub = count(s, "SELECT id FROM newsletter_subscription");
	id = add_issue(s);
	assert_int_equal(issue_store_stands(s->writer, id, sub, STR("lea@example.org"), &stands), ERR_NONE);
	assert_true(stands);
	assert_int_equal(issue_store_stands(s->writer, id, sub, STR("ben@example.org"), &stands), ERR_NONE);
	assert_false(stands);
	set(s, "lea@example.org", false, NOW);
	assert_int_equal(issue_store_stands(s->writer, id, sub, STR("lea@example.org"), &stands), ERR_NONE);
	assert_false(stands);
	set(s, "lea@example.org", true, NOW);
	site_script(s, "UPDATE subscriber SET email = 'lea.martin@example.org' WHERE id = 1;");
	assert_int_equal(
	    issue_store_stands(s->writer, id, sub, STR("lea.martin@example.org"), &stands), ERR_NONE);
	assert_true(stands);
	assert_int_equal(issue_store_cancel(s->writer, id, NOW, &n), ERR_NONE);
	assert_int_equal(
	    issue_store_stands(s->writer, id, sub, STR("lea.martin@example.org"), &stands), ERR_NONE);
	assert_false(stands);
	assert_int_equal(issue_store_cancel(s->writer, id, NOW, &n), ERR_NOT_FOUND);
}

static void
CO9_three_years_of_silence_and_thirty_days_without_an_answer(void **state)
{
	struct site *s = *state;
	struct newsletter_desk d;
	int64_t n = 0;

	set(s, "old@example.org", true, NOW);
	set(s, "lea@example.org", true, NOW);
	site_script(s,
	    "INSERT INTO newsletter_subscription (newsletter_id, email, requested_at, last_action_at)"
	    " VALUES (1, 'never@example.org', 1780000000, 1780000000);");
	d = desk(s, NOW + 29 * DAY);
	assert_int_equal(newsletter_purge(&d, &n, &s->f), ERR_NONE);
	assert_int_equal(n, 0);
	d = desk(s, NOW + 30 * DAY);
	assert_int_equal(newsletter_purge(&d, &n, &s->f), ERR_NONE);
	assert_int_equal(n, 1);
	site_script(s,
	    "INSERT INTO session (id, subscriber_id, generation, created_at, expires_at, last_seen_at)"
	    " VALUES (5, 1, 1, 1780000000 + 86400, 1790000000, 1780086400);");
	d = desk(s, NOW + 3 * 365 * DAY);
	assert_int_equal(newsletter_purge(&d, &n, &s->f), ERR_NONE);
	assert_int_equal(n, 1);
	assert_int_equal(
	    count(s, "SELECT count(*) FROM newsletter_subscription WHERE email = 'lea@example.org'"), 1);
	assert_int_equal(count(s, "SELECT count(*) FROM consent WHERE action = 'lapsed'"), 2);
}

static void
DB_public_connection_sees_no_reader_of_a_list(void **state)
{
	struct site *s = *state;
	struct issue issue;
	struct newsletter_row *rows;
	int64_t id = add_issue(s);
	size_t n = 0;

	assert_int_equal(newsletter_store_all(s->open, &s->arena, STR_NONE, &rows, &n), ERR_NONE);
	assert_int_equal(n, 1);
	assert_int_equal(issue_store_free(s->open, &s->arena, STR("lettre"), STR("un"), &issue), ERR_NONE);
	assert_int_not_equal(
	    newsletter_store_all(s->open, &s->arena, STR("lea@example.org"), &rows, &n), ERR_NONE);
	assert_int_not_equal(issue_store_read(s->open, &s->arena, id, &issue), ERR_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
	        CO10_on_and_off_are_each_one_step_and_one_row, site_open, site_close),
	    cmocka_unit_test_setup_teardown(CO4_a_changed_or_missing_proof_shows, site_open, site_close),
	    cmocka_unit_test_setup_teardown(
	        CO4_a_proof_is_emptied_five_years_after_the_end, site_open, site_close),
	    cmocka_unit_test_setup_teardown(CO4_a_younger_proof_cannot_be_emptied, site_open, site_close),
	    cmocka_unit_test_setup_teardown(CO4_rows_of_before_are_still_read, site_open, site_close),
	    cmocka_unit_test(U4_a_link_to_leave_cannot_be_guessed),
	    cmocka_unit_test_setup_teardown(ML7_queueing_goes_on_where_it_stopped, site_open, site_close),
	    cmocka_unit_test_setup_teardown(
	        ML8_leaving_cancelling_and_moving_count_when_the_mail_leaves, site_open, site_close),
	    cmocka_unit_test_setup_teardown(
	        CO9_three_years_of_silence_and_thirty_days_without_an_answer, site_open, site_close),
	    cmocka_unit_test_setup_teardown(
	        DB_public_connection_sees_no_reader_of_a_list, site_open, site_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
