/* The outbox: leased once, tried again with growing pauses, given up; and how much mail a form may send. */
#include "store_help.h"

#include "store/outbox_store.h"

#define LEASE "worker-a"
#define OTHER "worker-b"

static const uint8_t key[32] = {1, 2, 3};

static void
put(struct site *s, const char *to, int64_t expires_at)
{
	struct outbox_mail mail = {.to = str_of(to),
	    .template = "mail_login",
	    .data = STR("{\"code\":\"123456\"}"),
	    .due_at = NOW,
	    .expires_at = expires_at};

	if (outbox_store_put(s->writer, &mail, &s->f) != ERR_NONE)
		fail_msg("%s", s->f.text);
}

static enum err
lease(struct site *s, const char *name, int64_t now, struct outbox_row *row)
{
	return outbox_store_lease(s->writer, &s->arena, name, now, now + 60, row);
}

static int64_t
count(struct site *s, const char *sql)
{
	int64_t n = 0;

	assert_int_equal(db_int(s->writer, &n, sql, ""), ERR_NONE);
	return n;
}

static void
ML7_a_mail_is_in_one_pair_of_hands(void **state)
{
	struct site *s = *state;
	struct outbox_row a, b;

	put(s, "Lea@Example.org", 0);
	assert_int_equal(lease(s, LEASE, NOW - 1, &a), ERR_NOT_FOUND);
	assert_int_equal(lease(s, LEASE, NOW, &a), ERR_NONE);
	assert_true(str_eq(a.to, STR("lea@example.org")));
	assert_true(str_eq(a.data, STR("{\"code\":\"123456\"}")));
	assert_int_equal(a.tries, 1);
	assert_int_equal(lease(s, OTHER, NOW, &b), ERR_NOT_FOUND);
	assert_int_equal(outbox_store_sent(s->writer, OTHER, &a, NOW), ERR_NOT_FOUND);
	assert_int_equal(outbox_store_sent(s->writer, LEASE, &a, NOW), ERR_NONE);
	assert_int_equal(outbox_store_sent(s->writer, LEASE, &a, NOW), ERR_NOT_FOUND);
	assert_int_equal(lease(s, LEASE, NOW + DAY, &a), ERR_NOT_FOUND);
	assert_int_equal(count(s, "SELECT count(*) FROM outbox WHERE state = 'sent' AND data = '{}'"), 1);
}

static void
ML7_what_a_dead_worker_held_is_taken_up_again(void **state)
{
	struct site *s = *state;
	struct outbox_row row;
	int64_t n = 0;

	put(s, "lea@example.org", 0);
	put(s, "ben@example.org", 0);
	assert_int_equal(lease(s, LEASE, NOW, &row), ERR_NONE);
	assert_int_equal(outbox_store_recover(s->writer, NULL, NOW + 59, &n), ERR_NONE);
	assert_int_equal(n, 0);
	assert_int_equal(outbox_store_recover(s->writer, NULL, NOW + 60, &n), ERR_NONE);
	assert_int_equal(n, 1);
	assert_int_equal(lease(s, LEASE, NOW, &row), ERR_NONE);
	assert_int_equal(row.tries, 2);
	assert_int_equal(outbox_store_recover(s->writer, OTHER, NOW, &n), ERR_NONE);
	assert_int_equal(n, 0);
	assert_int_equal(outbox_store_recover(s->writer, LEASE, NOW, &n), ERR_NONE);
	assert_int_equal(n, 1);
}

static void
FT11_refused_for_now_comes_back_later_and_is_given_up_after_a_day(void **state)
{
	struct site *s = *state;
	struct outbox_row row;
	int64_t now, pause = 0, tries = 0;

	put(s, "lea@example.org", 0);
	now = count(s, "SELECT created_at FROM outbox");
	if (now < NOW)
		now = NOW;
	for (int i = 0; i < 100; i++) {
		int64_t due;

		assert_int_equal(lease(s, LEASE, now, &row), ERR_NONE);
		tries++;
		assert_int_equal(outbox_store_retry(s->writer, LEASE, &row, STR("451 later"), now), ERR_NONE);
		if (count(s, "SELECT count(*) FROM outbox WHERE state = 'dead'") == 1)
			break;
		due = count(s, "SELECT due_at FROM outbox");
		assert_true(due - now >= 60);
		assert_true(due - now >= pause * 3 / 4 && due - now <= 4 * 3600 * 5 / 4);
		pause = due - now;
		assert_int_equal(lease(s, LEASE, due - 1, &row), ERR_NOT_FOUND);
		now = due;
	}
	assert_int_equal(
	    count(s, "SELECT count(*) FROM outbox WHERE state = 'dead' AND reason = '451 later'"), 1);
	assert_true(tries > 8 && tries < 40);
}

static void
FT11_a_mail_that_would_come_too_late_is_not_tried_again(void **state)
{
	struct site *s = *state;
	struct outbox_row row;

	put(s, "lea@example.org", NOW + 600);
	assert_int_equal(lease(s, LEASE, NOW + 590, &row), ERR_NONE);
	assert_int_equal(row.expires_at, NOW + 600);
	assert_int_equal(outbox_store_retry(s->writer, LEASE, &row, STR("451"), NOW + 590), ERR_NONE);
	assert_int_equal(count(s, "SELECT count(*) FROM outbox WHERE state = 'dead' AND data = '{}'"), 1);
}

static void
FT11_a_refused_address_gets_no_newsletter_and_other_mail_after_a_day(void **state)
{
	struct site *s = *state;
	struct outbox_row row;
	bool refused;

	assert_int_equal(
	    outbox_store_refuse(s->writer, STR("lea@example.org"), STR("550 no"), NOW), ERR_NONE);
	assert_int_equal(outbox_store_refused(
	                     s->writer, OUTBOX_NEWSLETTER, STR("lea@example.org"), NOW + 30 * DAY, &refused),
	    ERR_NONE);
	assert_true(refused);
	assert_int_equal(
	    outbox_store_refused(s->writer, OUTBOX_TRANSACTIONAL, STR("lea@example.org"), NOW + 60, &refused),
	    ERR_NONE);
	assert_true(refused);
	assert_int_equal(outbox_store_refused(
	                     s->writer, OUTBOX_TRANSACTIONAL, STR("lea@example.org"), NOW + DAY, &refused),
	    ERR_NONE);
	assert_false(refused);
	put(s, "lea@example.org", 0);
	assert_int_equal(lease(s, LEASE, NOW, &row), ERR_NONE);
	assert_int_equal(outbox_store_sent(s->writer, LEASE, &row, NOW), ERR_NONE);
	assert_int_equal(
	    outbox_store_refused(s->writer, OUTBOX_NEWSLETTER, STR("lea@example.org"), NOW, &refused),
	    ERR_NONE);
	assert_false(refused);
}

static void
ML1_what_is_no_address_never_gets_into_the_outbox(void **state)
{
	static const struct str bad[] = {STR_LITERAL("a@b.fr\r\nRCPT TO:<x@y.fr>"), STR_LITERAL("a@b.fr>"),
	    STR_LITERAL("a\0@b.fr"), STR_LITERAL("a\x7f@b.fr"), STR_LITERAL("a b@c.fr"), STR_LITERAL(""),
	    STR_LITERAL("a@b"), STR_LITERAL("<a@b.fr"), STR_LITERAL("a@b.fr,c@d.fr")};
	struct site *s = *state;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct outbox_mail mail = {.to = bad[i], .template = "mail_login"};

		assert_int_equal(outbox_store_put(s->writer, &mail, &s->f), ERR_INVALID);
	}
	assert_int_equal(count(s, "SELECT count(*) FROM outbox"), 0);
}

static enum err
ask(struct site *s, const char *purpose, const char *to, const char *ip, int64_t now)
{
	struct outbox_budget b = {
	    .purpose = purpose, .to = str_of(to), .ip = str_of(ip), .key = key, .per_day = 200, .now = now};

	return outbox_store_budget(s->writer, &b);
}

static void
LG9_three_mails_an_address_in_fifteen_minutes(void **state)
{
	struct site *s = *state;
	int64_t sent = 0;

	for (int i = 0; i < 100; i++)
		sent += ask(s, "login", i % 2 == 0 ? "lea@example.org" : "LEA@example.org", "192.0.2.1",
		            NOW + i) == ERR_NONE;
	assert_int_equal(sent, 3);
	assert_int_equal(ask(s, "newsletter", "lea@example.org", "192.0.2.1", NOW + 100), ERR_NONE);
	assert_int_equal(ask(s, "login", "ben@example.org", "192.0.2.1", NOW + 100), ERR_NONE);
	assert_int_equal(ask(s, "login", "lea@example.org", "192.0.2.1", NOW + 899), ERR_BUSY);
	assert_int_equal(ask(s, "login", "lea@example.org", "192.0.2.1", NOW + 1020), ERR_NONE);
	assert_int_equal(count(s, "SELECT count(*) FROM mail_budget WHERE bucket LIKE '%lea%'"), 0);
}

static void
LG9_a_network_and_a_day_have_their_most(void **state)
{
	struct site *s = *state;
	char to[40], ip[40];
	int64_t sent = 0;

	for (int i = 0; i < 100; i++) {
		(void)snprintf(to, sizeof to, "a%d@example.org", i);
		(void)snprintf(ip, sizeof ip, "2001:db8:0:1::%d", i);
		sent += ask(s, "login", to, ip, NOW) == ERR_NONE;
	}
	assert_int_equal(sent, 60);
	for (int i = 0; i < 200; i++) {
		(void)snprintf(to, sizeof to, "b%d@example.org", i);
		(void)snprintf(ip, sizeof ip, "10.0.%d.1", i);
		sent += ask(s, "login", to, ip, NOW + 2000) == ERR_NONE;
	}
	assert_int_equal(sent, 200);
	assert_int_equal(ask(s, "login", "c@example.org", "10.1.0.1", NOW + 2 * DAY), ERR_NONE);
	/* a socket of both families writes IPv4 addresses so: they have not one network in common */
	for (int i = 0; i < 200; i++) {
		(void)snprintf(to, sizeof to, "d%d@example.org", i);
		(void)snprintf(ip, sizeof ip, "::ffff:10.2.%d.1", i);
		if (ask(s, "login", to, ip, NOW + 4 * DAY) != ERR_NONE)
			fail_msg("%s is held back by its neighbours", ip);
	}
}

static void
U12_an_erased_account_takes_its_waiting_mail_along(void **state)
{
	struct site *s = *state;

	put(s, "lea@example.org", 0);
	put(s, "ben@example.org", 0);
	site_script(s, "DELETE FROM subscriber WHERE id = 1;");
	assert_int_equal(count(s, "SELECT count(*) FROM outbox"), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(ML7_a_mail_is_in_one_pair_of_hands, site_open, site_close),
	    cmocka_unit_test_setup_teardown(
	        ML7_what_a_dead_worker_held_is_taken_up_again, site_open, site_close),
	    cmocka_unit_test_setup_teardown(
	        FT11_refused_for_now_comes_back_later_and_is_given_up_after_a_day, site_open, site_close),
	    cmocka_unit_test_setup_teardown(
	        FT11_a_mail_that_would_come_too_late_is_not_tried_again, site_open, site_close),
	    cmocka_unit_test_setup_teardown(
	        FT11_a_refused_address_gets_no_newsletter_and_other_mail_after_a_day, site_open, site_close),
	    cmocka_unit_test_setup_teardown(
	        ML1_what_is_no_address_never_gets_into_the_outbox, site_open, site_close),
	    cmocka_unit_test_setup_teardown(
	        LG9_three_mails_an_address_in_fifteen_minutes, site_open, site_close),
	    cmocka_unit_test_setup_teardown(LG9_a_network_and_a_day_have_their_most, site_open, site_close),
	    cmocka_unit_test_setup_teardown(
	        U12_an_erased_account_takes_its_waiting_mail_along, site_open, site_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
