/* priority.c: where threads may run that stand back, read back from the kernel. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/priority.h"

struct seen {
	void (*stand)(void);
	int times;
	cpu_set_t set;
	int nice, policy;
};

static void *
look(void *arg)
{
	struct seen *seen = arg;

	for (int i = 0; i < seen->times; i++)
		seen->stand();
	if (sched_getaffinity(0, sizeof seen->set, &seen->set) != 0)
		CPU_ZERO(&seen->set);
	seen->nice = getpriority(PRIO_PROCESS, (id_t)gettid());
	seen->policy = sched_getscheduler(0);
	return NULL;
}

static struct seen
seen_by(void (*stand)(void), int times)
{
	struct seen seen = {.stand = stand, .times = times};
	pthread_t id;

	assert_int_equal(pthread_create(&id, NULL, look, &seen), 0);
	assert_int_equal(pthread_join(id, NULL), 0);
	return seen;
}

static cpu_set_t
own(void)
{
	cpu_set_t set;

	assert_int_equal(sched_getaffinity(0, sizeof set, &set), 0);
	return set;
}

/* Half of all, rounded down, and all those left out before the first. */
static void
assert_upper_half(const cpu_set_t *set, const cpu_set_t *all)
{
	cpu_set_t both;
	size_t first = 0;
	int before = 0;

	CPU_AND(&both, set, all);
	assert_true(CPU_EQUAL(&both, set));
	assert_int_equal(CPU_COUNT(set), CPU_COUNT(all) / 2);
	while (!CPU_ISSET(first, set))
		before += CPU_ISSET(first++, all) ? 1 : 0;
	assert_int_equal(before, CPU_COUNT(all) - CPU_COUNT(all) / 2);
}

static void
LG3_the_lower_half_of_the_processors_is_left_to_readers(void **state)
{
	void (*const stands[])(void) = {priority_give_way, priority_stand_back};
	cpu_set_t all = own(), still;

	(void)state;
	if (CPU_COUNT(&all) < 2)
		skip();
	for (size_t i = 0; i < 2; i++)
		for (int times = 1; times < 3; times++) { /* the second time takes away no more */
			struct seen seen = seen_by(stands[i], times);

			assert_upper_half(&seen.set, &all);
			assert_int_equal(seen.policy, SCHED_BATCH);
			assert_true(seen.nice >= (i == 0 ? PRIORITY_LOW : PRIORITY_BEHIND));
		}
	still = own();
	assert_true(CPU_EQUAL(&still, &all)); /* who starts them may run everywhere */
	assert_int_equal(priority_at_once(1024), CPU_COUNT(&all) / 2);
	assert_int_equal(priority_at_once(1), 1);
}

/* As a container or CPUAffinity= sets it; of those the upper half, if there are two. */
static void
LG3_of_one_processor_nothing_is_taken(void **state)
{
	cpu_set_t all = own(), one;
	struct seen seen;
	size_t last = CPU_SETSIZE - 1;

	(void)state;
	while (!CPU_ISSET(last, &all))
		last--;
	CPU_ZERO(&one);
	CPU_SET(last, &one);
	assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
	seen = seen_by(priority_give_way, 1);
	assert_int_equal(priority_at_once(1024), 1);
	assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
	assert_true(CPU_EQUAL(&seen.set, &one));
	assert_int_equal(seen.policy, SCHED_BATCH);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(LG3_the_lower_half_of_the_processors_is_left_to_readers),
	    cmocka_unit_test(LG3_of_one_processor_nothing_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
