/* wait.c: conditions by the monotonic clock. */
#include "base/wait.h"

#include <time.h>

bool
wait_open(pthread_cond_t *cond)
{
	pthread_condattr_t attr;
	bool ok;

	if (pthread_condattr_init(&attr) != 0)
		return false;
	ok = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0 && pthread_cond_init(cond, &attr) == 0;
	(void)pthread_condattr_destroy(&attr);
	return ok;
}

bool
wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t ticks)
{
	const struct timespec until = {.tv_sec = ticks / 1000000, .tv_nsec = ticks % 1000000 * 1000};

	return pthread_cond_timedwait(cond, lock, &until) == 0;
}
