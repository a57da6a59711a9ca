/* Sessions and one-time links: whose they are, how they end, used once. */
#include "store_help.h"

#include <pthread.h>

#include "store/session_store.h"
#include "store/subscriber_store.h"

#define HASH "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static int64_t
sign_in(struct site *s, int64_t reader, int64_t now)
{
	struct session_new new = {.subscriber_id = reader,
	    .now = now,
	    .expires_at = now + 30 * DAY,
	    .label = STR("Firefox on Linux")};
	int64_t id = 0;

	if (session_store_create(s->writer, &new, &id, &s->f) != ERR_NONE)
		fail_msg("%s", s->f.text);
	return id;
}

static struct session_row
session_of(struct site *s, int64_t id)
{
	struct session_row row;

	assert_int_equal(session_store_by_id(s->open, id, &row), ERR_NONE);
	return row;
}

static void
SE4_each_session_has_a_new_random_id(void **state)
{
	struct site *s = *state;
	int64_t a = sign_in(s, 1, NOW), b = sign_in(s, 1, NOW);
	struct session_row row = session_of(s, a);

	assert_int_not_equal(a, b);
	assert_true(a > 0 && a < (int64_t)1 << 53);
	assert_true(llabs(a - b) > 1);
	assert_int_equal(row.subscriber_id, 1);
	assert_int_equal(row.created_at, NOW);
	assert_int_equal(row.expires_at, NOW + 30 * DAY);
	assert_int_equal(row.last_seen_at, NOW);
	assert_int_equal(row.revoked_at, 0);
	assert_false(row.ended);
	assert_int_equal(session_store_by_id(s->open, a + 1, &row), ERR_NOT_FOUND);
}

static void
SE12_a_reader_ends_only_own_sessions(void **state)
{
	struct site *s = *state;
	int64_t lea = sign_in(s, 1, NOW), ben = sign_in(s, 2, NOW), n = 0;
	struct session_row *rows;
	size_t count;

	assert_int_equal(session_store_revoke(s->writer, 2, lea, NOW), ERR_NOT_FOUND);
	assert_int_equal(session_of(s, lea).revoked_at, 0);
	assert_int_equal(session_store_list(s->full, &s->arena, 2, NOW, &rows, &count), ERR_NONE);
	assert_int_equal(count, 1);
	assert_int_equal(rows[0].id, ben);
	assert_str(rows[0].label, "Firefox on Linux");
	assert_int_equal(session_store_revoke_all(s->writer, 2, 0, NOW, &n), ERR_NONE);
	assert_int_equal(n, 1);
	assert_int_equal(session_of(s, lea).revoked_at, 0);
	assert_int_equal(session_store_revoke(s->writer, 1, lea, NOW + 5), ERR_NONE);
	assert_int_equal(session_of(s, lea).revoked_at, NOW + 5);
	assert_int_equal(session_store_revoke(s->writer, 1, lea, NOW + 6), ERR_NOT_FOUND);
}

static void
SE3_all_sessions_end_with_a_generation_or_a_block(void **state)
{
	struct site *s = *state;
	int64_t old = sign_in(s, 1, NOW), new, n = 0;
	struct session_new blocked = {.subscriber_id = 2, .now = NOW, .expires_at = NOW + DAY};
	struct session_row *rows;
	size_t count;

	assert_int_equal(subscriber_store_end_sessions(s->writer, 1), ERR_NONE);
	assert_true(session_of(s, old).ended);
	new = sign_in(s, 1, NOW);
	assert_false(session_of(s, new).ended);
	assert_int_equal(session_store_list(s->full, &s->arena, 1, NOW, &rows, &count), ERR_NONE);
	assert_int_equal(count, 1);
	assert_int_equal(session_store_revoke_all(s->writer, 1, new, NOW, &n), ERR_NONE);
	assert_int_equal(n, 1);
	assert_int_equal(session_of(s, new).revoked_at, 0);
	site_script(s, "UPDATE subscriber SET blocked_at = 5");
	assert_true(session_of(s, new).ended);
	assert_int_equal(session_store_create(s->writer, &blocked, &n, &s->f), ERR_NOT_FOUND);
	blocked.subscriber_id = 99;
	assert_int_equal(session_store_create(s->writer, &blocked, &n, &s->f), ERR_NOT_FOUND);
	assert_int_equal(subscriber_store_end_sessions(s->writer, 99), ERR_NOT_FOUND);
}

static void
SE3_what_ended_never_comes_back(void **state)
{
	static const char *const tries[] = {
	    "UPDATE session SET revoked_at = NULL",
	    "UPDATE session SET generation = 2",
	    "UPDATE session SET subscriber_id = 2",
	    "UPDATE subscriber SET generation = 0 WHERE id = 1",
	    "INSERT OR REPLACE INTO session (id, subscriber_id, generation, expires_at, last_seen_at)"
	    " SELECT id, subscriber_id, 1, 9999999999, 1 FROM session",
	};
	struct site *s = *state;
	int64_t id = sign_in(s, 1, NOW);

	assert_int_equal(session_store_revoke(s->writer, 1, id, NOW), ERR_NONE);
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++)
		if (db_script(s->writer, "try", tries[i], &s->f) != ERR_INVALID)
			fail_msg("not refused: %s", tries[i]);
	assert_int_equal(session_of(s, id).revoked_at, NOW);
}

static void
being_seen_is_written_once_an_hour_and_changes_no_right(void **state)
{
	struct site *s = *state;
	int64_t id = sign_in(s, 1, NOW), changes = site_int(s, "SELECT max(id) FROM change_log");
	bool written;

	assert_int_equal(session_store_touch(s->writer, id, NOW + 3599, &written), ERR_NONE);
	assert_false(written);
	assert_int_equal(session_store_touch(s->writer, id, NOW + 3600, &written), ERR_NONE);
	assert_true(written);
	assert_int_equal(session_of(s, id).last_seen_at, NOW + 3600);
	assert_int_equal(session_store_touch(s->writer, id, NOW + 3700, NULL), ERR_NONE);
	assert_int_equal(session_of(s, id).last_seen_at, NOW + 3600);
	assert_int_equal(site_int(s, "SELECT max(id) FROM change_log"), changes);
}

static void
LG6_a_link_is_shown_any_number_of_times_and_used_once(void **state)
{
	struct site *s = *state;
	struct str hash = STR(HASH), purpose = STR("session");
	int64_t reader = 0;

	assert_int_equal(session_store_link(s->writer, hash, 2, purpose, NOW, NOW + 600, &s->f), ERR_NONE);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(
		    session_store_link_peek(s->full, hash, purpose, NOW + 599, &reader), ERR_NONE);
		assert_int_equal(reader, 2);
	}
	reader = 0;
	assert_int_equal(session_store_link_use(s->writer, hash, purpose, NOW + 599, &reader), ERR_NONE);
	assert_int_equal(reader, 2);
	assert_int_equal(session_store_link_use(s->writer, hash, purpose, NOW + 599, &reader), ERR_NOT_FOUND);
	assert_int_equal(session_store_link_peek(s->full, hash, purpose, NOW, &reader), ERR_NOT_FOUND);
}

static void
SE2_a_link_serves_its_purpose_and_its_time_only(void **state)
{
	struct site *s = *state;
	struct str hash = STR(HASH), purpose = STR("session");
	int64_t reader;

	assert_int_equal(session_store_link(s->writer, hash, 2, purpose, NOW, NOW + 600, &s->f), ERR_NONE);
	assert_int_equal(session_store_link(s->writer, hash, 1, purpose, NOW, NOW + 600, &s->f), ERR_INVALID);
	assert_int_equal(session_store_link_use(s->writer, hash, STR("login"), NOW, &reader), ERR_NOT_FOUND);
	assert_int_equal(session_store_link_use(s->writer, hash, purpose, NOW + 600, &reader), ERR_NOT_FOUND);
	assert_int_equal(session_store_link_use(s->writer, hash, purpose, NOW - DAY, &reader), ERR_NOT_FOUND);
	assert_int_equal(session_store_link_use(s->writer, STR(""), purpose, NOW, &reader), ERR_NOT_FOUND);
	assert_int_equal(session_store_link_peek(s->open, hash, purpose, NOW, &reader), ERR_DENIED);
	assert_int_equal(session_store_link_use(s->writer, hash, purpose, NOW, &reader), ERR_NONE);
}

struct race {
	const char *path;
	int won;
};

static void *
race_run(void *arg)
{
	struct race *r = arg;
	struct db *db = NULL;
	struct fault f;
	int64_t reader;

	if (db_open(&db, r->path, DB_WRITER, false, &f) == ERR_NONE)
		r->won = session_store_link_use(db, STR(HASH), STR("session"), NOW, &reader) == ERR_NONE;
	db_close(db);
	return NULL;
}

static void
LG8_of_many_at_once_exactly_one_uses_a_link(void **state)
{
	struct site *s = *state;
	pthread_t threads[16];
	struct race races[16];
	int won = 0;

	assert_int_equal(
	    session_store_link(s->writer, STR(HASH), 2, STR("session"), NOW, NOW + 600, &s->f), ERR_NONE);
	for (size_t i = 0; i < 16; i++) {
		races[i] = (struct race){s->path, 0};
		assert_int_equal(pthread_create(&threads[i], NULL, race_run, &races[i]), 0);
	}
	for (size_t i = 0; i < 16; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		won += races[i].won;
	}
	assert_int_equal(won, 1);
}

static void
purge_takes_what_is_long_over(void **state)
{
	struct site *s = *state;
	int64_t id = sign_in(s, 1, NOW), n = 0;
	struct session_row row;

	assert_int_equal(
	    session_store_link(s->writer, STR(HASH), 2, STR("session"), NOW, NOW + 600, &s->f), ERR_NONE);
	assert_int_equal(session_store_purge(s->writer, NOW + 29 * DAY, 0, &n), ERR_NONE);
	assert_int_equal(n, 1);
	assert_int_equal(session_of(s, id).id, id);
	assert_int_equal(session_store_purge(s->writer, NOW + 33 * DAY, 2 * DAY, &n), ERR_NONE);
	assert_int_equal(n, 1);
	assert_int_equal(session_store_by_id(s->open, id, &row), ERR_NOT_FOUND);
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, site_open, site_close)
	static const struct CMUnitTest tests[] = {
	    CASE(SE4_each_session_has_a_new_random_id),
	    CASE(SE12_a_reader_ends_only_own_sessions),
	    CASE(SE3_all_sessions_end_with_a_generation_or_a_block),
	    CASE(SE3_what_ended_never_comes_back),
	    CASE(being_seen_is_written_once_an_hour_and_changes_no_right),
	    CASE(LG6_a_link_is_shown_any_number_of_times_and_used_once),
	    CASE(SE2_a_link_serves_its_purpose_and_its_time_only),
	    CASE(LG8_of_many_at_once_exactly_one_uses_a_link),
	    CASE(purge_takes_what_is_long_over),
	};

	return cmocka_run_group_tests_name("session_store", tests, NULL, NULL);
}
