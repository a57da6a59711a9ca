/* fastcgi_lane.c: requests that write wait for each other, not readers for them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/priority.h"
#include "web/fastcgi_lane.h"

struct seen {
	_Atomic int served, late, held, policy, nice, processors;
	atomic_bool go; /* the first one waits for it */
};

static _Atomic int64_t time_now; /* what the lanes take for the time */

static int64_t
ticks(void)
{
	return atomic_load(&time_now);
}

static void *
start(void *site)
{
	return site;
}

static void
end(void *context)
{
	(void)context;
}

static void
serve(void *owner, void *item, void *context, bool late)
{
	struct seen *seen = owner;
	cpu_set_t set;

	assert_ptr_equal(context, seen);
	if (item == seen)
		for (atomic_fetch_add(&seen->held, 1); !atomic_load(&seen->go);)
			clock_sleep_ms(1);
	atomic_store(&seen->policy, sched_getscheduler(0));
	atomic_store(&seen->nice, getpriority(PRIO_PROCESS, (id_t)gettid()));
	if (sched_getaffinity(0, sizeof set, &set) == 0)
		atomic_store(&seen->processors, CPU_COUNT(&set));
	atomic_fetch_add(&seen->late, late ? 1 : 0);
	atomic_fetch_add(&seen->served, 1);
}

static struct lane *
open_lane(struct seen *seen)
{
	struct lane *lane = NULL;
	struct fault f = {""};
	const struct lane_options options = {1, seen, seen, start, end, serve, ticks};

	memset(seen, 0, sizeof *seen);
	atomic_store(&seen->policy, -1);
	assert_int_equal(lane_start(&lane, &options, &f), ERR_NONE);
	return lane;
}

static void
LG3_signing_in_lets_readers_go_first(void **state)
{
	int own = getpriority(PRIO_PROCESS, 0);
	struct seen seen;
	struct lane *lane = open_lane(&seen);

	(void)state;
	assert_true(lane_put(lane, &lane));
	assert_true(lane_stop(lane, 10000));
	assert_int_equal(atomic_load(&seen.served), 1);
	assert_int_equal(atomic_load(&seen.policy), SCHED_BATCH);
	assert_int_equal(atomic_load(&seen.processors), priority_at_once(CPU_SETSIZE)); /* half of them */
	assert_int_equal(atomic_load(&seen.nice), own > PRIORITY_BEHIND ? own : PRIORITY_BEHIND);
	assert_true(PRIORITY_BEHIND <
	            PRIORITY_LOW); /* it holds what readers wait for: never as far back as computing */
	assert_int_equal(getpriority(PRIO_PROCESS, 0), own); /* the lane's threads alone */
}

/* The lane's one thread is at work and does not come back before seen.go. */
static void
hold(struct lane *lane, struct seen *seen)
{
	assert_true(lane_put(lane, seen));
	while (atomic_load(&seen->held) == 0)
		clock_sleep_ms(1);
}

static void
LG3_the_queue_is_bounded(void **state)
{
	struct seen seen;
	struct lane *lane = open_lane(&seen);
	size_t taken = 0;

	(void)state;
	hold(lane, &seen);
	while (taken <= LANE_MOST && lane_put(lane, &lane))
		taken++;
	assert_int_equal(taken, LANE_MOST);
	atomic_store(&seen.go, true);
	assert_true(lane_stop(lane, 10000));
	assert_int_equal(atomic_load(&seen.served), (int)LANE_MOST + 1);
}

static void
LG3_who_waited_too_long_is_told_to_come_again(void **state)
{
	struct seen seen;
	struct lane *lane = open_lane(&seen);

	(void)state;
	hold(lane, &seen);
	for (int i = 0; i < 3; i++)
		assert_true(lane_put(lane, &lane));
	atomic_fetch_add(&time_now, 1);
	assert_true(lane_put(lane, &lane));
	atomic_fetch_add(&time_now, LANE_PATIENCE_US);
	assert_true(lane_put(lane, &lane));
	atomic_store(&seen.go, true);
	assert_true(lane_stop(lane, 10000));
	assert_int_equal(atomic_load(&seen.served), 6);
	assert_int_equal(atomic_load(&seen.late), 3); /* not the fourth, whose ten seconds are just over */
}

static void
LG3_who_took_long_to_serve_is_not_late(void **state)
{
	struct seen seen;
	struct lane *lane = open_lane(&seen);

	(void)state;
	hold(lane, &seen);
	atomic_fetch_add(&time_now, 2 * LANE_PATIENCE_US);
	atomic_store(&seen.go, true);
	assert_true(lane_stop(lane, 10000));
	assert_int_equal(atomic_load(&seen.late), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(LG3_signing_in_lets_readers_go_first),
	    cmocka_unit_test(LG3_the_queue_is_bounded),
	    cmocka_unit_test(LG3_who_waited_too_long_is_told_to_come_again),
	    cmocka_unit_test(LG3_who_took_long_to_serve_is_not_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
