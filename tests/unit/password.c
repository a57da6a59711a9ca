/* password.c: what may be a password, what may be computed, how often it may be tried. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/priority.h"
#include "base/token.h"
#include "core/password.h"
#include "core/throttle.h"
#include "format/agent.h"
#include "format/csv.h"

#define HOUR_US INT64_C(3600000000)

/* Sanitizers see every mapping: then no memory is kept. */
#ifdef POTERNE_SANITIZED
#define SANITIZED true
#else
#define SANITIZED false
#endif

static struct arena arena;
static struct password_gate *gate;
static struct str common;

static int
set_up(void **state)
{
	(void)state;
	assert_true(token_start());
	arena_init(&arena, (size_t)4 << 20);
	assert_non_null(gate = password_gate_new(HOUR_US));
	return file_read(&arena, "share/common-passwords.txt", (size_t)1 << 20, &common, NULL) == ERR_NONE
	           ? 0
	           : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	password_gate_free(gate);
	arena_free(&arena);
	return 0;
}

static struct str
repeated(size_t n, char last)
{
	char *text = arena_alloc(&arena, n);

	assert_non_null(text);
	memset(text, 'a', n);
	text[n - 1] = last;
	return (struct str){text, n};
}

static void
LG4_lengths_from_8_to_1024_bytes(void **state)
{
	(void)state;
	assert_int_equal(password_judge(STR(""), common), PASSWORD_SHORT);
	assert_int_equal(password_judge(repeated(7, 'q'), common), PASSWORD_SHORT);
	assert_int_equal(password_judge(STR("k7-zw0pq"), common), PASSWORD_GOOD);
	assert_int_equal(password_judge(repeated(64, 'q'), common), PASSWORD_GOOD);
	assert_int_equal(password_judge(repeated(1024, 'q'), common), PASSWORD_GOOD);
	assert_int_equal(password_judge(repeated(1025, 'q'), common), PASSWORD_LONG);
}

static void
LG4_every_byte_counts(void **state)
{
	char hash[PASSWORD_HASH];
	bool stale;

	(void)state;
	assert_int_equal(password_hash(gate, repeated(1000, 'x'), hash), ERR_NONE);
	assert_true(str_starts(str_of(hash), STR("$argon2id$v=19$m=19456,t=2,p=1$")));
	assert_int_equal(password_check(gate, repeated(1000, 'x'), str_of(hash), &stale), ERR_NONE);
	assert_false(stale);
	assert_int_equal(password_check(gate, repeated(1000, 'y'), str_of(hash), &stale), ERR_DENIED);
	assert_int_equal(password_check(gate, repeated(999, 'x'), str_of(hash), &stale), ERR_DENIED);
}

/* Processor time of all threads: what else runs on the machine does not count. */
static int64_t
spent_us(void)
{
	struct timespec ts;

	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts), 0);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* What a check costs, which ends with this; the least of several times. */
static int64_t
cost_us(struct str hash, enum err expected)
{
	int64_t least = INT64_MAX;
	bool stale;

	for (int i = 0; i < 5; i++) {
		int64_t began = spent_us(), took;

		assert_int_equal(password_check(gate, STR("autres mots"), hash, &stale), expected);
		took = spent_us() - began;
		least = took < least ? took : least;
	}
	return least;
}

static void
LG5_hostile_costs_are_refused_before_computing(void **state)
{
	static const char *const hostile[] = {"$argon2id$v=19$m=4194304,t=3,p=1$p6qCEuVlciKM//"
	                                      "TdFNTwUQ$iqdpoAkSk7ALWe6e+ixUH8AMXbnZ5jtgT9EZgj0Yp4k",
	    "$argon2id$v=19$m=65537,t=2,p=1$p6qCEuVlciKM//TdFNTwUQ$iqdpoAkSk7ALWe6e",
	    "$argon2id$v=19$m=19456,t=9,p=1$p6qCEuVlciKM//TdFNTwUQ$iqdpoAkSk7ALWe6e",
	    "$argon2id$v=19$m=19456,t=2,p=4$p6qCEuVlciKM//TdFNTwUQ$iqdpoAkSk7ALWe6e",
	    "$argon2id$v=19$t=2,p=1$p6qCEuVlciKM//TdFNTwUQ$x", "$argon2i$v=19$m=19456,t=2,p=1$x$x",
	    "$2b$12$x", "plain"};
	int64_t all = 0;

	(void)state;
	for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++)
		all += cost_us(str_of(hostile[i]), ERR_INVALID);
	assert_true(all < cost_us(STR_NONE, ERR_DENIED) / 4);
}

static void
LG5_weaker_hashes_are_made_again(void **state)
{
	static const char weak[] = "$argon2id$v=19$m=8192,t=1,p=1$KgEHaUHykq5aY/"
	                           "2NR2Yeuw$LpQrXoWOYE68myAjruCcKbGf4+uXgJQGtupf1OtsLsc";
	bool stale = false;

	(void)state;
	assert_int_equal(password_check(gate, STR("password one"), str_of(weak), &stale), ERR_NONE);
	assert_true(stale);
}

static void
LG1_no_hash_costs_the_same(void **state)
{
	char hash[PASSWORD_HASH];
	int64_t known, unknown;

	(void)state;
	assert_int_equal(password_hash(gate, STR("quatre mots"), hash), ERR_NONE);
	known = cost_us(str_of(hash), ERR_DENIED);
	unknown = cost_us(STR_NONE, ERR_DENIED);
	assert_true(known < unknown * 2 && unknown < known * 2);
}

static void
LG13_three_thousand_common_ones_are_refused(void **state)
{
	struct str rest, line;
	size_t n = 0;

	(void)state;
	rest = common;
	while (str_split(&rest, '\n', &line))
		if (line.len > 0 && line.at[0] != '#') {
			assert_int_equal(password_judge(line, common), PASSWORD_COMMON);
			n++;
		}
	assert_true(n >= 3000);
	assert_int_equal(password_judge(STR("AzertyUiop"), common), PASSWORD_COMMON);
	assert_int_equal(password_judge(STR("MOTDEPASSE"), common), PASSWORD_COMMON);
	assert_int_equal(password_judge(STR("azertyuiop rivage"), common), PASSWORD_GOOD);
	assert_int_equal(password_judge(STR("azertyuiop"), STR_NONE), PASSWORD_GOOD);
}

static void
LG2_tries_are_put_off_never_locked(void **state)
{
	const struct throttle_rule rule = {"test", STR("somebody"), 5, 1000};
	const struct throttle_rule both[] = {rule, {"other", STR("x"), 100, 1000}};
	struct throttle *t = throttle_new();

	(void)state;
	assert_non_null(t);
	for (int i = 0; i < 5; i++)
		assert_int_equal(throttle_try(t, &rule, 1, 1000000), 0);
	for (int i = 0; i < 10000; i++)
		assert_in_range(throttle_try(t, both, 2, 1000000), 1, 1000);
	assert_int_equal(throttle_try(t, &rule, 1, 1001000), 0);
	assert_in_range(throttle_try(t, &rule, 1, 1001000), 1, 1000);
	throttle_return(t, &rule, 1);
	assert_int_equal(throttle_try(t, &rule, 1, 1001000), 0);
	/* what one refused did not count for the other */
	for (int i = 0; i < 100; i++)
		assert_int_equal(throttle_try(t, &both[1], 1, 1001000), 0);
	throttle_free(t);
}

/* Nice value and policy (fields 19 and 41 of proc(5)) and processors of a thread of ours. */
static bool
gives_way(const char *task)
{
	char path[300], text[1000];
	long nice = 0, policy = 0;
	cpu_set_t set;
	FILE *f;
	size_t n;

	(void)snprintf(path, sizeof path, "/proc/self/task/%s/stat", task);
	if ((f = fopen(path, "r")) == NULL)
		return false;
	n = fread(text, 1, sizeof text - 1, f);
	(void)fclose(f);
	text[n] = '\0';
	char *at = strrchr(text, ')');
	assert_non_null(at);
	for (int field = 2; *at != '\0' && field < 41; at++)
		if (*at == ' ') {
			field++;
			if (field == 19)
				nice = strtol(at, NULL, 10);
			else if (field == 41)
				policy = strtol(at, NULL, 10);
		}
	assert_int_equal(sched_getaffinity((pid_t)strtol(task, NULL, 10), sizeof set, &set), 0);
	return nice == PRIORITY_LOW && policy == SCHED_BATCH &&
	       (unsigned)CPU_COUNT(&set) == priority_at_once(CPU_SETSIZE); /* half of all */
}

static void
LG3_computing_lets_readers_go_first(void **state)
{
	char hash[PASSWORD_HASH];
	unsigned low = 0;
	struct dirent *task;
	DIR *tasks;

	(void)state;
	assert_int_equal(password_hash(gate, STR("azertyuiop rivage"), hash), ERR_NONE);
	assert_non_null(tasks = opendir("/proc/self/task"));
	while ((task = readdir(tasks)) != NULL)
		low += gives_way(task->d_name) ? 1 : 0;
	(void)closedir(tasks);
	assert_int_equal(low, priority_at_once(PASSWORD_AT_ONCE));
	assert_true(low == 1 || (long)low <= sysconf(_SC_NPROCESSORS_ONLN) / 2);
}

static long
resident_kib(void)
{
	long all, resident = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%ld %ld", &all, &resident), 2);
	(void)fclose(f);
	return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static void
LG3_memory_is_given_back_when_nobody_signs_in(void **state)
{
	struct password_gate *lasting, *brief;
	const long before = resident_kib(), some = 10000;
	char hash[PASSWORD_HASH];

	(void)state;
	if (SANITIZED)
		skip();
	assert_non_null(lasting = password_gate_new(HOUR_US));
	assert_non_null(brief = password_gate_new(1000));
	assert_int_equal(password_hash(lasting, STR("quatre mots"), hash), ERR_NONE);
	assert_true(resident_kib() > before + some);
	password_gate_free(lasting);
	assert_true(resident_kib() < before + some);
	assert_int_equal(password_hash(brief, STR("quatre mots"), hash), ERR_NONE);
	while (resident_kib() > before + some)
		clock_sleep_ms(1);
	assert_int_equal(password_hash(brief, STR("quatre mots"), hash), ERR_NONE);
	password_gate_free(brief);
}

/* The service may do what computing at low priority takes. */
static void
LG3_the_unit_lets_it_lower_its_priority(void **state)
{
	static const char *const units[] = {
	    "deploy/systemd/poterne.service", "deploy/systemd/poterne-worker.service"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct str text;

		assert_int_equal(file_read(&arena, units[i], 10000, &text, NULL), ERR_NONE);
		assert_true(str_find(text, STR("\nSystemCallFilter=sched_setaffinity sched_setattr "
		                               "sched_setscheduler setpriority\n")) < text.len);
	}
}

static void
labels_say_what_readers_know(void **state)
{
	static const char *const pairs[][2] = {
	    {"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox on Linux"},
	    {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile Safari/604.1",
	        "Safari on iPhone"},
	    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0 Safari/537.36 Edg/126.0",
	        "Edge on Windows"},
	    {"Mozilla/5.0 (Linux; Android 14) Chrome/126.0 Mobile Safari/537.36", "Chrome on Android"},
	    {"Something on Windows", "Browser on Windows"}, {"curl/7.88.1", "curl"}, {"", ""}};
	char label[AGENT_LABEL];

	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		agent_label(str_of(pairs[i][0]), label);
		assert_string_equal(label, pairs[i][1]);
	}
}

static void
AD7_no_cell_is_a_formula(void **state)
{
	static const char *const pairs[][2] = {{"=1+1", "\"'=1+1\""}, {"+33 1", "\"'+33 1\""}, {"-2", "-2"},
	    {"-2+3", "\"'-2+3\""}, {"@SUM(A1)", "\"'@SUM(A1)\""}, {"\tx", "\"'\tx\""}, {"\rx", "\"'\rx\""},
	    {"a,b", "\"a,b\""}, {"say \"a\"", "\"say \"\"a\"\"\""}, {"plain", "plain"},
	    {"two\nlines", "\"two\nlines\""}};

	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		struct buf out = BUF_EMPTY;

		csv_put(&out, str_of(pairs[i][0]));
		buf_putc(&out, '\0');
		assert_string_equal(out.data, pairs[i][1]);
		buf_free(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(LG4_lengths_from_8_to_1024_bytes),
	    cmocka_unit_test(LG4_every_byte_counts),
	    cmocka_unit_test(LG5_hostile_costs_are_refused_before_computing),
	    cmocka_unit_test(LG5_weaker_hashes_are_made_again),
	    cmocka_unit_test(LG1_no_hash_costs_the_same),
	    cmocka_unit_test(LG13_three_thousand_common_ones_are_refused),
	    cmocka_unit_test(LG2_tries_are_put_off_never_locked),
	    cmocka_unit_test(LG3_computing_lets_readers_go_first),
	    cmocka_unit_test(LG3_memory_is_given_back_when_nobody_signs_in),
	    cmocka_unit_test(LG3_the_unit_lets_it_lower_its_priority),
	    cmocka_unit_test(labels_say_what_readers_know),
	    cmocka_unit_test(AD7_no_cell_is_a_formula),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
