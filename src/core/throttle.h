/* throttle.h: how often something may be tried: a burst, then one a while. Delay, never a lockout: tries that are
 * refused do not count, so that the wait is never longer than one interval. */
#ifndef CORE_THROTTLE_H
#define CORE_THROTTLE_H

#include "base/str.h"

struct throttle;
struct throttle *throttle_new(void); /* NULL: no memory. Shared by threads; of this process alone. */
void throttle_free(struct throttle *t);

struct throttle_rule {
	const char *name; /* with the key it names what is counted */
	struct str key;
	int64_t burst, interval_us;
};

/* Counts one try under all rules, or under none: 0, or the microseconds until the next try is worth it. */
int64_t throttle_try(struct throttle *t, const struct throttle_rule *rules, size_t n, int64_t now_us);
/* Takes the try back: it turned out to be the owner's. */
void throttle_return(struct throttle *t, const struct throttle_rule *rules, size_t n);

#endif
