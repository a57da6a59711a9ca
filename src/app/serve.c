/* serve.c: the daemon: starts whole or not at all, reloads on SIGHUP, drains on SIGTERM. */
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/boot.h"
#include "app/cli.h"
#include "app/notify.h"
#include "app/sandbox.h"
#include "app/verbs.h"
#include "app/watch.h"
#include "base/clock.h"
#include "base/log.h"
#include "store/migrate.h"
#include "web/crawler_asks.h"
#include "web/fastcgi.h"
#include "web/fastcgi_listen.h"
#include "web/cache_room.h"
#include "web/polish.h"
#include "web/router.h"

#define DRAIN_MS 10000
#define HEAP_STEP (64 * 1024)
#define HEAPS 2
#define KEYS_RETRY_US ((int64_t)30000000)

struct daemon {
	const struct cli *cli;
	struct site site;
	struct watch *watch;
	struct fastcgi *pool;
	int listen_fd;
	bool owned;
	int64_t fed_at;        /* ticks of the last WATCHDOG=1 */
	int64_t keys_retry_at; /* ticks; a key folder that was refused is not read again before */
};

static void *
thread_start(void *site)
{
	return context_new(site);
}

static void
thread_end(void *context)
{
	context_free(context);
}

static struct fastcgi_options
pool_options(struct daemon *d)
{
	const struct config *cfg = &d->site.setup->config;

	return (struct fastcgi_options){.listen_fd = d->listen_fd,
	    .threads = (unsigned)cfg->threads,
	    .lane_threads = PASSWORD_AT_ONCE,
	    .timeout_s = (unsigned)cfg->timeout_s,
	    .peer_uid = cfg->peer_uid,
	    .site = &d->site,
	    .thread_start = thread_start,
	    .thread_end = thread_end,
	    .handle = router_handle};
}

static enum err
check_database(const struct config *cfg, struct fault *f)
{
	struct db *db = NULL;
	enum err e = db_open(&db, cfg->database, DB_PUBLIC, false, f);

	if (e == ERR_NONE)
		e = migrate_check(db, cfg, f);
	db_close(db);
	return e;
}

static enum err
site_start(struct daemon *d, struct fault *f)
{
	const struct config *cfg = &d->site.setup->config;
	enum err e = check_database(cfg, f);

	(void)pthread_mutex_init(&d->site.lock, NULL);
	atomic_store(&d->site.generation, 1);
	d->site.guard = (struct auth_guard){password_gate_new(PASSWORD_QUIET_US), throttle_new()};
	d->site.counters = counters_new();
	if (e == ERR_NONE &&
	    (d->site.guard.gate == NULL || d->site.guard.throttle == NULL || d->site.counters == NULL))
		e = ERR_MEMORY;
	if (e == ERR_NONE)
		e = usage_open(&d->site.usage);
	if (e == ERR_NONE && cfg->crawler_names[0] != '\0' && (d->site.asks = crawler_asks_new()) == NULL)
		e = ERR_MEMORY;
	if (e == ERR_NONE)
		e = cache_room_pages(&d->site.pages, cfg);
	return e == ERR_NONE ? paywall_open(&d->site.paywall, (size_t)cfg->cache_facts) : e;
}

static void
site_end(struct daemon *d)
{
	counters_free(d->site.counters);
	paywall_close(d->site.paywall);
	coverage_release(d->site.coverage);
	crawlers_release(d->site.crawlers);
	crawler_asks_free(d->site.asks);
	usage_close(d->site.usage);
	memo_close(d->site.pages);
	password_gate_free(d->site.guard.gate);
	throttle_free(d->site.guard.throttle);
	setup_release(d->site.setup);
	(void)pthread_mutex_destroy(&d->site.lock);
}

/* Heaps grow by more than a page of ours at a time, and do not shrink for every one that goes. Two for all threads: a
 * heap for each leaves holes in each, and a page found in the cache needs none. */
static void
set_heap(void)
{
	(void)mallopt(M_ARENA_MAX, HEAPS);
	(void)mallopt(M_TOP_PAD, HEAP_STEP);
	(void)mallopt(M_TRIM_THRESHOLD, 2 * HEAP_STEP);
}

/* Signals are taken by the main thread alone, in sigtimedwait: a worker's answer is never cut short. */
static sigset_t
block_signals(void)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);
	(void)pthread_sigmask(SIG_BLOCK, &set, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	return set;
}

static bool
reload(struct daemon *d, const char *why)
{
	const struct config *old = &d->site.setup->config;
	struct fault f = {""};
	struct setup *fresh = NULL;

	notify_send("RELOADING=1");
	if (boot_setup(&fresh, d->cli->config_file, d->cli->sets, d->cli->set_count, &f) != ERR_NONE) {
		fresh = NULL;
		LOG_ERROR("reload_refused", LOG_CSTR("why", why), LOG_CSTR("reason", f.text));
	} else {
		if (strcmp(old->database, fresh->config.database) != 0 ||
		    strcmp(old->socket, fresh->config.socket) != 0 || old->threads != fresh->config.threads ||
		    old->cache_pages != fresh->config.cache_pages ||
		    old->cache_disk != fresh->config.cache_disk)
			LOG_WARNING(
			    "reload", LOG_CSTR("note", "database, socket, threads and cache need a restart"));
		site_publish(&d->site, fresh);
		LOG_INFO("reloaded", LOG_CSTR("why", why));
	}
	notify_send("READY=1");
	return fresh != NULL;
}

static void
follow_keys(struct daemon *d)
{
	if (clock_ticks() < d->keys_retry_at ||
	    !keyring_is_stale(d->site.setup->keyring, d->site.setup->config.keys))
		return;
	if (!reload(d, "keys"))
		d->keys_retry_at = clock_ticks() + KEYS_RETRY_US;
}

/* The service manager hears from us only while every thread comes round. */
static void
feed_watchdog(struct daemon *d, int64_t every)
{
	if (every == 0 || clock_ticks() - d->fed_at < every)
		return;
	if (fastcgi_alive(d->pool) < (unsigned)d->site.setup->config.threads || !watch_moves(d->watch))
		return;
	notify_send("WATCHDOG=1");
	d->fed_at = clock_ticks();
}

static void
run(struct daemon *d, const sigset_t *signals)
{
	const struct timespec second = {.tv_sec = 1};
	int64_t watchdog = notify_watchdog();

	for (;;) {
		int got = sigtimedwait(signals, NULL, &second);

		if (got == SIGTERM || got == SIGINT)
			return;
		if (got == SIGHUP)
			(void)reload(d, "SIGHUP");
		else
			follow_keys(d);
		feed_watchdog(d, watchdog);
	}
}

static enum err
serve(struct daemon *d, struct fault *f)
{
	struct setup *first = d->site.setup; /* held: a reload gives the site another one */
	const struct config *cfg = &first->config;
	sigset_t signals = block_signals();
	struct fastcgi_options options;
	enum err e = fastcgi_listen(cfg->socket, (unsigned)cfg->socket_mode, &d->listen_fd, &d->owned, f);

	if (e != ERR_NONE)
		return e;
	options = pool_options(d);
	atomic_fetch_add(&first->refs, 1);
	if ((e = sandbox_enter(f)) != ERR_NONE || (e = watch_start(&d->watch, &d->site, f)) != ERR_NONE)
		goto close_socket;
	cache_room_deepen(d->site.pages, d->site.paywall, cfg);
	if ((e = polish_start(&d->site.polish, d->site.pages)) != ERR_NONE ||
	    (e = fastcgi_start(&d->pool, &options, f)) != ERR_NONE)
		goto stop_watch;
	LOG_INFO("serving", LOG_CSTR("socket", d->owned ? cfg->socket : "passed"),
	    LOG_NUM("threads", cfg->threads));
	notify_send("READY=1");
	run(d, &signals);
	notify_send("STOPPING=1");
	if (!fastcgi_stop(d->pool, DRAIN_MS)) {
		LOG_ERROR("stop", LOG_CSTR("reason", "a thread did not come back"));
		_exit(CLI_REFUSED);
	}
	LOG_INFO("stopped", LOG_CSTR("by", "signal"));
stop_watch:
	polish_stop(d->site.polish);
	watch_stop(d->watch);
close_socket:
	(void)close(d->listen_fd);
	if (d->owned && unlink(cfg->socket) != 0)
		LOG_WARNING("socket", LOG_CSTR("reason", strerror(errno)));
	setup_release(first);
	return e;
}

int
cli_serve(struct cli *cli)
{
	struct daemon d = {.cli = cli, .listen_fd = -1};
	bool check = cli_flag(cli, "--check-config");
	struct fault f = {""};
	enum err e;

	if (!cli_arguments(cli, 0, 0))
		return cli_usage(cli);
	set_heap();
	if (boot_setup(&d.site.setup, cli->config_file, cli->sets, cli->set_count, &f) != ERR_NONE) {
		(void)cli_fail(ERR_INVALID, &f);
		return CLI_CONFIG;
	}
	if (check) {
		setup_release(d.site.setup);
		printf("configuration, templates and keys are good\n");
		return CLI_OK;
	}
	e = site_start(&d, &f);
	if (e == ERR_NONE && fastcgi_is_cgi()) {
		struct fastcgi_options options = pool_options(&d);

		e = fastcgi_cgi(&options);
	} else if (e == ERR_NONE) {
		e = serve(&d, &f);
	}
	site_end(&d);
	return e == ERR_NONE ? CLI_OK : cli_fail(e, &f);
}
