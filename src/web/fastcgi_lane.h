/* fastcgi_lane.h: a lane beside the pool for requests that write or compute: few threads behind a bounded
 * queue, so that however many readers sign in at once, those who read do not wait behind them (LG3). */
#ifndef WEB_FASTCGI_LANE_H
#define WEB_FASTCGI_LANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define LANE_MOST ((size_t)256) /* that wait; the next is told to come again */
/* Who has waited longer for a turn is told so too: nginx gives up after 15 s, and what is computed then is for nobody. */
#define LANE_PATIENCE_US ((int64_t)10000000)

struct lane;

struct lane_options {
	unsigned threads;
	void *owner, *site;
	void *(*thread_start)(void *site); /* gives what serve gets as context; NULL ends the thread */
	void (*thread_end)(void *context);
	void (*serve)(void *owner, void *item, void *context, bool late); /* late: it has waited too long */
	int64_t (*ticks)(void);                                           /* clock_ticks */
};

enum err lane_start(struct lane **out, const struct lane_options *options, struct fault *f);
bool lane_put(struct lane *lane, void *item); /* false: full, the item stays the caller's */
/* Serves what waits, joins, frees. False when that takes longer than wait_ms: then nothing is freed. NULL is fine. */
bool lane_stop(struct lane *lane, unsigned wait_ms);

#endif
