/* metrics.h: counters and gauges for Prometheus; label values come from closed sets only. */
#ifndef BASE_METRICS_H
#define BASE_METRICS_H

#include "base/buf.h"

enum metric {
	METRIC_REQUESTS_2XX,
	METRIC_REQUESTS_3XX,
	METRIC_REQUESTS_4XX,
	METRIC_REQUESTS_5XX,
	METRIC_DECISIONS_FULL,
	METRIC_DECISIONS_TEASER,
	METRIC_SESSIONS_VALID,
	METRIC_SESSIONS_REFUSED,
	METRIC_CACHE_HITS,
	METRIC_CACHE_MISSES,
	METRIC_CACHE_EVICTIONS,
	METRIC_CACHE_BYTES,
	METRIC_CACHE_RETURNS,
	METRIC_CACHE_DISK,
	METRIC_FACTS_HITS,
	METRIC_FACTS_MISSES,
	METRIC_DB_BUSY,
	METRIC_ACCEPT_PAUSES,
	METRIC_CONNECTIONS,
	METRIC_RENDERS,
	METRIC_CHANGES_SEEN,
	METRIC_LOG_DROPPED,
	METRIC_JOURNAL_BYTES,
	METRIC_COUNT
};

void metrics_add(enum metric m, int64_t n); /* gauges go down by a negative n */
void metrics_set(enum metric m, int64_t n); /* for what is counted elsewhere, before it is written */
int64_t metrics_get(enum metric m);
void metrics_observe(int64_t microseconds); /* one request's time, into fixed buckets 0.5 ms … 5 s */

/* Appends the exposition format, version 0.0.4. */
void metrics_write(struct buf *out, const char *version);

#endif
