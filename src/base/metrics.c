/* metrics.c: atomic counters, written as Prometheus text. */
#include "base/metrics.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>

static const struct {
	const char *family, *labels, *type, *help; /* rows of one family stand together; help on the first */
} rows[] = {
    [METRIC_REQUESTS_2XX] = {"poterne_http_requests_total", "{code=\"2xx\"}", "counter",
        "Requests answered."},
    [METRIC_REQUESTS_3XX] = {"poterne_http_requests_total", "{code=\"3xx\"}", "counter", NULL},
    [METRIC_REQUESTS_4XX] = {"poterne_http_requests_total", "{code=\"4xx\"}", "counter", NULL},
    [METRIC_REQUESTS_5XX] = {"poterne_http_requests_total", "{code=\"5xx\"}", "counter", NULL},
    [METRIC_DECISIONS_FULL] = {"poterne_paywall_decisions_total", "{verdict=\"full\"}", "counter",
        "Verdicts."},
    [METRIC_DECISIONS_TEASER] = {"poterne_paywall_decisions_total", "{verdict=\"teaser\"}", "counter", NULL},
    [METRIC_SESSIONS_VALID] = {"poterne_sessions_checked_total", "{result=\"valid\"}", "counter", "Tokens."},
    [METRIC_SESSIONS_REFUSED] = {"poterne_sessions_checked_total", "{result=\"refused\"}", "counter", NULL},
    [METRIC_CACHE_HITS] = {"poterne_cache_hits_total", "", "counter", "Pages found in the page cache."},
    [METRIC_CACHE_MISSES] = {"poterne_cache_misses_total", "", "counter", "Pages not found in it."},
    [METRIC_CACHE_EVICTIONS] = {"poterne_cache_evictions_total", "", "counter", "Pages dropped for room."},
    [METRIC_CACHE_BYTES] = {"poterne_cache_bytes", "", "gauge", "Bytes held by the page cache."},
    [METRIC_CACHE_RETURNS] = {"poterne_cache_returns_total", "", "counter",
        "Pages that came back from disk."},
    [METRIC_CACHE_DISK] = {"poterne_cache_disk_bytes", "", "gauge", "Bytes of the page cache's file."},
    [METRIC_FACTS_HITS] = {"poterne_facts_hits_total", "", "counter", "Reader facts found in memory."},
    [METRIC_FACTS_MISSES] = {"poterne_facts_misses_total", "", "counter", "Reader facts read from tables."},
    [METRIC_DB_BUSY] = {"poterne_db_busy_total", "", "counter", "Statements that found the database locked."},
    [METRIC_ACCEPT_PAUSES] = {"poterne_accept_pauses_total", "", "counter",
        "Accepts delayed for want of descriptors."},
    [METRIC_CONNECTIONS] = {"poterne_connections", "", "gauge", "FastCGI connections open."},
    [METRIC_RENDERS] = {"poterne_renders_total", "", "counter", "Pages rendered from templates."},
    [METRIC_CHANGES_SEEN] = {"poterne_changes_total", "", "counter", "Rows of change_log applied."},
    [METRIC_JOURNAL_BYTES] = {"poterne_database_journal_bytes", "", "gauge",
        "Changes beside the database file."},
    [METRIC_LOG_DROPPED] = {"poterne_log_dropped_total", "", "counter",
        "Log lines that could not be written."},
};
_Static_assert(sizeof rows / sizeof *rows == METRIC_COUNT, "describe every metric");

static const int64_t bounds[] = {
    500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000, 2500000, 5000000};
#define BOUNDS (sizeof bounds / sizeof *bounds)

static _Atomic int64_t values[METRIC_COUNT];
static _Atomic int64_t buckets[BOUNDS + 1];
static _Atomic int64_t observed_sum;

void
metrics_add(enum metric m, int64_t n)
{
	atomic_fetch_add_explicit(&values[m], n, memory_order_relaxed);
}

void
metrics_set(enum metric m, int64_t n)
{
	atomic_store_explicit(&values[m], n, memory_order_relaxed);
}

int64_t
metrics_get(enum metric m)
{
	return atomic_load_explicit(&values[m], memory_order_relaxed);
}

void
metrics_observe(int64_t microseconds)
{
	size_t i = 0;

	while (i < BOUNDS && microseconds > bounds[i])
		i++;
	atomic_fetch_add_explicit(&buckets[i], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&observed_sum, microseconds, memory_order_relaxed);
}

static void
write_histogram(struct buf *out)
{
	static const char name[] = "poterne_http_request_duration_seconds";
	int64_t total = 0;

	buf_printf(
	    out, "# HELP %s Time from request read to answer written.\n# TYPE %s histogram\n", name, name);
	for (size_t i = 0; i < BOUNDS; i++) {
		total += atomic_load(&buckets[i]);
		buf_printf(out, "%s_bucket{le=\"%g\"} %" PRId64 "\n", name, (double)bounds[i] / 1e6, total);
	}
	total += atomic_load(&buckets[BOUNDS]);
	buf_printf(out, "%s_bucket{le=\"+Inf\"} %" PRId64 "\n", name, total);
	buf_printf(out, "%s_sum %.6f\n%s_count %" PRId64 "\n", name, (double)atomic_load(&observed_sum) / 1e6,
	    name, total);
}

void
metrics_write(struct buf *out, const char *version)
{
	for (size_t i = 0; i < METRIC_COUNT; i++) {
		if (rows[i].help != NULL)
			buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", rows[i].family, rows[i].help,
			    rows[i].family, rows[i].type);
		buf_printf(
		    out, "%s%s %" PRId64 "\n", rows[i].family, rows[i].labels, metrics_get((enum metric)i));
	}
	write_histogram(out);
	buf_printf(out, "# HELP poterne_build_info Version.\n# TYPE poterne_build_info gauge\n");
	buf_printf(out, "poterne_build_info{version=\"%s\"} 1\n", version);
}
