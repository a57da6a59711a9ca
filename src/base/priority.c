/* priority.c: what Linux's scheduler is told. */
#include "base/priority.h"

#include <sched.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* From Linux 6.12 on whoever wakes with a shorter turn than this goes first at once; older ones take no notice. */
#define TURN_NS 100000000

/* Never above what we were started with. */
static void
lower(int nice)
{
	int own = getpriority(PRIO_PROCESS, (id_t)gettid());
	/* sched_setattr(2), for which the C library has no name. */
	struct {
		uint32_t size, policy;
		uint64_t flags;
		int32_t nice;
		uint32_t priority;
		uint64_t runtime, deadline, period;
	} attr = {
	    .size = sizeof attr, .policy = SCHED_BATCH, .nice = own > nice ? own : nice, .runtime = TURN_NS};

	if (syscall(SYS_sched_setattr, 0, &attr, 0) != 0)
		(void)setpriority(PRIO_PROCESS, (id_t)gettid(), attr.nice);
}

/* Those of the process's first thread, which a thread that stands back already does not halve again. 0: unknown. */
static unsigned
allowed(cpu_set_t *set)
{
	return sched_getaffinity(getpid(), sizeof *set, set) == 0 ? (unsigned)CPU_COUNT(set) : 0;
}

static void
keep_to_upper_half(void)
{
	cpu_set_t all, upper;
	unsigned n = allowed(&all), left = n - n / 2;

	if (n < 2)
		return;
	CPU_ZERO(&upper);
	for (size_t i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &all)) {
			if (left == 0)
				CPU_SET(i, &upper);
			else
				left--;
		}
	(void)sched_setaffinity(0, sizeof upper, &upper); /* as it was, where that is forbidden */
}

void
priority_give_way(void)
{
	keep_to_upper_half();
	lower(PRIORITY_LOW);
}

void
priority_stand_back(void)
{
	keep_to_upper_half();
	lower(PRIORITY_BEHIND);
}

unsigned
priority_at_once(unsigned most)
{
	cpu_set_t all;
	unsigned half = allowed(&all) / 2;

	return half < 1 ? 1 : half > most ? most : half;
}
