/* facts.c: periods, seats, pauses and free reads from their stores, then packed into one block. */
#include "core/facts.h"

#include <stdlib.h>
#include <string.h>

#include "core/meter.h"
#include "store/institution_facts.h"
#include "store/meter_store.h"
#include "store/pause_store.h"
#include "store/subscription_store.h"

#define SCRATCH_BYTES ((size_t)256 * 1024)

static struct entitlement_period
own_period(const struct period *p)
{
	return (struct entitlement_period){.plan_id = p->plan_id,
	    .starts_at = p->starts_at,
	    .ends_at = p->ends_at,
	    .grace_s = p->grace_s,
	    .ended_at = p->ended_at,
	    .source = SOURCE_OWN,
	    .devices = p->devices};
}

static struct entitlement_period
seat_period(const struct institution_period *p)
{
	return (struct entitlement_period){.plan_id = p->plan_id,
	    .starts_at = p->starts_at,
	    .ends_at = p->ends_at,
	    .grace_s = p->grace_s,
	    .ended_at = p->ended_at,
	    .source = SOURCE_SEAT,
	    .devices = (int32_t)p->devices,
	    .institution_id = p->institution_id};
}

/* The reader's own, then those of seats. */
static enum err
read_periods(struct db *db, struct arena *a, int64_t subscriber_id, struct facts *out)
{
	struct entitlement_period *facts;
	struct period *own = NULL;
	struct institution_period *seats = NULL;
	size_t own_n = 0, seat_n = 0;
	enum err e = subscription_store_periods(db, a, subscriber_id, &own, &own_n);

	if (e == ERR_NONE)
		e = institution_facts_seats(db, a, subscriber_id, &seats, &seat_n);
	if (e != ERR_NONE)
		return e;
	if ((facts = arena_zero(a, own_n + seat_n + 1, sizeof *facts)) == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < own_n; i++)
		facts[i] = own_period(&own[i]);
	for (size_t i = 0; i < seat_n; i++)
		facts[own_n + i] = seat_period(&seats[i]);
	for (size_t i = 0; i < own_n + seat_n; i++)
		out->limited = out->limited || facts[i].devices > 0;
	out->reader.periods = facts;
	out->reader.period_count = own_n + seat_n;
	return ERR_NONE;
}

static enum err
read_pauses(struct db *db, struct arena *a, int64_t subscriber_id, struct facts *out)
{
	struct entitlement_pause *facts;
	struct pause *pauses = NULL;
	size_t n = 0;
	enum err e = pause_store_list(db, a, subscriber_id, &pauses, &n);

	if (e != ERR_NONE)
		return e;
	if ((facts = arena_zero(a, n + 1, sizeof *facts)) == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < n; i++)
		facts[i] = (struct entitlement_pause){
		    pauses[i].starts_at, pauses[i].ends_at != 0 ? pauses[i].ends_at : INT64_MAX};
	out->reader.pauses = facts;
	out->reader.pause_count = n;
	return ERR_NONE;
}

enum err
facts_read(struct db *db, struct arena *a, int64_t subscriber_id, int64_t now, struct facts *out)
{
	char month[METER_MONTH];
	int64_t *reads = NULL;
	enum err e;

	*out = (struct facts){.reader = {.signed_in = true}, .free_month = meter_month(now)};
	meter_month_text(out->free_month, month);
	e = read_periods(db, a, subscriber_id, out);
	if (e == ERR_NONE)
		e = read_pauses(db, a, subscriber_id, out);
	if (e == ERR_NONE)
		e = meter_store_reads(db, a, subscriber_id, str_of(month), &reads, &out->free_read_count);
	out->free_reads = reads;
	return e;
}

static void
block_destroy(struct memo_value *value)
{
	free(value);
}

/* Copies n items to *at and moves on; all sizes here are multiples of 8. */
static void *
pack(char **at, const void *items, size_t n, size_t size)
{
	void *to = *at;

	if (n > 0)
		memcpy(to, items, n * size);
	*at += n * size;
	return to;
}

static enum err
make_block(const struct facts *in, struct facts **out)
{
	const struct entitlement_reader *r = &in->reader;
	size_t bytes = sizeof *in + r->period_count * sizeof *r->periods +
	               r->pause_count * sizeof *r->pauses + in->free_read_count * sizeof *in->free_reads;
	struct facts *facts = calloc(1, bytes);
	char *at;

	if (facts == NULL)
		return ERR_MEMORY;
	at = (char *)(facts + 1);
	*facts = *in;
	facts->head = (struct memo_value){1, bytes, block_destroy};
	facts->reader.periods = pack(&at, r->periods, r->period_count, sizeof *r->periods);
	facts->reader.pauses = pack(&at, r->pauses, r->pause_count, sizeof *r->pauses);
	facts->free_reads = pack(&at, in->free_reads, in->free_read_count, sizeof *in->free_reads);
	*out = facts;
	return ERR_NONE;
}
_Static_assert(sizeof(struct facts) % 8 == 0, "what follows it stays aligned");

enum err
facts_load(struct db *db, int64_t session_id, int64_t now, struct facts **out)
{
	struct arena scratch;
	struct session_row row;
	struct facts facts = {.reader = {.signed_in = true}};
	enum err e = session_store_by_id(db, session_id, &row);

	if (e == ERR_NOT_FOUND)
		row = (struct session_row){.ended = true};
	else if (e != ERR_NONE)
		return e;
	arena_init(&scratch, SCRATCH_BYTES);
	e = row.ended ? ERR_NONE : facts_read(db, &scratch, row.subscriber_id, now, &facts);
	facts.session = row;
	if (e == ERR_NONE)
		e = make_block(&facts, out);
	arena_free(&scratch);
	return e;
}

bool
facts_free_read(const struct facts *facts, int64_t article_id, int64_t now)
{
	for (size_t i = 0; i < facts->free_read_count; i++)
		if (facts->free_reads[i] == article_id)
			return facts->free_month == meter_month(now);
	return false;
}
