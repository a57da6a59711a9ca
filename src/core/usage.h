/* usage.h: how many articles are opened by institutions, counted in memory until they are written down. No names. */
#ifndef CORE_USAGE_H
#define CORE_USAGE_H

#include "base/err.h"
#include "core/entitlement.h"

struct usage;

struct usage_sum {
	int64_t institution_id;
	enum period_source source; /* SOURCE_SEAT or SOURCE_NETWORK */
	int64_t opened;
};

enum err usage_open(struct usage **out);
void usage_close(struct usage *u); /* NULL is fine */

/* Counts a decision that an institution's contract has made. Any thread. While there are more institutions than there
 * is room for, further ones are not counted. */
void usage_count(struct usage *u, const struct decision *decision);

/* Takes sums out, at most max; 0: none. Any thread. */
size_t usage_take(struct usage *u, struct usage_sum *out, size_t max);
void usage_return(
    struct usage *u, const struct usage_sum *sums, size_t n); /* what could not be written down */

#endif
