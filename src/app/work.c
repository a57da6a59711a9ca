/* work.c: the worker: what has to be done without a reader waiting for it. */
#include <signal.h>
#include <time.h>

#include "app/boot.h"
#include "app/cli.h"
#include "app/crawler_work.h"
#include "app/hub.h"
#include "app/institution_work.h"
#include "app/mailroom.h"
#include "app/notify.h"
#include "app/sandbox.h"
#include "app/verbs.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/priority.h"
#include "core/indexing.h"
#include "core/meter.h"
#include "core/newsletter_end.h"
#include "core/billing.h"
#include "core/publish.h"
#include "store/changes.h"
#include "store/outbox_store.h"
#include "store/counter_store.h"
#include "store/gift_store.h"
#include "store/institution_facts.h"
#include "store/meter_store.h"
#include "store/pause_store.h"
#include "store/session_store.h"
#include "store/subscriber_store.h"

#define KEEP_COUNTERS_MONTHS 25
#define MAIL_RETRY_S ((int64_t)60)
#define SCRATCH_BYTES ((size_t)1 << 20)
#define NETWORKS_EVERY_S 600
#define KEEP_ENDED_S (30 * CLOCK_DAY)         /* how long ended sessions and links stay for questions */
#define KEEP_ACCOUNTS_S (3 * 365 * CLOCK_DAY) /* after the last sign-in (CO9) */
#define KEEP_GIFTS_S (90 * CLOCK_DAY)         /* how long gifts stay after their end, for the giver's list */

#define PAYMENTS_US ((int64_t)2000000) /* of each round, so that mail and the rest get their turn */
#define INDEX_US ((int64_t)800000)     /* at a time, so that other jobs have their turn */

struct worker {
	struct db *db;
	const struct config *config;
	const struct setup *setup;
	struct arena arena;
	int64_t networks_seen, networks_due; /* change_log id; epoch seconds */
};

static enum err
render_stale(struct worker *w, struct fault *f)
{
	return publish_stale(w->db, w->config, f);
}

/* The daemon does it too: here it goes on while none runs, and a first index is made faster. */
static enum err
index_articles(struct worker *w, struct fault *f)
{
	int64_t until = clock_ticks() + INDEX_US;
	bool waits = false;
	enum err e = indexing_waits(w->db, clock_now(), &waits, f);

	while (e == ERR_NONE && waits && clock_ticks() < until)
		e = indexing_step(w->db, clock_now(), &waits, f);
	return e;
}

static enum err
tell_hub(struct worker *w, struct fault *f)
{
	return hub_tell(w->db, w->config, clock_now(), f);
}

static enum err
purge_sessions(struct worker *w, struct fault *f)
{
	int64_t n = 0;
	enum err e = session_store_purge(w->db, clock_now(), KEEP_ENDED_S, &n);

	if (e != ERR_NONE)
		return fault_set(f, e, "purge of sessions: %s", db_message(w->db));
	if (n > 0)
		LOG_INFO("purged", LOG_CSTR("what", "sessions"), LOG_NUM("rows", n));
	return ERR_NONE;
}

static enum err
purge_mail(struct worker *w, struct fault *f)
{
	int64_t n = 0;
	enum err e = outbox_store_purge(w->db, clock_now(), KEEP_ENDED_S, &n);

	if (e != ERR_NONE)
		return fault_set(f, e, "purge of mail: %s", db_message(w->db));
	if (n > 0)
		LOG_INFO("purged", LOG_CSTR("what", "mail"), LOG_NUM("rows", n));
	return ERR_NONE;
}

/* AU5: sums are kept for 25 months. */
static enum err
purge_counters(struct worker *w, struct fault *f)
{
	struct clock_date d = clock_local(clock_now());
	int months = d.year * 12 + d.month - 1 - KEEP_COUNTERS_MONTHS;
	int64_t before = (int64_t)(months / 12) * 10000 + (months % 12 + 1) * 100 + d.day, n;
	enum err e = counter_store_purge(w->db, before, &n);

	return e == ERR_NONE ? e : fault_set(f, e, "purge of counters: %s", db_message(w->db));
}

/* What strangers spent goes with its month; what accounts did stays two months longer, for the readers' own questions. */
static enum err
purge_meter(struct worker *w, struct fault *f)
{
	int32_t now = meter_month(clock_now());
	char month[METER_MONTH], keep_from[METER_MONTH];
	int64_t reads = 0, gifts = 0;
	enum err e;

	meter_month_text(now, month);
	meter_month_text(now - 2, keep_from);
	e = meter_store_purge(w->db, str_of(month), str_of(keep_from), &reads);
	if (e == ERR_NONE)
		e = gift_store_purge(w->db, clock_now(), KEEP_GIFTS_S, &gifts);
	if (e != ERR_NONE)
		return fault_set(f, e, "purge of free reads: %s", db_message(w->db));
	if (reads + gifts > 0)
		LOG_INFO("purged", LOG_CSTR("what", "free reads and gifts"), LOG_NUM("rows", reads + gifts));
	return ERR_NONE;
}

/* The time that pauses took comes back as soon as they are over. */
static enum err
settle_pauses(struct worker *w, struct fault *f)
{
	int64_t n = 0;
	enum err e = pause_store_settle(w->db, clock_now(), &n, f);

	if (n > 0)
		LOG_INFO("settled", LOG_CSTR("what", "pauses"), LOG_NUM("rows", n));
	return e;
}

/* Addresses that were never confirmed, and readers who were silent for three years. */
static enum err
purge_newsletters(struct worker *w, struct fault *f)
{
	struct newsletter_desk desk = {.db = w->db,
	    .arena = &w->arena,
	    .config = w->config,
	    .lasting = &w->setup->lasting,
	    .form = STR("worker"),
	    .now = clock_now()};
	int64_t n = 0;
	enum err e = newsletter_purge(&desk, &n, f);

	arena_reset(&w->arena);
	if (e == ERR_NONE && n > 0)
		LOG_INFO("purged", LOG_CSTR("what", "newsletter readers"), LOG_NUM("rows", n));
	return e;
}

/* Three years after the last sign-in, or the end of what was paid: as the page on privacy says. */
static enum err
purge_accounts(struct worker *w, struct fault *f)
{
	int64_t n = 0;
	enum err e = subscriber_store_purge(w->db, clock_now() - KEEP_ACCOUNTS_S, &n);

	if (e != ERR_NONE)
		return fault_set(f, e, "purge of accounts: %s", db_message(w->db));
	if (n > 0)
		LOG_INFO("purged", LOG_CSTR("what", "accounts"), LOG_NUM("rows", n));
	return ERR_NONE;
}

/* Running daemons read rows of the log within a second; a day is kept for one that was stopped. */
static enum err
purge_changes(struct worker *w, struct fault *f)
{
	enum err e = changes_purge(w->db, clock_now());

	return e == ERR_NONE ? e : fault_set(f, e, "purge of change_log: %s", db_message(w->db));
}

static enum err
take_payments(struct worker *w, struct fault *f)
{
	int64_t done = 0;
	enum err e = billing_run(w->db, w->config, clock_now(), PAYMENTS_US, &done, f);

	if (done > 0)
		LOG_INFO("payments", LOG_NUM("messages", done));
	return e;
}

static enum err
purge_payments(struct worker *w, struct fault *f)
{
	int64_t n = 0;
	enum err e = billing_purge(w->db, clock_now(), &n, f);

	if (n > 0)
		LOG_INFO("purged", LOG_CSTR("what", "payments"), LOG_NUM("rows", n));
	return e;
}

/* When one has changed, and now and then since contracts end by themselves. */
static enum err
institution_networks(struct worker *w, struct fault *f)
{
	bool changed = false;
	int64_t now = clock_now();
	enum err e = institution_facts_changed(w->db, &w->networks_seen, &changed);

	if (e != ERR_NONE)
		return fault_set(f, e, "changes of networks: %s", db_message(w->db));
	if (!changed && now < w->networks_due)
		return ERR_NONE;
	w->networks_due = 0; /* again at once unless it is done */
	e = institution_work_networks(w->db, w->config, f);
	if (e == ERR_NONE)
		w->networks_due = now + NETWORKS_EVERY_S;
	return e;
}

static enum err
institution_notices(struct worker *w, struct fault *f)
{
	return institution_work_notices(w->db, w->config, f);
}

static enum err
list_crawlers(struct worker *w, struct fault *f)
{
	return crawler_work_list(w->db, w->config, f);
}

static enum err
look_up_crawlers(struct worker *w, struct fault *f)
{
	return crawler_work_lookups(w->db, w->config, f);
}

/* Every job can be run at any time by any number of workers: what is done twice changes nothing. */
static const struct job {
	const char *name;
	int64_t every_s;
	enum err (*run)(struct worker *w, struct fault *f);
} jobs[] = {
    {"render", 1, render_stale},
    {"payments", 0, take_payments},
    {"institution_networks", 1, institution_networks},
    {"institution_notices", 3600, institution_notices},
    {"index", 1, index_articles},
    {"hub", 5, tell_hub},
    {"purge_sessions", 3600, purge_sessions},
    {"purge_counters", 86400, purge_counters},
    {"purge_meter", 3600, purge_meter},
    {"settle_pauses", 10, settle_pauses},
    {"purge_payments", 3600, purge_payments},
    {"crawlers", 600, list_crawlers},
    {"crawler_lookups", 2, look_up_crawlers},
    {"purge_mail", 3600, purge_mail},
    {"purge_newsletters", 3600, purge_newsletters},
    {"purge_accounts", 3600, purge_accounts},
    {"purge_changes", 600, purge_changes},
};
#define JOBS (sizeof jobs / sizeof *jobs)

static enum err
run_due(struct worker *w, int64_t due[JOBS])
{
	enum err worst = ERR_NONE;

	for (size_t i = 0; i < JOBS; i++) {
		struct fault f = {""};
		enum err e;

		if (clock_ticks() < due[i])
			continue;
		e = jobs[i].run(w, &f);
		due[i] = clock_ticks() + jobs[i].every_s * 1000000;
		if (e == ERR_NONE)
			continue;
		LOG_ERROR("job", LOG_CSTR("name", jobs[i].name), LOG_CSTR("reason", f.text));
		due[i] += 10 * (int64_t)1000000;
		worst = e;
	}
	return worst;
}

/* Before any thread is started, so that all of them leave the signals to the loop. */
static void
block_signals(void)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
}

/* Payments, purges and what is to be published do not wait for mail that cannot be sent: it stays in the outbox. */
static void
open_mailroom(struct setup *setup, struct mailroom **room, int64_t *due)
{
	struct fault f = {""};

	if (*room != NULL || clock_ticks() < *due)
		return;
	if (mailroom_open(room, setup, &f) == ERR_NONE)
		return;
	LOG_ERROR("mail_waits", LOG_CSTR("reason", f.text), LOG_NUM("seconds", MAIL_RETRY_S));
	*due = clock_ticks() + MAIL_RETRY_S * 1000000;
}

static void
run_until_signal(struct worker *w, struct setup *setup)
{
	struct mailroom *room = NULL;
	int64_t mail_due = 0;
	const struct timespec pause = {.tv_nsec = 500000000};
	int64_t due[JOBS] = {0};
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	notify_send("READY=1");
	do {
		open_mailroom(setup, &room, &mail_due);
		(void)run_due(w, due);
		notify_send("WATCHDOG=1");
	} while (sigtimedwait(&set, NULL, &pause) < 0);
	notify_send("STOPPING=1");
	mailroom_close(room);
}

/* Everything that is due, once. */
static enum err
work_once(struct worker *w, struct setup *setup, struct fault *f)
{
	int64_t due[JOBS] = {0};
	enum err e = run_due(w, due), mail = mailroom_once(setup, f);

	return e != ERR_NONE ? e : mail;
}

int
cli_work(struct cli *cli)
{
	struct worker w = {.config = cli->config};
	bool once = cli_flag(cli, "--once");
	struct setup *setup = NULL;
	struct fault f = {""};
	enum err e;

	if (!cli_arguments(cli, 0, 0))
		return cli_usage(cli);
	if (sandbox_enter(&f) != ERR_NONE)
		return cli_fail(ERR_INTERNAL, &f);
	w.db = cli_database(cli, DB_WRITER);
	if (w.db == NULL)
		return CLI_REFUSED;
	block_signals();
	priority_give_way();
	e = boot_setup(&setup, cli->config_file, cli->sets, cli->set_count, &f);
	w.setup = setup;
	arena_init(&w.arena, SCRATCH_BYTES);
	if (e == ERR_NONE && once)
		e = work_once(&w, setup, &f);
	else if (e == ERR_NONE)
		run_until_signal(&w, setup);
	arena_free(&w.arena);
	db_close(w.db);
	setup_release(setup);
	if (e != ERR_NONE && f.text[0] != '\0')
		return cli_fail(e, &f);
	return e == ERR_NONE ? CLI_OK : CLI_REFUSED;
}
