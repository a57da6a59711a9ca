/* billing.c: from a provider's messages to a reader's periods, in whatever order they come (WH3–WH8, FT12). */
#include <jansson.h>
#include <time.h>

#include "base/clock.h"
#include "core/billing.h"
#include "core/entitlement.h"
#include "store/billing_report.h"
#include "store/payment_store.h"
#include "store/subscription_store.h"
#include "store_help.h"

#define MONTH (30 * DAY)

static struct config cfg = {
    .payment_mode = "live", .payment_account = "acct_ours", .payment_grace_s = 14 * DAY};

static int64_t serial;

/* Stores one event with this object, and what the test wants otherwise in the event itself. Times are days from NOW. */
static void
tell(struct site *s, const char *type, int day, const char *object, const char *more)
{
	struct str body = arena_printf(&s->arena,
	    "{\"id\":\"evt_%lld\",\"object\":\"event\",\"type\":\"%s\",\"livemode\":true,\"created\":%lld%s,"
	    "\"data\":{\"object\":%s}}",
	    (long long)++serial, type, (long long)(NOW + day * DAY), more, object);
	struct str id = arena_printf(&s->arena, "evt_%lld", (long long)serial);
	struct payment_event e = {.provider = STR("stripe"),
	    .event_id = id,
	    .type = str_of(type),
	    .live = true,
	    .created_at = NOW + day * DAY,
	    .received_at = NOW,
	    .body = body};
	bool fresh;

	assert_int_equal(payment_store_put(s->writer, &e, &fresh), ERR_NONE);
	assert_true(fresh);
}

static int64_t
work(struct site *s)
{
	int64_t done = 0;

	if (billing_run(s->writer, &cfg, NOW, 60000000, &done, &s->f) != ERR_NONE)
		fail_msg("%s", s->f.text);
	return done;
}

static const char *
text_of(struct site *s, const char *sql)
{
	struct rows *rows = NULL;
	const char *out = "";

	assert_int_equal(db_query(s->writer, sql, &rows, ""), ERR_NONE);
	if (rows_next(rows) == ERR_NONE)
		out = arena_cstr(&s->arena, rows_str(rows, 0));
	rows_close(rows);
	return out;
}

static const char *const life_types[] = {"checkout.session.completed", "customer.subscription.created",
    "invoice.paid", "invoice.paid", "charge.refunded", "customer.subscription.deleted"};
static const int life_days[] = {0, 0, 0, 30, 35, 40};
#define STEPS 6

static struct str
invoice(struct site *s, int n, int month)
{
	return arena_printf(&s->arena,
	    "{\"id\":\"in_%d_%d\",\"customer\":\"cus_%d\",\"customer_email\":\"r%d@example.org\","
	    "\"subscription\":\"sub_%d\","
	    "\"charge\":\"ch_%d_%d\",\"status\":\"paid\",\"amount_paid\":900,\"amount_due\":900,\"amount_"
	    "remaining\":0,"
	    "\"subtotal\":900,\"total\":900,\"lines\":{\"data\":[{\"id\":\"il_1\",\"amount\":900,"
	    "\"currency\":\"eur\","
	    "\"quantity\":1,\"price\":{\"id\":\"price_1\",\"unit_amount\":900},\"period\":{\"start\":%lld,"
	    "\"end\":%lld}}]}}",
	    n, month, n, n, n, n, month, (long long)(NOW + month * MONTH),
	    (long long)(NOW + (month + 1) * MONTH));
}

static struct str
life_object(struct site *s, int n, int step)
{
	switch (step) {
	case 0:
		return arena_printf(&s->arena,
		    "{\"id\":\"cs_%d\",\"mode\":\"subscription\",\"customer\":\"cus_%d\",\"subscription\":"
		    "\"sub_%d\","
		    "\"client_reference_id\":\"%d\",\"customer_details\":{\"email\":\"typed%d@example.org\"}"
		    "}",
		    n, n, n, n, n);
	case 1:
		return arena_printf(&s->arena,
		    "{\"id\":\"sub_%d\",\"customer\":\"cus_%d\",\"status\":\"active\",\"current_period_end\":"
		    "%lld,"
		    "\"items\":{\"data\":[{\"price\":{\"id\":\"price_1\",\"unit_amount\":900,\"currency\":"
		    "\"eur\"}}]}}",
		    n, n, (long long)(NOW + MONTH));
	case 2: return invoice(s, n, 0);
	case 3: return invoice(s, n, 1);
	case 4:
		return arena_printf(&s->arena,
		    "{\"id\":\"ch_%d_1\",\"customer\":\"cus_%d\",\"amount\":900,\"amount_refunded\":900,"
		    "\"refunded\":true}",
		    n, n);
	default:
		return arena_printf(&s->arena,
		    "{\"id\":\"sub_%d\",\"customer\":\"cus_%d\",\"status\":\"canceled\",\"ended_at\":%lld,"
		    "\"items\":{\"data\":[]},\"cancellation_details\":{\"reason\":\"cancellation_requested\"}"
		    "}",
		    n, n, (long long)(NOW + 40 * DAY));
	}
}

static void
tell_step(struct site *s, int n, int step)
{
	tell(s, life_types[step], life_days[step], life_object(s, n, step).at, "");
}

static void
add_reader(struct site *s, int n)
{
	struct str sql = arena_printf(
	    &s->arena, "INSERT INTO subscriber (id, email) VALUES (%d, 'r%d@example.org')", n, n);

	site_script(s, sql.at);
}

static const char prices[] = "INSERT INTO plan_price (price, plan_id, currency, amount) VALUES ('price_1', "
                             "1, 'EUR', 900), ('price_2', 2, 'EUR', 1900)";

/* All that an account has, row ids aside. */
static const char *
state_of(struct site *s, int n)
{
	struct str sql = arena_printf(&s->arena,
	    "SELECT coalesce(group_concat(line, ';'), '') FROM (SELECT plan_id || ' ' || kind || ' ' || "
	    "(starts_at - %lld) || ' '"
	    " || (ends_at - %lld) || ' ' || grace_s || ' ' || coalesce((ended_at - %lld) || ended_reason, "
	    "'-') "
	    "AS line"
	    " FROM subscription WHERE subscriber_id = %d ORDER BY starts_at, plan_id, line)",
	    (long long)NOW, (long long)NOW, (long long)NOW, n);

	/* the text's address names a prepared statement, so each needs one of its own: the arena is not reset here */
	return text_of(s, sql.at);
}

static bool
next_permutation(int *p, int n)
{
	int i = n - 2, k = n - 1;

	while (i >= 0 && p[i] > p[i + 1])
		i--;
	if (i < 0)
		return false;
	while (p[k] < p[i])
		k--;
	for (int t = p[i], *a = p + i, *b = p + k; a != NULL; a = NULL) {
		*a = *b;
		*b = t;
	}
	for (int a = i + 1, b = n - 1; a < b; a++, b--) {
		int t = p[a];

		p[a] = p[b];
		p[b] = t;
	}
	return true;
}

static void
WH4_every_order_of_a_life_ends_the_same(void **state)
{
	int order[STEPS] = {0, 1, 2, 3, 4, 5}, n = 100;
	struct site *s = *state;
	const char *want = NULL;

	site_script(s, prices);
	do {
		n++;
		add_reader(s, n);
		for (int i = 0; i < STEPS; i++) {
			tell_step(s, n, order[i]);
			/* one by one, so that each order is lived through */
			assert_int_equal(work(s), 1);
		}
		if (want == NULL)
			want = state_of(s, n);
		else if (strcmp(want, state_of(s, n)) != 0)
			fail_msg("%d%d%d%d%d%d: %s\nnot %s", order[0], order[1], order[2], order[3], order[4],
			    order[5], state_of(s, n), want);
	} while (next_permutation(order, STEPS));
	assert_int_equal(n, 100 + 720);
	assert_string_equal(want, "1 paid 0 2592000 1209600 3456000cancelled at the provider;"
	                          "1 paid 2592000 5184000 1209600 3024000refund");
	assert_int_equal(site_int(s, "SELECT count(*) FROM payment_event WHERE state <> 'done'"), 0);
}

static void
WH3_replayed_and_told_twice_changes_nothing(void **state)
{
	struct site *s = *state;
	const char *want;
	int64_t changes;

	site_script(s, prices);
	add_reader(s, 7);
	for (int i = 0; i < STEPS; i++)
		tell_step(s, 7, i);
	assert_int_equal(work(s), STEPS);
	want = state_of(s, 7);
	changes = site_int(s, "SELECT count(*) FROM change_log");
	for (int i = 0; i < STEPS; i++) /* the same objects in events with other ids */
		tell_step(s, 7, i);
	site_script(s, "UPDATE payment_event SET state = 'new'");
	assert_int_equal(work(s), 2 * STEPS);
	assert_string_equal(state_of(s, 7), want);
	assert_int_equal(site_int(s, "SELECT count(*) FROM change_log  "), changes);
	assert_int_equal(payment_store_replay(s->writer, STR("evt_none")), ERR_NOT_FOUND);
}

static void
WH3_an_event_is_stored_once(void **state)
{
	const struct payment_event e = {.provider = STR("stripe"),
	    .event_id = STR("evt_x"),
	    .type = STR("t"),
	    .live = true,
	    .created_at = NOW,
	    .received_at = NOW,
	    .body = STR("{}")};
	struct site *s = *state;
	bool fresh;

	assert_int_equal(payment_store_put(s->writer, &e, &fresh), ERR_NONE);
	assert_true(fresh);
	assert_int_equal(payment_store_put(s->writer, &e, &fresh), ERR_NONE);
	assert_false(fresh);
	assert_int_equal(site_int(s, "SELECT count(*) FROM payment_event"), 1);
}

static const char *
last_state(struct site *s)
{
	struct str sql = arena_printf(&s->arena,
	    "SELECT state || ': ' || error FROM payment_event WHERE event_id = 'evt_%lld'",
	    (long long)serial);

	return text_of(s, sql.at);
}

/* An invoice with one thing changed gives nothing, for this reason. */
static void
WH8_only_what_is_sold_here_counts(void **state)
{
	static const struct {
		const char *from, *to, *event, *want;
	} cases[] = {
	    {"\"livemode\":true", "", ",\"account\":\"acct_theirs\"",
	        "ignored: of another account than [payment] account"},
	    {"\"price_1\"", "\"price_9\"", "", "ignored: no plan has this price"},
	    {"\"eur\"", "\"usd\"", "", "ignored: in another currency than plan_price"},
	    {"\"unit_amount\":900", "\"unit_amount\":1", "", "ignored: of another amount than plan_price"},
	    {"\"amount\":900,", "\"amount\":1,", "", "ignored: of another amount than plan_price"},
	    {"\"amount\":900,", "\"amount\":-900,", "", "ignored: no line of the invoice pays for a period"},
	    {"\"amount_paid\":900", "\"amount_paid\":1", "", "ignored: the invoice is not paid in full"},
	    {"\"total\":900", "\"total\":1", "", "ignored: the invoice is not paid in full"},
	    {"\"status\":\"paid\"", "\"status\":\"open\"", "", "ignored: the invoice is not paid in full"},
	    {"\"amount_remaining\":0", "\"amount_remaining\":5", "",
	        "ignored: the invoice is not paid in full"},
	    {"{\"id\":\"in", "{\"livemode\":false,\"id\":\"in", "",
	        "ignored: the message and its object disagree about test mode"},
	};
	struct site *s = *state;

	site_script(s, prices);
	add_reader(s, 9);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct str o = invoice(s, 9, 0);
		size_t at = str_find(o, str_of(cases[i].from));
		struct str rest = str_slice(o, at + strlen(cases[i].from), o.len);

		if (at < o.len)
			o = arena_printf(&s->arena, STR_FMT "%s" STR_FMT, STR_ARG(str_slice(o, 0, at)),
			    cases[i].to, STR_ARG(rest));
		tell(s, "invoice.paid", 0, o.at, cases[i].event);
		(void)work(s);
		assert_string_equal(last_state(s), cases[i].want);
	}
	assert_string_equal(state_of(s, 9), "");
	tell(s, "charge.succeeded", 0, "{}", "");
	(void)work(s);
	assert_string_equal(last_state(s), "ignored: a type that means nothing here");
	tell(s, "invoice.paid", 0, invoice(s, 9, 0).at, ",\"account\":\"acct_ours\"");
	(void)work(s);
	assert_string_equal(last_state(s), "done: ");
	assert_string_not_equal(state_of(s, 9), "");
}

static void
WH8_test_mode_never_touches_live_rows(void **state)
{
	struct site *s = *state;
	struct config test = cfg;
	int64_t done;

	site_script(s, prices);
	add_reader(s, 9);
	site_script(s, "INSERT INTO payment_event (event_id, type, livemode, created_at, body) SELECT "
	               "'evt_test', 'invoice.paid', 0, 1,"
	               " '{}'");
	tell(s, "invoice.paid", 0, invoice(s, 9, 0).at, "");
	test.payment_mode = "test";
	assert_int_equal(billing_run(s->writer, &test, NOW, 60000000, &done, &s->f), ERR_NONE);
	assert_string_equal(last_state(s), "ignored: a live message, while [payment] mode is test");
	assert_string_equal(state_of(s, 9), "");
}

static void
unknown_customers_wait_until_there_is_an_account(void **state)
{
	struct site *s = *state;

	site_script(s, prices);
	tell(s, "invoice.paid", 0, invoice(s, 50, 0).at, "");
	assert_int_equal(work(s), 1);
	assert_string_equal(last_state(s), "waiting: no account has this customer's address yet");
	assert_int_equal(work(s), 0);
	add_reader(s, 50);
	(void)work(s);
	assert_string_equal(last_state(s), "done: ");
	assert_string_equal(state_of(s, 50), "1 paid 0 2592000 1209600 -");
}

/* The order was made by account 61, on whose invoice the address of 60 stands. */
static void
WH4_who_ordered_weighs_more_than_an_address(void **state)
{
	struct site *s = *state;

	site_script(s, prices);
	add_reader(s, 60);
	add_reader(s, 61);
	tell(s, "invoice.paid", 0, invoice(s, 60, 0).at, "");
	(void)work(s);
	assert_string_equal(state_of(s, 60), "1 paid 0 2592000 1209600 -");
	tell(s, "checkout.session.completed", 0,
	    "{\"customer\":\"cus_60\",\"subscription\":\"sub_60\",\"client_reference_id\":\"61\"}", "");
	(void)work(s);
	assert_string_equal(state_of(s, 60), "1 paid 0 2592000 1209600 0belongs to another account");
	assert_string_equal(state_of(s, 61), "1 paid 0 2592000 1209600 -");
	tell(s, "customer.updated", 3, "{\"id\":\"cus_60\",\"email\":\"r60@example.org\"}", "");
	(void)work(s);
	assert_string_equal(state_of(s, 61), "1 paid 0 2592000 1209600 -");
}

static void
FT12_want_of_payment_leaves_the_grace(void **state)
{
	struct site *s = *state;

	site_script(s, prices);
	add_reader(s, 70);
	tell_step(s, 70, 0);
	tell_step(s, 70, 2);
	tell(s, "invoice.payment_failed", 30,
	    "{\"id\":\"in_f\",\"customer\":\"cus_70\",\"subscription\":\"sub_70\"}", "");
	tell(s, "customer.subscription.deleted", 31,
	    "{\"id\":\"sub_70\",\"customer\":\"cus_70\",\"status\":\"canceled\",\"cancellation_details\":{"
	    "\"reason\":\"payment_failed\"}}",
	    "");
	(void)work(s);
	assert_string_equal(state_of(s, 70), "1 paid 0 2592000 1209600 -");
	assert_int_equal(
	    site_int(s, "SELECT failed_at FROM payment_subscription WHERE id = 'sub_70'"), NOW + 30 * DAY);
}

static void
trials_upgrades_disputes(void **state)
{
	struct site *s = *state;
	struct str trial = arena_printf(&s->arena,
	    "{\"id\":\"sub_80\",\"customer\":\"cus_80\",\"status\":\"trialing\",\"trial_start\":%lld,\"trial_"
	    "end\":%lld,"
	    "\"items\":{\"data\":[{\"current_period_end\":1,\"price\":{\"id\":\"price_1\",\"unit_amount\":"
	    "900,\"currency\":\"eur\"}}]}}",
	    (long long)NOW, (long long)(NOW + 7 * DAY));
	/* the layout of 2025-03-31, with the rest of the old plan given back */
	struct str upgrade = arena_printf(&s->arena,
	    "{\"id\":\"in_u\",\"customer\":\"cus_80\",\"status\":\"paid\",\"amount_paid\":500,\"amount_due\":"
	    "500,\"amount_remaining\":0,"
	    "\"total\":500,\"parent\":{\"subscription_details\":{\"subscription\":\"sub_80\"}},"
	    "\"payments\":{\"data\":[{\"payment\":{\"payment_intent\":\"pi_u\"}}]},\"lines\":{\"data\":["
	    "{\"id\":\"il_a\",\"amount\":-450,\"currency\":\"eur\",\"pricing\":{\"price_details\":{\"price\":"
	    "\"price_1\"}},"
	    "\"parent\":{\"subscription_item_details\":{\"proration\":true}},\"period\":{\"start\":%lld,"
	    "\"end\":%lld}},"
	    "{\"id\":\"il_b\",\"amount\":950,\"currency\":\"eur\",\"pricing\":{\"price_details\":{\"price\":"
	    "\"price_2\"}},"
	    "\"parent\":{\"subscription_item_details\":{\"proration\":true}},\"period\":{\"start\":%lld,"
	    "\"end\":%lld}}]}}",
	    (long long)(NOW + 15 * DAY), (long long)(NOW + 30 * DAY), (long long)(NOW + 15 * DAY),
	    (long long)(NOW + 30 * DAY));

	site_script(s, prices);
	add_reader(s, 80);
	tell(s, "customer.created", 0, "{\"id\":\"cus_80\",\"email\":\"R80@Example.org\"}", "");
	tell(s, "customer.subscription.created", 0, trial.at, "");
	tell(s, "charge.dispute.closed", 20,
	    "{\"id\":\"dp_1\",\"payment_intent\":\"pi_u\",\"status\":\"lost\"}", "");
	(void)work(s);
	tell(s, "invoice.paid", 15, upgrade.at, "");
	tell(s, "charge.dispute.created", 16,
	    "{\"id\":\"dp_1\",\"payment_intent\":\"pi_u\",\"status\":\"needs_response\"}", "");
	(void)work(s);
	assert_string_equal(
	    state_of(s, 80), "1 trial 0 604800 1209600 -;2 paid 1296000 2592000 1209600 1728000dispute lost");
}

static void
one_bad_message_does_not_hold_up_the_others(void **state)
{
	struct site *s = *state;
	struct str early = invoice(s, 90, 0);

	site_script(s, prices);
	add_reader(s, 90);
	/* a period before 2000, which the table of periods refuses */
	tell(s, "invoice.paid", 0,
	    "{\"id\":\"in_0\",\"customer\":\"cus_90\",\"customer_email\":\"r90@example.org\",\"status\":"
	    "\"paid\",\"amount_paid\":900,"
	    "\"amount_due\":900,\"amount_remaining\":0,\"total\":900,\"lines\":{\"data\":[{\"id\":\"il\","
	    "\"amount\":900,"
	    "\"currency\":\"eur\",\"price\":{\"id\":\"price_1\"},\"period\":{\"start\":5,\"end\":9}}]}}",
	    "");
	tell(s, "invoice.paid", 0, early.at, "");
	assert_int_equal(work(s), 2);
	assert_string_equal(last_state(s), "done: ");
	assert_string_equal(state_of(s, 90), "1 paid 0 2592000 1209600 -");
	assert_int_equal(
	    site_int(s, "SELECT count(*) FROM payment_event WHERE state = 'failed' AND next_at > 1780000000"),
	    1);
}

static void
LG1_an_erased_account_leaves_no_name_in_payments(void **state)
{
	struct site *s = *state;

	site_script(s, prices);
	add_reader(s, 95);
	tell_step(s, 95, 0);
	tell_step(s, 95, 2);
	(void)work(s);
	site_script(s, "DELETE FROM subscriber WHERE id = 95");
	assert_int_equal(site_int(s, "SELECT count(*) FROM payment_event WHERE body <> ''"), 0);
	assert_int_equal(
	    site_int(
	        s, "SELECT count(*) FROM payment_customer WHERE email <> '' OR subscriber_id IS NOT NULL"),
	    0);
	tell_step(s, 95, 3);
	(void)work(s);
	assert_int_equal(site_int(s, "SELECT count(*) FROM subscription"), 0);
}

/* 10,000 messages in random order, a third of them told twice under other ids. Printed, since the machine counts too. */
static void
WH4_ten_thousand_messages(void **state)
{
	struct timespec from, to;
	struct site *s = *state;
	uint32_t seed = 7;
	double seconds;
	int64_t events = getenv("POTERNE_LONG") != NULL ? 10000 : 2000, done;

	site_script(s, prices);
	assert_int_equal(db_begin(s->writer), ERR_NONE);
	for (int n = 1000; n < 1000 + events / 10; n++)
		add_reader(s, n);
	for (int64_t i = 0; i < events; i++) {
		seed = seed * 1664525 + 1013904223;
		tell_step(s, 1000 + (int)((seed >> 8) % (uint32_t)(events / 10)), (int)(seed >> 28) % STEPS);
		if (i % 500 == 0) {
			assert_int_equal(db_commit(s->writer), ERR_NONE);
			arena_reset(&s->arena);
			assert_int_equal(db_begin(s->writer), ERR_NONE);
		}
	}
	assert_int_equal(db_commit(s->writer), ERR_NONE);
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	done = work(s);
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	assert_int_equal(done, events);
	seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
	print_message(
	    "%lld messages: %.0f a second of one core\n", (long long)events, (double)events / seconds);
	assert_true(seconds < (double)events / 500 || getenv("ASAN_OPTIONS") != NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(WH4_every_order_of_a_life_ends_the_same, site_open, site_close),
	    cmocka_unit_test_setup_teardown(
	        WH3_replayed_and_told_twice_changes_nothing, site_open, site_close),
	    cmocka_unit_test_setup_teardown(WH3_an_event_is_stored_once, site_open, site_close),
	    cmocka_unit_test_setup_teardown(WH8_only_what_is_sold_here_counts, site_open, site_close),
	    cmocka_unit_test_setup_teardown(WH8_test_mode_never_touches_live_rows, site_open, site_close),
	    cmocka_unit_test_setup_teardown(
	        unknown_customers_wait_until_there_is_an_account, site_open, site_close),
	    cmocka_unit_test_setup_teardown(
	        WH4_who_ordered_weighs_more_than_an_address, site_open, site_close),
	    cmocka_unit_test_setup_teardown(FT12_want_of_payment_leaves_the_grace, site_open, site_close),
	    cmocka_unit_test_setup_teardown(trials_upgrades_disputes, site_open, site_close),
	    cmocka_unit_test_setup_teardown(
	        one_bad_message_does_not_hold_up_the_others, site_open, site_close),
	    cmocka_unit_test_setup_teardown(
	        LG1_an_erased_account_leaves_no_name_in_payments, site_open, site_close),
	    cmocka_unit_test_setup_teardown(WH4_ten_thousand_messages, site_open, site_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
