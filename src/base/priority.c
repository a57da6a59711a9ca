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

void
priority_give_way(void)
{
	lower(PRIORITY_LOW);
}

void
priority_stand_back(void)
{
	lower(PRIORITY_BEHIND);
}

unsigned
priority_at_once(unsigned most)
{
	long half = sysconf(_SC_NPROCESSORS_ONLN) / 2;

	return half < 1 ? 1 : half > (long)most ? most : (unsigned)half;
}
