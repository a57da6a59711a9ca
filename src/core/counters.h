/* counters.h: what was shown, counted in memory as sums a day; never who. */
#ifndef CORE_COUNTERS_H
#define CORE_COUNTERS_H

#include "base/err.h"
#include "base/str.h"

enum counter {
	COUNTER_FULL,        /* the whole text of an article that is not public, or of a public one */
	COUNTER_WALL,        /* the teaser and its panel; registration walls too (F4) */
	COUNTER_WALL_SEARCH, /* the same, to a visitor whom a search engine sent (F6) */
	COUNTER_CREDIT,
	COUNTER_GIFT,
	COUNTER_OFFER, /* the plans were looked at, from the article */
	COUNTER_SIGN_IN,
	COUNTER_ACCOUNT,
	COUNTER_SUBSCRIBE,
	COUNTER_NEWSLETTER,
	COUNTER_COUNT
};
const char *counter_name(enum counter c); /* as the table's kind */

int64_t counters_day(int64_t at); /* 20261123, local */

struct counters; /* shared by all threads */

struct counters *counters_new(void);    /* NULL: out of memory */
void counters_free(struct counters *c); /* NULL is fine; what was not taken is gone */

/* One more. article_id 0: the site. When too many articles are counted at once the rest is let go. c may be NULL. */
void counters_add(struct counters *c, enum counter kind, int64_t article_id, int64_t now);

struct counter_sum {
	int64_t day; /* 20261123, local */
	enum counter kind;
	int64_t article_id, n;
};

/* Takes all sums out, COUNTERS_MAX at most; what could not be stored is given back with counters_return. */
#define COUNTERS_MAX ((size_t)4096)
size_t counters_take(struct counters *c, struct counter_sum *out);
void counters_return(struct counters *c, const struct counter_sum *sums, size_t n);

/* Whether a Referer names a search engine: only this yes or no is ever kept. */
bool counters_from_search(struct str referer);

#endif
