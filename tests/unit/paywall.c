/* The paywall: who a session's token stands for, also while the tables cannot be read, and rights that come back from disk. */
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

#define ARTICLES 400 /* some hundred of them fit into memory */
#define HANG_MS 120000

static enum access
access_of(struct fixture *x, int n, enum err *e)
{
	struct rights *rights = NULL;
	enum access access = ACCESS_UNKNOWN;
	char slug[16];

	(void)snprintf(slug, sizeof slug, "n%d", n);
	paywall_seen(x->pw, clock_ticks());
	*e = paywall_article(x->pw, &x->doors, STR("service"), str_of(slug), &rights);
	if (*e == ERR_NONE) {
		access = rights->article.access;
		assert_int_equal(rights->article.plan_count, n % 3);
		for (int i = 0; i < n % 3; i++)
			assert_int_equal(rights->article.plans[i], i + 1);
		memo_release(&rights->head);
	}
	return access;
}

/* A paywall with little memory and a file, which has been asked for all articles. */
static void
read_all(struct fixture *x)
{
	struct fault f = {""};
	struct spill *spill = NULL;
	enum err e;

	paywall_close(x->pw);
	assert_int_equal(paywall_open(&x->pw, (size_t)64 << 10), ERR_NONE);
	assert_int_equal(spill_open_set(&spill, "/tmp", (uint64_t)1 << 20, &f), ERR_NONE);
	assert_int_equal(paywall_deepen(x->pw, spill), ERR_NONE);
	site_script(x->s,
	    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)"
	    " INSERT INTO article (id, slug, section_id, access, title, published_at)"
	    " SELECT i, 'n' || i, 2, 'subscriber', 'N', 1700000000 FROM n;"
	    " INSERT INTO article_plan (article_id, plan_id) SELECT id, 1 FROM article WHERE id % 3 > 0;"
	    " INSERT INTO article_plan (article_id, plan_id) SELECT id, 2 FROM article WHERE id % 3 > 1;");
	for (int n = 1; n <= ARTICLES; n++)
		assert_int_equal(access_of(x, n, &e), ACCESS_SUBSCRIBER);
}

/* How many are known while the tables cannot be read. */
static int
count_known(struct fixture *x)
{
	int known = 0;
	enum err e;

	for (int n = 1; n <= ARTICLES; n++)
		known += access_of(x, n, &e) == ACCESS_SUBSCRIBER;
	return known;
}

static void
LK17_rights_that_left_memory_come_back_from_disk_and_are_exact(void **state)
{
	struct fixture *x = *state;
	int64_t deadline = clock_ticks() + (int64_t)HANG_MS * 1000;
	enum err e;

	read_all(x);
	site_script(x->s, "UPDATE article SET access = 'public' WHERE id = 6");
	paywall_forget(x->pw, &(struct change){.kind = CHANGE_ARTICLE, .ref = 6});
	assert_int_equal(access_of(x, 6, &e), ACCESS_PUBLIC);
	site_script(x->s, "PRAGMA legacy_alter_table = ON; ALTER TABLE article RENAME TO article_away;");
	while (count_known(x) < ARTICLES * 9 / 10 && clock_ticks() < deadline)
		clock_sleep_ms(1);
	assert_true(count_known(x) >= ARTICLES * 9 / 10);
	for (int n = 1; n <= ARTICLES; n++) {
		paywall_forget(x->pw, &(struct change){.kind = CHANGE_ARTICLE, .ref = n});
		assert_int_equal(access_of(x, n, &e), ACCESS_UNKNOWN);
		assert_int_not_equal(e, ERR_NONE);
	}
	paywall_forget(x->pw, &(struct change){.kind = CHANGE_EVERYTHING});
	assert_int_equal(count_known(x), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(SE4_a_session_that_ended_is_nobody, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
	        FT5_a_session_that_ended_is_nobody_while_the_tables_cannot_be_read, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
	        LK17_rights_that_left_memory_come_back_from_disk_and_are_exact, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("paywall", tests, NULL, NULL);
}
