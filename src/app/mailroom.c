/* mailroom.c: one mail at a time a desk: what became of the last one and the taking of the next are one commit. */
#include "app/mailroom.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/mail_write.h"
#include "app/mailer.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "store/erased_store.h"
#include "store/issue_store.h"
#include "store/outbox_store.h"

#define DESKS_MOST 64
#define SCRATCH_BYTES ((size_t)4 << 20)
#define IDLE_MS 250
#define AWAY_FIRST_MS 1000
#define AWAY_LONGEST_MS 30000
#define RECOVER_S 30
#define NAME_BYTES 32

struct desk {
	struct mailroom *room;
	pthread_t thread;
	bool running;
	struct setup *setup;
	struct db *db;
	struct mailer *mailer;
	struct arena arenas
	    [2];   /* of the mail in our hands, and of the next one until it is committed that it is ours */
	size_t at; /* which of them row lies in */
	struct mail_writer writer;
	int lock; /* of the name: what a process that died held is found by it */
	char name[NAME_BYTES];
	struct outbox_row row;
	bool ended; /* row was tried: */
	enum mailer_end end;
	struct fault reason;
	unsigned away; /* tries in a row without a server */
	int64_t recover_at;
	int64_t sent; /* for the log */
};

struct mailroom {
	_Atomic bool stop;
	size_t n;
	struct desk desks[];
};

/* A name that no living process has, and nothing left in its hands. */
static enum err
take_name(struct desk *d, struct fault *f)
{
	char path[4200];
	int64_t n = 0;
	enum err e = ERR_BUSY;

	for (int i = 0; e == ERR_BUSY && i < DESKS_MOST; i++) {
		(void)snprintf(d->name, sizeof d->name, "desk%d", i);
		(void)snprintf(path, sizeof path, "%s.%s", d->setup->config.database, d->name);
		e = file_lock(path, &d->lock, f);
	}
	if (e != ERR_NONE)
		return e;
	e = outbox_store_recover(d->db, d->name, clock_now(), &n);
	if (e == ERR_NONE && n > 0)
		LOG_INFO("mail_recovered", LOG_NUM("mails", n));
	return e == ERR_NONE ? e : fault_set(f, e, "outbox: %s", db_message(d->db));
}

static void
desk_close(struct desk *d)
{
	mailer_close(d->mailer);
	db_close(d->db);
	if (d->lock >= 0)
		file_unlock(d->lock);
	mail_writer_close(&d->writer);
	arena_free(&d->arenas[0]);
	arena_free(&d->arenas[1]);
}

static enum err
desk_open(struct desk *d, struct setup *setup, struct fault *f)
{
	enum err e;

	*d = (struct desk){.setup = setup, .writer = {.setup = setup}, .lock = -1};
	arena_init(&d->arenas[0], SCRATCH_BYTES);
	arena_init(&d->arenas[1], SCRATCH_BYTES);
	e = db_open(&d->db, setup->config.database, DB_WRITER, false, f);
	if (e == ERR_NONE)
		e = mailer_open(&d->mailer, &setup->config, f);
	if (e == ERR_NONE)
		e = take_name(d, f);
	return e;
}

/* What whoever has the address asks for by a form, and the word that an erasure is done. */
static bool
asked_for(struct str name)
{
	static const char *const asked[] = {"mail_login", "mail_register", "mail_no_account",
	    "mail_email_confirm", "mail_newsletter_confirm", "mail_erased"};

	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
		if (str_eq(name, str_of(asked[i])))
			return true;
	return false;
}

/* Newsletters: the subscription stands, the issue was not cancelled. All that nobody asked for: the person was not erased. */
static enum err
find_unasked_objection(struct desk *d, const struct outbox_row *row, const char **why)
{
	bool stands = row->kind != OUTBOX_NEWSLETTER;
	enum err e = stands
	                 ? ERR_NONE
	                 : issue_store_stands(d->db, row->issue_id, row->subscription_id, row->to, &stands);

	if (e != ERR_NONE)
		return e;
	if (!stands) {
		*why = "left, closed or cancelled";
		return ERR_NONE;
	}
	e = erased_store_find(d->db, row->to);
	if (e == ERR_NONE)
		*why = "the person was erased";
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

/* Why a mail that was taken must not leave after all; NULL: it may. */
static enum err
find_objection(struct desk *d, const struct outbox_row *row, int64_t now, const char **why)
{
	bool refused = false;
	enum err e = outbox_store_refused(d->db, row->kind, row->to, now, &refused);

	*why = NULL;
	if (e != ERR_NONE)
		return e;
	if (row->expires_at != 0 && row->expires_at <= now)
		*why = "too late: what it says no longer holds";
	else if (refused)
		*why = "the mail server refused this address before";
	else if (!asked_for(row->template))
		return find_unasked_objection(d, row, why);
	return ERR_NONE;
}

static enum err
record(struct desk *d, int64_t now)
{
	struct str reason = str_of(d->reason.text);
	enum err e = ERR_NONE;

	if (!d->ended)
		return ERR_NONE;
	switch (d->end) {
	case MAILER_TAKEN: e = outbox_store_sent(d->db, d->name, &d->row, now); break;
	case MAILER_LATER:
	case MAILER_AWAY: e = outbox_store_retry(d->db, d->name, &d->row, reason, now); break;
	case MAILER_NO_ADDRESS:
		e = outbox_store_refuse(d->db, d->row.to, reason, now);
		if (e == ERR_NONE)
			e = outbox_store_dead(d->db, d->name, d->row.id, reason);
		break;
	case MAILER_REFUSED: e = outbox_store_dead(d->db, d->name, d->row.id, reason); break;
	}
	return e == ERR_NOT_FOUND ? ERR_NONE : e; /* erased meanwhile, or given to another */
}

/* Takes the next mail that may leave; those that may not end here. */
static enum err
take_next(struct desk *d, int64_t now, struct arena *a, struct outbox_row *out)
{
	int64_t until = now + 4 * d->setup->config.mail_timeout_s + 60;

	for (;;) {
		const char *why = NULL;
		enum err e = outbox_store_lease(d->db, a, d->name, now, until, out);

		if (e == ERR_NONE)
			e = find_objection(d, out, now, &why);
		if (e != ERR_NONE || why == NULL)
			return e;
		LOG_INFO("mail_dropped", LOG_NUM("mail", out->id), LOG_CSTR("why", why));
		e = outbox_store_dead(d->db, d->name, out->id, str_of(why));
		if (e != ERR_NONE)
			return e;
	}
}

/* One commit: the end of the last mail and the taking of the next. Until it stands the last one is in our hands: what
 * became of it is written down at the next try. ERR_NOT_FOUND: there is no next one. */
static enum err
turn_over(struct desk *d, bool next)
{
	struct arena *a = &d->arenas[1 - d->at];
	struct outbox_row row;
	int64_t now = clock_now();
	enum err e = db_begin(d->db), taken = ERR_NOT_FOUND;

	arena_reset(a);
	if (e == ERR_NONE)
		e = record(d, now);
	if (e == ERR_NONE && next)
		taken = take_next(d, now, a, &row);
	if (e == ERR_NONE && taken != ERR_NOT_FOUND)
		e = taken;
	if (e == ERR_NONE)
		e = db_commit(d->db);
	else
		db_rollback(d->db);
	if (e != ERR_NONE) {
		LOG_ERROR("outbox", LOG_CSTR("reason", db_message(d->db)));
		return e;
	}
	d->ended = false;
	if (taken == ERR_NONE) {
		d->row = row;
		d->at = 1 - d->at;
	}
	return taken;
}

/* Renders and sends the mail in our hands. */
static void
send(struct desk *d)
{
	char id[MAIL_NAME + 1];
	enum err e;

	mail_name(&d->writer, &d->row, id);
	d->reason.text[0] = '\0';
	e = mail_write(&d->writer, &d->row, id, mailer_from(d->mailer), &d->reason);
	if (e == ERR_NONE)
		d->end = mailer_send(d->mailer, d->row.to, id, buf_str(&d->writer.message), &d->reason);
	else
		d->end = e == ERR_MEMORY || e == ERR_BUSY ? MAILER_LATER : MAILER_REFUSED;
	d->ended = true;
	d->away = d->end == MAILER_AWAY ? d->away + 1 : 0;
	if (d->end == MAILER_TAKEN) {
		d->sent++;
		return;
	}
	/* the server's words may hold the address: they stay in the table */
	LOG_WARNING("mail_not_sent", LOG_NUM("mail", d->row.id), LOG_NUM("try", d->row.tries),
	    LOG_CSTR("why", e != ERR_NONE            ? d->reason.text
	                    : d->end == MAILER_AWAY  ? "mail server away"
	                    : d->end == MAILER_LATER ? "mail server says later"
	                                             : "mail server refuses"));
}

static void
look_after_others(struct desk *d)
{
	int64_t now = clock_now(), n = 0;

	if (now < d->recover_at)
		return;
	d->recover_at = now + RECOVER_S;
	if (outbox_store_recover(d->db, NULL, now, &n) == ERR_NONE && n > 0)
		LOG_INFO("mail_recovered", LOG_NUM("mails", n));
	if (d->sent > 0)
		LOG_INFO("mail_sent", LOG_CSTR("desk", d->name), LOG_NUM("mails", d->sent));
	d->sent = 0;
}

static void
rest(struct desk *d, int64_t ms)
{
	while (ms > 0 && !atomic_load(&d->room->stop)) {
		clock_sleep_ms(ms > IDLE_MS ? IDLE_MS : (unsigned)ms);
		ms -= IDLE_MS;
	}
}

static int64_t
pause_after(unsigned away)
{
	int64_t ms = AWAY_FIRST_MS;

	while (--away > 0 && ms < AWAY_LONGEST_MS)
		ms *= 2;
	return ms < AWAY_LONGEST_MS ? ms : AWAY_LONGEST_MS;
}

static void *
desk_run(void *arg)
{
	struct desk *d = arg;

	while (!atomic_load(&d->room->stop)) {
		bool due = false;

		look_after_others(d);
		if (!d->ended && (outbox_store_due(d->db, clock_now(), &due) != ERR_NONE || !due)) {
			rest(d, IDLE_MS);
			continue;
		}
		if (turn_over(d, d->away == 0 || !d->ended) == ERR_NONE)
			send(d);
		else
			rest(d, d->away > 0 ? pause_after(d->away) : IDLE_MS);
	}
	(void)turn_over(d, false);
	return NULL;
}

enum err
mailroom_open(struct mailroom **out, struct setup *setup, struct fault *f)
{
	size_t n = (size_t)setup->config.mail_connections;
	struct mailroom *room = calloc(1, sizeof *room + n * sizeof room->desks[0]);
	enum err e = room == NULL ? fault_set(f, ERR_MEMORY, "no memory for the mailroom") : mailer_start(f);

	while (e == ERR_NONE && room->n < n) {
		struct desk *d = &room->desks[room->n++];

		e = desk_open(d, setup, f);
		d->room = room;
	}
	for (size_t i = 0; e == ERR_NONE && i < n; i++) {
		struct desk *d = &room->desks[i];

		d->running = pthread_create(&d->thread, NULL, desk_run, d) == 0;
		if (!d->running)
			e = fault_set(f, ERR_INTERNAL, "no thread for the mailroom");
	}
	if (e != ERR_NONE) {
		mailroom_close(room);
		room = NULL;
	}
	*out = room;
	return e;
}

void
mailroom_close(struct mailroom *room)
{
	if (room == NULL)
		return;
	atomic_store(&room->stop, true);
	for (size_t i = 0; i < room->n; i++)
		if (room->desks[i].running)
			(void)pthread_join(room->desks[i].thread, NULL);
	for (size_t i = 0; i < room->n; i++)
		desk_close(&room->desks[i]);
	free(room);
}

enum err
mailroom_once(struct setup *setup, struct fault *f)
{
	struct desk d;
	enum err e = mailer_start(f);

	if (e != ERR_NONE)
		return e;
	e = desk_open(&d, setup, f);
	while (e == ERR_NONE && d.away == 0 && (e = turn_over(&d, true)) == ERR_NONE)
		send(&d);
	if (e == ERR_NONE)
		e = turn_over(&d, false);
	if (e != ERR_NONE && e != ERR_NOT_FOUND && f->text[0] == '\0')
		(void)fault_set(f, e, "outbox: %s", db_message(d.db));
	desk_close(&d);
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}
