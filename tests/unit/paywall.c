/* The paywall: who a session's token stands for, also while the tables cannot be read. */
#include "store_help.h"

#include "base/clock.h"
#include "core/paywall.h"
#include "store/session_store.h"

#define IDLE_S ((int64_t)3600)

struct fixture {
	struct site *s;
	struct paywall *pw;
	struct paywall_doors doors;
	struct session_claims claims; /* of a session that reader 1 began at NOW */
};

static int
set_up(void **state)
{
	struct fixture *x = calloc(1, sizeof *x);
	struct session_new fresh = {.subscriber_id = 1, .now = NOW, .expires_at = NOW + DAY};
	void *site = NULL;

	assert_non_null(x);
	site_open(&site);
	x->s = site;
	x->doors = (struct paywall_doors){x->s->open, x->s->full};
	x->claims = (struct session_claims){0, 1, NOW, NOW + DAY};
	assert_int_equal(
	    session_store_create(x->s->writer, &fresh, &x->claims.session_id, &x->s->f), ERR_NONE);
	assert_int_equal(paywall_open(&x->pw, (size_t)1 << 20), ERR_NONE);
	paywall_seen(x->pw, clock_ticks());
	*state = x;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *x = *state;
	void *site = x->s;

	paywall_close(x->pw);
	site_close(&site);
	free(x);
	return 0;
}

static enum err
ask(struct fixture *x, int64_t now, struct facts **out)
{
	return paywall_reader(x->pw, &x->doors, &x->claims, IDLE_S, now, out);
}

static void
SE4_a_session_that_ended_is_nobody(void **state)
{
	struct fixture *x = *state;
	struct facts *reader = NULL;

	assert_int_equal(ask(x, NOW + 1, &reader), ERR_NONE);
	assert_non_null(reader);
	memo_release(&reader->head);
	assert_int_equal(ask(x, NOW + IDLE_S, &reader), ERR_NONE);
	assert_null(reader);
}

/* What memory says is over, and the tables, which may know better, cannot be asked: nobody, and no facts of anybody. */
static void
FT5_a_session_that_ended_is_nobody_while_the_tables_cannot_be_read(void **state)
{
	struct fixture *x = *state;
	struct facts *reader = NULL;

	assert_int_equal(ask(x, NOW + 1, &reader), ERR_NONE);
	assert_non_null(reader);
	memo_release(&reader->head);
	site_script(x->s, "PRAGMA legacy_alter_table = ON; ALTER TABLE session RENAME TO session_away;");
	assert_int_not_equal(ask(x, NOW + IDLE_S, &reader), ERR_NONE);
	assert_null(reader);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(SE4_a_session_that_ended_is_nobody, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
	        FT5_a_session_that_ended_is_nobody_while_the_tables_cannot_be_read, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("paywall", tests, NULL, NULL);
}
