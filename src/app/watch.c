/* watch.c: ten looks a second at the database. */
#include "app/watch.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "core/indexing.h"
#include "core/publish.h"
#include "store/changes.h"
#include "store/counter_store.h"
#include "store/institution_batch.h"
#include "store/list_store.h"
#include "store/crawler_store.h"
#include "web/crawler_asks.h"
#include "web/invalidate.h"

#define LOOK_MS 50
#define USAGE_US ((int64_t)5000000)
#define USAGE_BATCH ((size_t)256)
#define ASKED_S 3600 /* how long a question waits for a worker */
#define RETRY_US ((int64_t)1000000)
#define FLUSH_US ((int64_t)2000000)
#define JOURNAL_ALARM ((int64_t)64 << 20)
#define ALARM_US ((int64_t)600 * 1000000)

struct watch {
	struct site *site;
	struct setup *setup; /* the one it was started with: paths do not change on reload */
	struct changes *changes;
	struct db *reader, *writer;
	int64_t next_scheduled; /* epoch seconds; INT64_MAX: none */
	int64_t quiet_until;    /* ticks; after a fault, so that it is not logged twenty times a second */
	int64_t flush_at, write_usage_at, alarm_at; /* ticks */
	bool look_for_stale, look_for_schedule, look_for_networks, look_to_index;
	struct counter_sum sums[COUNTERS_MAX];
	pthread_t thread;
	atomic_bool stop, moved;
};

static void
seen(void *arg, const struct change *batch, size_t n)
{
	struct watch *w = arg;

	for (size_t i = 0; i < n; i++) {
		invalidate_change(w->site, w->reader, &batch[i]);
		if (batch[i].kind == CHANGE_ARTICLE || batch[i].kind == CHANGE_EVERYTHING)
			w->look_for_stale = w->look_for_schedule = w->look_to_index = true;
		if (batch[i].kind == CHANGE_EVERYTHING ||
		    (batch[i].kind == CHANGE_INSTITUTION && batch[i].access))
			w->look_for_networks = true;
	}
	metrics_add(METRIC_CHANGES_SEEN, (int64_t)n);
}

static void
complain(struct watch *w, const char *event, const char *reason)
{
	if (clock_ticks() < w->quiet_until)
		return;
	LOG_ERROR(event, LOG_CSTR("reason", reason));
	w->quiet_until = clock_ticks() + 10 * RETRY_US;
}

/* While the networks cannot be read none is covered. */
static bool
follow_networks(struct watch *w)
{
	const struct config *cfg = &w->setup->config;
	const struct cidr_limits limits = {(unsigned)cfg->widest_ipv4, (unsigned)cfg->widest_ipv6};
	struct coverage *fresh = NULL;
	struct crawlers *crawlers = NULL;
	size_t refused = 0;

	if (!w->look_for_networks)
		return true;
	if (coverage_load(&fresh, w->reader, limits, clock_now(), &refused) != ERR_NONE ||
	    (crawlers_wanted(cfg) && crawlers_load(&crawlers, w->reader, clock_now()) != ERR_NONE)) {
		complain(w, "networks", db_message(w->reader));
		coverage_release(fresh);
		site_cover(w->site, NULL, NULL);
		return false;
	}
	w->look_for_networks = false;
	if (refused > 0)
		LOG_WARNING("networks_refused", LOG_NUM("rows", (int64_t)refused));
	site_cover(w->site, fresh, crawlers);
	return true;
}

/* Only now that networks are as the changes say is memory up to date. */
static void
follow_changes(struct watch *w)
{
	int64_t began = clock_ticks();

	if (changes_poll(w->changes, seen, w) == ERR_NONE) {
		(void)follow_networks(w);
		paywall_seen(w->site->paywall, began);
	} else {
		complain(w, "changes", changes_message(w->changes));
	}
}

/* An article whose time has come is in no change_log row of now. */
static void
follow_schedule(struct watch *w)
{
	int64_t now = clock_now();

	if (now >= w->next_scheduled) {
		invalidate_lists(w->site);
		w->look_for_schedule = w->look_to_index = true;
	}
	if (!w->look_for_schedule)
		return;
	switch (list_store_next(w->reader, now, &w->next_scheduled)) {
	case ERR_NONE: w->look_for_schedule = false; break;
	case ERR_NOT_FOUND:
		w->next_scheduled = INT64_MAX;
		w->look_for_schedule = false;
		break;
	default: complain(w, "schedule", db_message(w->reader));
	}
}

static bool
has_writer(struct watch *w)
{
	struct fault f = {""};

	if (w->writer == NULL &&
	    db_open(&w->writer, w->setup->config.database, DB_WRITER, false, &f) != ERR_NONE)
		complain(w, "writer", f.text);
	return w->writer != NULL;
}

static void
render_stale(struct watch *w)
{
	struct fault f = {""};

	if (!w->look_for_stale || !has_writer(w))
		return;
	if (publish_stale(w->writer, &w->setup->config, &f) == ERR_NONE)
		w->look_for_stale = false;
	else
		complain(w, "render_stale", f.text);
}

/* One step a round, so that the caches never wait for long. */
static void
index_some(struct watch *w)
{
	struct fault f = {""};
	bool waits = false;
	enum err e;

	if (!w->look_to_index)
		return;
	e = indexing_waits(w->reader, clock_now(), &waits, &f);
	if (e == ERR_NONE && waits && has_writer(w))
		e = indexing_step(w->writer, clock_now(), &waits, &f);
	if (e == ERR_NONE)
		w->look_to_index = waits;
	else
		complain(w, "index", f.text);
}

static void
touch_sessions(struct watch *w)
{
	int64_t id;

	while (paywall_next_touch(w->site->paywall, &id) && has_writer(w)) {
		const struct change change = {.kind = CHANGE_SESSION, .ref = id};

		if (session_store_touch(w->writer, id, clock_now(), NULL) != ERR_NONE)
			break; /* locked for two seconds: the others would wait as long, and changes with them */
		paywall_forget(w->site->paywall, &change);
	}
}

static enum err
store_sums(struct db *db, const struct counter_sum *sums, size_t n)
{
	enum err e = db_begin(db);

	for (size_t i = 0; e == ERR_NONE && i < n; i++)
		e = counter_store_add(
		    db, sums[i].day, str_of(counter_name(sums[i].kind)), sums[i].article_id, sums[i].n);
	if (e == ERR_NONE)
		return db_commit(db);
	db_rollback(db);
	return e;
}

/* What was counted since the last time, in one transaction. */
static void
flush_counters(struct watch *w)
{
	size_t n;

	w->flush_at = clock_ticks() + FLUSH_US;
	if (!has_writer(w))
		return;
	n = counters_take(w->site->counters, w->sums);
	if (n > 0 && store_sums(w->writer, w->sums, n) != ERR_NONE) {
		complain(w, "counters", db_message(w->writer));
		counters_return(w->site->counters, w->sums, n);
	}
}

static enum err
store_usage(struct db *db, const struct usage_sum *sums, size_t n)
{
	struct clock_date today = clock_local(clock_now());
	char month[16];
	enum err e = db_begin(db);

	(void)snprintf(month, sizeof month, "%04d-%02d", today.year % 10000, today.month % 100);
	for (size_t i = 0; e == ERR_NONE && i < n; i++)
		e = institution_usage_add(db, sums[i].institution_id, str_of(month),
		    sums[i].source == SOURCE_SEAT ? "seat" : "network", sums[i].opened);
	if (e == ERR_NONE)
		return db_commit(db);
	db_rollback(db);
	return e;
}

/* Sums that were counted in memory go to their month; while that cannot be written they stay. */
static void
flush_usage(struct watch *w)
{
	struct usage_sum sums[USAGE_BATCH];
	size_t n;

	w->write_usage_at = clock_ticks() + USAGE_US;
	if (!has_writer(w))
		return;
	n = usage_take(w->site->usage, sums, USAGE_BATCH);
	if (n > 0 && store_usage(w->writer, sums, n) != ERR_NONE) {
		complain(w, "usage", db_message(w->writer));
		usage_return(w->site->usage, sums, n);
	}
}

/* What calls itself a search engine is looked up by the worker. */
static void
pass_on_asks(struct watch *w)
{
	char network[CIDR_TEXT];

	while (crawler_asks_next(w->site->asks, network) && has_writer(w))
		if (crawler_store_ask(w->writer, str_of(network), clock_now() + ASKED_S) != ERR_NONE) {
			complain(w, "crawlers", db_message(w->writer));
			break;
		}
}

/* Somebody has read one state for too long, as a shell that was left open does: the changes since cannot be taken into
 * the database and the disk fills up (FT7). */
static void
look_at_journal(struct watch *w)
{
	int64_t bytes = db_journal_bytes(w->reader);

	metrics_set(METRIC_JOURNAL_BYTES, bytes);
	if (bytes >= JOURNAL_ALARM && clock_ticks() >= w->alarm_at) {
		LOG_WARNING("journal_grows", LOG_NUM("bytes", bytes),
		    LOG_CSTR("note", "a program holds an old state of the database open"));
		w->alarm_at = clock_ticks() + ALARM_US;
	}
}

static void *
watch_main(void *arg)
{
	struct watch *w = arg;

	(void)pthread_setname_np(pthread_self(), "watch");
	while (!atomic_load(&w->stop)) {
		follow_changes(w);
		follow_schedule(w);
		render_stale(w);
		index_some(w);
		touch_sessions(w);
		pass_on_asks(w);
		if (clock_ticks() >= w->flush_at)
			flush_counters(w);
		if (clock_ticks() >= w->write_usage_at)
			flush_usage(w);
		look_at_journal(w);
		atomic_store(&w->moved, true);
		clock_sleep_ms(LOOK_MS);
	}
	flush_counters(w);
	flush_usage(w);
	return NULL;
}

enum err
watch_start(struct watch **out, struct site *site, struct fault *f)
{
	struct watch *w = calloc(1, sizeof *w);
	enum err e;

	if (w == NULL)
		return fault_set(f, ERR_MEMORY, "no memory for the change reader");
	w->site = site;
	w->setup = site->setup;
	atomic_fetch_add(&w->setup->refs, 1);
	w->look_for_stale = w->look_for_schedule = w->look_for_networks = w->look_to_index = true;
	w->next_scheduled = INT64_MAX;
	e = changes_open(&w->changes, w->setup->config.database, f);
	if (e == ERR_NONE)
		e = db_open(&w->reader, w->setup->config.database, DB_PUBLIC, false, f);
	if (e == ERR_NONE && !follow_networks(w))
		e = fault_set(f, ERR_INTERNAL, "the networks cannot be read");
	if (e == ERR_NONE && pthread_create(&w->thread, NULL, watch_main, w) != 0)
		e = fault_set(f, ERR_INTERNAL, "no thread can be started");
	if (e == ERR_NONE) {
		*out = w;
		return ERR_NONE;
	}
	db_close(w->reader);
	changes_close(w->changes);
	setup_release(w->setup);
	free(w);
	return e;
}

void
watch_stop(struct watch *w)
{
	if (w == NULL)
		return;
	atomic_store(&w->stop, true);
	(void)pthread_join(w->thread, NULL);
	db_close(w->reader);
	db_close(w->writer);
	changes_close(w->changes);
	setup_release(w->setup);
	free(w);
}

bool
watch_moves(struct watch *w)
{
	return atomic_exchange(&w->moved, false);
}
