/* billing_rules.c: which messages give, take or change a period, and which mean nothing (WH8, FT12, LG1). */
#include "billing_help.h"

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

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, site_open, site_close)
	static const struct CMUnitTest tests[] = {
	    CASE(WH8_only_what_is_sold_here_counts),
	    CASE(WH8_test_mode_never_touches_live_rows),
	    CASE(unknown_customers_wait_until_there_is_an_account),
	    CASE(FT12_want_of_payment_leaves_the_grace),
	    CASE(trials_upgrades_disputes),
	    CASE(one_bad_message_does_not_hold_up_the_others),
	    CASE(LG1_an_erased_account_leaves_no_name_in_payments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
