/* billing.c: a message is read into facts; the facts of its customer are turned into periods. */
#include "core/billing.h"

#include "base/clock.h"
#include "base/log.h"
#include "core/billing_facts.h"
#include "core/billing_periods.h"
#include "format/json_bounds.h"
#include "format/providers.h"
#include "store/billing_store.h"
#include "store/payment_store.h"

#define BATCH 100
#define ARRIVALS 100
#define BATCH_BYTES ((size_t)64 * 1024 * 1024)
#define RETRY_FIRST_S 60
#define RETRY_LONGEST_S (6 * 3600)
#define KEEP_BODIES_S (2 * 366 * CLOCK_DAY)
#define KEEP_UNCLAIMED_S (90 * CLOCK_DAY)

struct run {
	struct db *db;
	const struct config *cfg;
	struct arena arena; /* of one batch */
	int64_t now;
};

/* What the message comes to; ERR_NONE also when it comes to nothing. */
static enum err
take_facts(struct run *r, const struct payment_event *event, const struct payment_facts *facts,
    struct payment_outcome *out)
{
	struct billing_scope scope = {.db = r->db, .cfg = r->cfg, .arena = &r->arena, .now = r->now};
	const char *refused = billing_facts_refused(r->cfg, facts);
	int64_t subscriber = 0;
	enum err e;

	if (refused != NULL) {
		out->state = "ignored";
		out->error = refused;
		return ERR_NONE;
	}
	e = billing_facts_note(&scope, event->provider, facts, &out->customer, &out->error);
	if (e == ERR_NONE && out->customer.len > 0)
		e = billing_periods_settle(&scope, event->provider, out->customer, &subscriber);
	if (e == ERR_NONE && subscriber != 0)
		e = payment_store_arrived(r->db, event->provider, out->customer, r->now);
	if (e != ERR_NONE)
		return e;
	if (out->error != NULL)
		out->state = "ignored";
	else if (out->customer.len > 0 && subscriber == 0) {
		out->state = "waiting";
		out->error = "no account has this customer's address yet";
	}
	return ERR_NONE;
}

static enum err
take_event(struct run *r, const struct payment_event *event)
{
	const struct payment_provider *provider = payment_provider_find(event->provider);
	struct payment_outcome out = {.state = "done", .now = r->now};
	struct payment_facts facts;
	json_t *message = NULL;
	struct fault f = {""};
	enum err e = provider == NULL ? ERR_INVALID : json_bounds_open(event->body, &message, &f);

	if (e == ERR_NONE)
		e = provider->parse(message, &facts, &f);
	if (e == ERR_NONE)
		e = take_facts(r, event, &facts, &out);
	else if (e == ERR_INVALID || e == ERR_TOO_LARGE) {
		out.state = "ignored";
		out.error = provider == NULL ? "no such provider" : f.text;
		e = ERR_NONE;
	}
	if (e == ERR_NONE)
		e = payment_store_finish(r->db, event->id, &out);
	json_decref(message);
	return e;
}

/* A batch that fails is undone whole. *failed: the message that did not go through, if it was one. */
static enum err
take_batch(struct run *r, size_t limit, int64_t *done, struct payment_event *failed, struct fault *f)
{
	struct payment_event *events;
	size_t n = 0, i = 0;
	enum err e = db_begin(r->db);

	arena_reset(&r->arena);
	*failed = (struct payment_event){.id = 0};
	if (e != ERR_NONE)
		return fault_set(f, e, "payments: %s", db_message(r->db));
	e = payment_store_next(r->db, &r->arena, r->now, limit, &events, &n);
	for (; e == ERR_NONE && i < n; i++)
		if ((e = take_event(r, &events[i])) != ERR_NONE)
			*failed = events[i];
	if (e != ERR_NONE) {
		(void)fault_set(f, e, "payments: %s: %s", err_name(e), db_message(r->db));
		db_rollback(r->db);
		return e;
	}
	*done = (int64_t)n;
	e = db_commit(r->db);
	return e == ERR_NONE ? e : fault_set(f, e, "payments: %s", db_message(r->db));
}

/* One message that does not go through must not hold up the others: it waits longer each time. */
static enum err
put_off(struct run *r, const struct payment_event *event, const struct fault *why)
{
	int64_t pause = RETRY_FIRST_S;
	struct payment_outcome out = {.state = "failed", .error = why->text, .customer = event->customer};

	for (int64_t i = 0; i < event->tries && pause < RETRY_LONGEST_S; i++)
		pause *= 2;
	out.next_at = r->now + pause;
	out.now = r->now;
	LOG_ERROR("payment", LOG_TEXT("event", event->event_id), LOG_CSTR("reason", why->text));
	return payment_store_finish(r->db, event->id, &out);
}

static enum err
take_some(struct run *r, int64_t *done, struct fault *f)
{
	struct payment_event failed;
	enum err e = take_batch(r, BATCH, done, &failed, f);

	if (e == ERR_NONE || failed.id == 0 || e == ERR_BUSY || e == ERR_FULL)
		return e;
	*done = 1;
	return put_off(r, &failed, f);
}

/* Accounts that were made since: what their address has paid for is theirs. */
static enum err
take_arrivals(struct run *r, struct fault *f)
{
	struct billing_scope scope = {.db = r->db, .cfg = r->cfg, .arena = &r->arena, .now = r->now};
	struct billing_arrival *arrivals;
	int64_t subscriber;
	size_t n = 0;
	enum err e;

	arena_reset(&r->arena);
	if ((e = db_begin(r->db)) != ERR_NONE)
		return fault_set(f, e, "payments: %s", db_message(r->db));
	e = billing_store_arrivals(r->db, &r->arena, ARRIVALS, &arrivals, &n);
	for (size_t i = 0; e == ERR_NONE && i < n; i++) {
		e = billing_periods_settle(&scope, arrivals[i].provider, arrivals[i].customer, &subscriber);
		if (e == ERR_NONE)
			e = payment_store_arrived(r->db, arrivals[i].provider, arrivals[i].customer, r->now);
	}
	if (e == ERR_NONE && n > 0)
		e = db_commit(r->db);
	else
		db_rollback(r->db);
	return e == ERR_NONE ? e : fault_set(f, e, "payments: %s", db_message(r->db));
}

enum err
billing_run(
    struct db *db, const struct config *cfg, int64_t now, int64_t budget_us, int64_t *done, struct fault *f)
{
	struct run r = {.db = db, .cfg = cfg, .now = now};
	int64_t end = clock_ticks() + budget_us, n = 1, waiting = 0;
	static const char any[] =
	    "SELECT EXISTS (SELECT 1 FROM payment_event WHERE state IN ('new', 'failed') AND next_at <= $1)"
	    " + 2 * EXISTS (SELECT 1 FROM payment_customer c JOIN subscriber s ON s.email = c.email"
	    " WHERE c.subscriber_id IS NULL AND c.email <> '')";
	enum err e = db_int(db, &waiting, any, "i", now);

	*done = 0;
	if (e != ERR_NONE)
		return fault_set(f, e, "payments: %s", db_message(db));
	arena_init(&r.arena, BATCH_BYTES);
	while ((waiting & 1) != 0 && e == ERR_NONE && n > 0 && clock_ticks() < end) {
		n = 0;
		e = take_some(&r, &n, f);
		*done += n;
	}
	if (e == ERR_NONE && (waiting & 2) != 0)
		e = take_arrivals(&r, f);
	arena_free(&r.arena);
	return e;
}

enum err
billing_purge(struct db *db, int64_t now, int64_t *n, struct fault *f)
{
	enum err e = payment_store_purge(db, now - KEEP_BODIES_S, now - KEEP_UNCLAIMED_S, n);

	return e == ERR_NONE ? e : fault_set(f, e, "payments: %s", db_message(db));
}
