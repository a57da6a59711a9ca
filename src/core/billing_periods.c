/* billing_periods.c: one row a paid period; it ends early when the money went back or the subscription ended. */
#include "core/billing_periods.h"

#include "base/clock.h"
#include "core/counters.h"
#include "store/billing_store.h"
#include "store/counter_store.h"

#define NEWS_S (7 * CLOCK_DAY) /* what began before is history that is brought over: nobody subscribes */

struct ending {
	int64_t at; /* 0: none */
	const char *reason;
};

/* The earliest end. An end that only says what ends_at and grace say by themselves is none. */
static struct ending
period_ending(const struct billing_period *p, int64_t grace_s)
{
	struct ending end = {0, NULL};

	/* Who did not pay reads until grace is over, whenever the provider gave up. */
	if (p->over_at != 0 && p->over_at < p->ends_at + grace_s && !(p->unpaid && p->over_at >= p->ends_at))
		end = (struct ending){p->over_at, "cancelled at the provider"};
	if (p->back_at != 0 && (end.at == 0 || p->back_at < end.at))
		end = (struct ending){
		    p->back_at, str_eq(p->back_reason, STR("dispute")) ? "dispute lost" : "refund"};
	return end;
}

static enum err
settle_period(struct billing_scope *s, struct billing_period *p, int64_t subscriber)
{
	struct ending end = period_ending(p, s->cfg->payment_grace_s);
	enum err e = ERR_NONE;

	if (p->row != 0 && p->row_owner != subscriber) {
		/* it was somebody else's by mistake, at no time */
		e = billing_store_end(s->db, p->row, p->starts_at, "belongs to another account");
		p->row = 0;
	}
	if (e == ERR_NONE && p->row == 0 && subscriber != 0)
		e = billing_store_open(s->db, p, subscriber, s->cfg->payment_grace_s, &p->row);
	if (e == ERR_NONE && p->row != 0 && end.at != 0)
		e = billing_store_end(s->db, p->row, end.at, end.reason);
	return e;
}

static enum err
count_subscription(struct billing_scope *s)
{
	return counter_store_add(s->db, counters_day(s->now), str_of(counter_name(COUNTER_SUBSCRIBE)), 0, 1);
}

enum err
billing_periods_settle(struct billing_scope *s, struct str provider, struct str customer, int64_t *subscriber)
{
	struct billing_period *periods = NULL;
	size_t n = 0;
	bool first;
	enum err e = billing_store_owner(s->db, provider, customer, subscriber);

	if (e == ERR_NOT_FOUND) {
		*subscriber = 0;
		return ERR_NONE;
	}
	if (e == ERR_NONE)
		e = billing_store_periods(s->db, s->arena, provider, customer, &periods, &n);
	first = n > 0 && periods[0].row == 0 && *subscriber != 0 && periods[0].starts_at > s->now - NEWS_S;
	for (size_t i = 0; e == ERR_NONE && i < n; i++)
		e = settle_period(s, &periods[i], *subscriber);
	if (e == ERR_NONE && first && periods[0].row != 0)
		e = count_subscription(s);
	return e;
}
