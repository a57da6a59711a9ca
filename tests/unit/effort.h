/* effort.h: what something costs, in processor time of this thread: that says nothing of how busy the machine is. One
 * measurement is as good as none; take the least of several, and compare it with other work of the same run. */
#ifndef TEST_EFFORT_H
#define TEST_EFFORT_H

#include <stdint.h>
#include <time.h>

#define EFFORT_TRIES 5

static inline int64_t
effort_now(void) /* nanoseconds */
{
	struct timespec t;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static inline int64_t
effort_of(void (*act)(void *arg), void *arg)
{
	int64_t least = INT64_MAX;

	for (int i = 0; i < EFFORT_TRIES; i++) {
		int64_t began = effort_now(), took;

		act(arg);
		took = effort_now() - began;
		least = took < least ? took : least;
	}
	return least;
}

#endif
