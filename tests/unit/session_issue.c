/* session_issue.c: rows and tokens, both or none; one-time links that work once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "core/session_issue.h"
#include "store/migrate.h"
#include "store/subscriber_store.h"

#define SITE STR("https://lagazette.example")
#define NOW ((int64_t)1800000000)
#define IDLE (14 * CLOCK_DAY)
#define LIFE (30 * CLOCK_DAY)
#define THREADS 8

struct place {
	char root[64], keys[80], database[80];
	struct arena arena;
	struct keyring *ring;
	struct db *db;
	int64_t reader;
};

static void
must(enum err e, const struct fault *f)
{
	if (e != ERR_NONE)
		fail_msg("%s: %s", err_name(e), f->text);
}

static int
setup(void **state)
{
	struct place *p = calloc(1, sizeof *p);
	struct config config = {.sql = "sql", .scripts = ""};
	struct migrate_report quiet = {NULL, NULL, NULL};
	char kid[PASETO_KID + 1];
	struct fault f = {""};

	assert_non_null(p);
	arena_init(&p->arena, 1 << 24);
	(void)snprintf(p->root, sizeof p->root, "/tmp/session.XXXXXX");
	assert_non_null(mkdtemp(p->root));
	(void)snprintf(p->keys, sizeof p->keys, "%s/keys", p->root);
	(void)snprintf(p->database, sizeof p->database, "%s/poterne.db", p->root);
	config.database = p->database;
	must(migrate_run(&config, false, &quiet, &p->arena, &f), &f);
	must(keyring_create(p->keys, NOW, kid, &f), &f);
	must(keyring_load(&p->ring, p->keys, &f), &f);
	must(db_open(&p->db, p->database, DB_WRITER, false, &f), &f);
	must(subscriber_store_add(p->db, STR("marie@example.org"), STR("Marie"), &p->reader, &f), &f);
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct place *p = *state;
	char command[128];

	db_close(p->db);
	keyring_release(p->ring);
	arena_free(&p->arena);
	(void)snprintf(command, sizeof command, "rm -rf %s", p->root);
	if (system(command) != 0)
		return -1;
	free(p);
	return 0;
}

static struct session_new
new_session(const struct place *p)
{
	return (struct session_new){.subscriber_id = p->reader,
	    .now = NOW,
	    .expires_at = NOW + LIFE,
	    .label = STR("Firefox on Linux")};
}

/* Whether the token still opens the door. */
static bool
is_in(const struct place *p, const struct session_ticket *ticket, int64_t now)
{
	struct session_claims claims;
	struct session_row row;

	return session_read(p->ring, SITE, str_of(ticket->token), now, &claims) == SESSION_GOOD &&
	       session_store_by_id(p->db, claims.session_id, &row) == ERR_NONE &&
	       session_valid(&row, &claims, IDLE, now);
}

static int64_t
count_sessions(const struct place *p)
{
	static const char sql[] = "SELECT count(*) FROM session";
	int64_t n = -1;

	assert_int_equal(db_int(p->db, &n, sql, ""), ERR_NONE);
	return n;
}

static struct session_ticket
issued(const struct place *p)
{
	struct session_new s = new_session(p);
	struct session_ticket ticket;
	struct fault f = {""};

	must(session_issue(p->db, p->ring, SITE, &s, &ticket, &f), &f);
	return ticket;
}

static void
SE3_revoked_session_is_over(void **state)
{
	struct place *p = *state;
	struct session_ticket phone = issued(p), desk = issued(p);

	assert_int_not_equal(phone.id, desk.id);
	assert_int_equal(desk.expires_at, NOW + LIFE);
	assert_true(is_in(p, &phone, NOW));
	assert_int_equal(session_store_revoke(p->db, p->reader, phone.id, NOW), ERR_NONE);
	assert_false(is_in(p, &phone, NOW));
	assert_true(is_in(p, &desk, NOW));
}

static void
SE3_account_ends_all_sessions(void **state)
{
	struct place *p = *state;
	struct session_ticket before = issued(p), after;
	struct fault f = {""};

	assert_int_equal(subscriber_store_end_sessions(p->db, p->reader), ERR_NONE);
	assert_false(is_in(p, &before, NOW));
	after = issued(p);
	assert_true(is_in(p, &after, NOW));
	must(subscriber_store_erase(p->db, p->reader, &f), &f);
	assert_false(is_in(p, &after, NOW));
}

static void
SE3_no_session_for_nobody_or_blocked(void **state)
{
	static const char block[] = "UPDATE subscriber SET blocked_at = 1 WHERE id = $1";
	struct place *p = *state;
	struct session_new s = new_session(p);
	struct session_ticket ticket, before = issued(p);
	struct fault f = {""};

	s.subscriber_id = p->reader + 1;
	assert_int_equal(session_issue(p->db, p->ring, SITE, &s, &ticket, &f), ERR_NOT_FOUND);
	assert_int_equal(db_exec(p->db, NULL, block, "i", p->reader), ERR_NONE);
	assert_false(is_in(p, &before, NOW));
	s.subscriber_id = p->reader;
	assert_int_equal(session_issue(p->db, p->ring, SITE, &s, &ticket, &f), ERR_NOT_FOUND);
	assert_int_equal(count_sessions(p), 1);
}

/* No token, no row: a site URL that cannot be sealed in stands for any fault after the row. */
static void
FT1_row_and_token_or_neither(void **state)
{
	struct place *p = *state;
	struct session_new s = new_session(p);
	struct session_ticket ticket;
	struct fault f = {""};
	char site[PASETO_IMPLICIT * 2];

	memset(site, 'a', sizeof site);
	assert_int_equal(
	    session_issue(p->db, p->ring, (struct str){site, sizeof site}, &s, &ticket, &f), ERR_INTERNAL);
	assert_int_equal(count_sessions(p), 0);
	assert_true(strlen(f.text) > 0);
	s.expires_at = s.now; /* the table says no */
	assert_int_not_equal(session_issue(p->db, p->ring, SITE, &s, &ticket, &f), ERR_NONE);
	assert_int_equal(count_sessions(p), 0);
}

static void
new_link(const struct place *p, int64_t life_s, char token[TOKEN_TEXT + 1])
{
	struct fault f = {""};

	must(session_link_create(p->db, p->reader, NOW, life_s, token, &f), &f);
	assert_int_equal(strlen(token), TOKEN_TEXT);
}

static enum err
consume(const struct place *p, struct str token, int64_t now, struct session_ticket *ticket)
{
	struct session_new s = new_session(p);
	struct fault f;

	s.now = now;
	s.expires_at = now + LIFE;
	s.subscriber_id = 0;
	return session_link_consume(p->db, p->ring, SITE, token, &s, ticket, &f);
}

static void
LG8_link_works_once(void **state)
{
	struct place *p = *state;
	struct session_ticket ticket;
	char token[TOKEN_TEXT + 1];

	new_link(p, 600, token);
	assert_int_equal(session_link_peek(p->db, str_of(token), NOW), ERR_NONE);
	assert_int_equal(
	    session_link_peek(p->db, str_of(token), NOW + 599), ERR_NONE); /* looking does not use it up */
	assert_int_equal(consume(p, str_of(token), NOW + 1, &ticket), ERR_NONE);
	assert_true(is_in(p, &ticket, NOW + 1));
	assert_int_equal(session_link_peek(p->db, str_of(token), NOW + 1), ERR_NOT_FOUND);
	assert_int_equal(consume(p, str_of(token), NOW + 1, &ticket), ERR_NOT_FOUND);
	assert_int_equal(count_sessions(p), 1);
}

static void
LG8_link_ends(void **state)
{
	static const char *const wrong[] = {"", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "../../../etc/passwd", "%00"};
	struct place *p = *state;
	struct session_ticket ticket;
	char token[TOKEN_TEXT + 1];

	new_link(p, 600, token);
	assert_int_equal(session_link_peek(p->db, str_of(token), NOW + 600), ERR_NOT_FOUND);
	assert_int_equal(consume(p, str_of(token), NOW + 600, &ticket), ERR_NOT_FOUND);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		assert_int_equal(session_link_peek(p->db, str_of(wrong[i]), NOW), ERR_NOT_FOUND);
		assert_int_equal(consume(p, str_of(wrong[i]), NOW, &ticket), ERR_NOT_FOUND);
	}
	assert_int_equal(count_sessions(p), 0);
}

static void
LG8_only_the_hash_is_stored(void **state)
{
	static const char stored[] = "SELECT count(*) FROM login_link WHERE hash = $1",
	                  hash_of[] = "SELECT count(*) FROM login_link";
	struct place *p = *state;
	char token[TOKEN_TEXT + 1], hash[TOKEN_HASH + 1];
	int64_t n;

	new_link(p, 600, token);
	token_hash(str_of(token), hash);
	assert_int_equal(db_int(p->db, &n, stored, "z", token), ERR_NONE);
	assert_int_equal(n, 0);
	assert_int_equal(db_int(p->db, &n, stored, "z", hash), ERR_NONE);
	assert_int_equal(n, 1);
	assert_int_equal(db_int(p->db, &n, hash_of, ""), ERR_NONE);
	assert_int_equal(n, 1);
}

/* A session that cannot be opened gives the link back. */
static void
LG8_link_is_not_used_up_by_a_failure(void **state)
{
	static const char block[] = "UPDATE subscriber SET blocked_at = $1 WHERE id = $2";
	struct place *p = *state;
	struct session_ticket ticket;
	char token[TOKEN_TEXT + 1];

	new_link(p, 600, token);
	assert_int_equal(db_exec(p->db, NULL, block, "ii", NOW, p->reader), ERR_NONE);
	assert_int_equal(consume(p, str_of(token), NOW, &ticket), ERR_NOT_FOUND);
	assert_int_equal(session_link_peek(p->db, str_of(token), NOW), ERR_NONE);
	assert_int_equal(count_sessions(p), 0);
}

struct racer {
	const struct place *place;
	const char *token;
	_Atomic int *won, *broken;
};

static void *
race(void *arg)
{
	struct racer *r = arg;
	struct session_ticket ticket;
	struct place mine = *r->place;
	enum err e;

	while ((e = db_open(&mine.db, mine.database, DB_WRITER, false, NULL)) == ERR_BUSY)
		continue;
	if (e != ERR_NONE) {
		atomic_fetch_add(r->broken, 1);
		return NULL;
	}
	for (int i = 0; i < 7; i++) {
		e = consume(&mine, str_of(r->token), NOW, &ticket);
		if (e == ERR_NONE)
			atomic_fetch_add(r->won, 1);
		else if (e != ERR_NOT_FOUND && e != ERR_BUSY)
			atomic_fetch_add(r->broken, 1);
	}
	db_close(mine.db);
	return NULL;
}

static void
LG8_many_at_once_open_one_session(void **state)
{
	struct place *p = *state;
	_Atomic int won = 0, broken = 0;
	pthread_t threads[THREADS];
	char token[TOKEN_TEXT + 1];
	struct racer racer = {p, token, &won, &broken};

	new_link(p, 600, token);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, race, &racer), 0);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_int_equal(won, 1);
	assert_int_equal(broken, 0);
	assert_int_equal(count_sessions(p), 1);
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    CASE(SE3_revoked_session_is_over),
	    CASE(SE3_account_ends_all_sessions),
	    CASE(SE3_no_session_for_nobody_or_blocked),
	    CASE(FT1_row_and_token_or_neither),
	    CASE(LG8_link_works_once),
	    CASE(LG8_link_ends),
	    CASE(LG8_only_the_hash_is_stored),
	    CASE(LG8_link_is_not_used_up_by_a_failure),
	    CASE(LG8_many_at_once_open_one_session),
	};

	if (!token_start() || !clock_zone("Europe/Paris"))
		return 1;
	return cmocka_run_group_tests_name("session_issue", tests, NULL, NULL);
}
