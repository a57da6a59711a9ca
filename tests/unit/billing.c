/* billing.c: messages in whatever order and however often they come end in one state (WH3, WH4). */

#include "billing_help.h"
#include "effort.h"

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

/* 10,000 messages in random order, a third of them told twice under other ids. */
static void
WH4_ten_thousand_messages(void **state)
{
	struct site *s = *state;
	uint32_t seed = 7;
	int64_t told, took, events = getenv("SANITIZED") != NULL ? 2000 : 10000, done;

	site_script(s, prices);
	told = effort_now();
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
	told = effort_now() - told;
	took = effort_now();
	done = work(s);
	took = effort_now() - took;
	assert_int_equal(done, events);
	print_message("%lld messages: %lld a second of one core, %.1f times what storing them takes\n",
	    (long long)events, (long long)(events * 1000000000 / took), (double)took / (double)told);
	assert_true(took < 50 * told);
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, site_open, site_close)
	static const struct CMUnitTest tests[] = {
	    CASE(WH4_every_order_of_a_life_ends_the_same),
	    CASE(WH3_replayed_and_told_twice_changes_nothing),
	    CASE(WH3_an_event_is_stored_once),
	    CASE(WH4_who_ordered_weighs_more_than_an_address),
	    CASE(WH4_ten_thousand_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
