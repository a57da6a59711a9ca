/* billing_help.h: a provider's messages for the tests of core/billing: told, worked off, and what an account then has. */
#ifndef UNIT_BILLING_HELP_H
#define UNIT_BILLING_HELP_H

#include <jansson.h>

#include "core/billing.h"
#include "store/payment_store.h"
#include "store_help.h"

#define MONTH (30 * DAY)

static struct config cfg = {
    .payment_mode = "live", .payment_account = "acct_ours", .payment_grace_s = 14 * DAY};

static int64_t serial;

/* Stores one event with this object, and what the test wants otherwise in the event itself. Times are days from NOW. */
static inline void
tell(struct site *s, const char *type, int day, const char *object, const char *more)
{
	struct str body = arena_printf(&s->arena,
	    "{\"id\":\"evt_%lld\",\"object\":\"event\",\"type\":\"%s\",\"livemode\":true,\"created\":%lld%s,"
	    "\"data\":{\"object\":%s}}",
	    (long long)++serial, type, (long long)(NOW + day * DAY), more, object);
	struct str id = arena_printf(&s->arena, "evt_%lld", (long long)serial);
	struct payment_event e = {.provider = STR("stripe"),
	    .event_id = id,
	    .type = str_of(type),
	    .live = true,
	    .created_at = NOW + day * DAY,
	    .received_at = NOW,
	    .body = body};
	bool fresh;

	assert_int_equal(payment_store_put(s->writer, &e, &fresh), ERR_NONE);
	assert_true(fresh);
}

static inline int64_t
work(struct site *s)
{
	int64_t done = 0;

	if (billing_run(s->writer, &cfg, NOW, 60000000, &done, &s->f) != ERR_NONE)
		fail_msg("%s", s->f.text);
	return done;
}

static inline const char *
text_of(struct site *s, const char *sql)
{
	struct rows *rows = NULL;
	const char *out = "";

	assert_int_equal(db_query(s->writer, sql, &rows, ""), ERR_NONE);
	if (rows_next(rows) == ERR_NONE)
		out = arena_cstr(&s->arena, rows_str(rows, 0));
	rows_close(rows);
	return out;
}

static const char *const life_types[] = {"checkout.session.completed", "customer.subscription.created",
    "invoice.paid", "invoice.paid", "charge.refunded", "customer.subscription.deleted"};
static const int life_days[] = {0, 0, 0, 30, 35, 40};
#define STEPS 6

static inline struct str
invoice(struct site *s, int n, int month)
{
	return arena_printf(&s->arena,
	    "{\"id\":\"in_%d_%d\",\"customer\":\"cus_%d\",\"customer_email\":\"r%d@example.org\","
	    "\"subscription\":\"sub_%d\","
	    "\"charge\":\"ch_%d_%d\",\"status\":\"paid\",\"amount_paid\":900,\"amount_due\":900,\"amount_"
	    "remaining\":0,"
	    "\"subtotal\":900,\"total\":900,\"lines\":{\"data\":[{\"id\":\"il_1\",\"amount\":900,"
	    "\"currency\":\"eur\","
	    "\"quantity\":1,\"price\":{\"id\":\"price_1\",\"unit_amount\":900},\"period\":{\"start\":%lld,"
	    "\"end\":%lld}}]}}",
	    n, month, n, n, n, n, month, (long long)(NOW + month * MONTH),
	    (long long)(NOW + (month + 1) * MONTH));
}

static inline struct str
life_object(struct site *s, int n, int step)
{
	switch (step) {
	case 0:
		return arena_printf(&s->arena,
		    "{\"id\":\"cs_%d\",\"mode\":\"subscription\",\"customer\":\"cus_%d\",\"subscription\":"
		    "\"sub_%d\","
		    "\"client_reference_id\":\"%d\",\"customer_details\":{\"email\":\"typed%d@example.org\"}"
		    "}",
		    n, n, n, n, n);
	case 1:
		return arena_printf(&s->arena,
		    "{\"id\":\"sub_%d\",\"customer\":\"cus_%d\",\"status\":\"active\",\"current_period_end\":"
		    "%lld,"
		    "\"items\":{\"data\":[{\"price\":{\"id\":\"price_1\",\"unit_amount\":900,\"currency\":"
		    "\"eur\"}}]}}",
		    n, n, (long long)(NOW + MONTH));
	case 2: return invoice(s, n, 0);
	case 3: return invoice(s, n, 1);
	case 4:
		return arena_printf(&s->arena,
		    "{\"id\":\"ch_%d_1\",\"customer\":\"cus_%d\",\"amount\":900,\"amount_refunded\":900,"
		    "\"refunded\":true}",
		    n, n);
	default:
		return arena_printf(&s->arena,
		    "{\"id\":\"sub_%d\",\"customer\":\"cus_%d\",\"status\":\"canceled\",\"ended_at\":%lld,"
		    "\"items\":{\"data\":[]},\"cancellation_details\":{\"reason\":\"cancellation_requested\"}"
		    "}",
		    n, n, (long long)(NOW + 40 * DAY));
	}
}

static inline void
tell_step(struct site *s, int n, int step)
{
	tell(s, life_types[step], life_days[step], life_object(s, n, step).at, "");
}

static inline void
add_reader(struct site *s, int n)
{
	struct str sql = arena_printf(
	    &s->arena, "INSERT INTO subscriber (id, email) VALUES (%d, 'r%d@example.org')", n, n);

	site_script(s, sql.at);
}

static const char prices[] = "INSERT INTO plan_price (price, plan_id, currency, amount) VALUES ('price_1', "
                             "1, 'EUR', 900), ('price_2', 2, 'EUR', 1900)";

/* All that an account has, row ids aside. */
static inline const char *
state_of(struct site *s, int n)
{
	struct str sql = arena_printf(&s->arena,
	    "SELECT coalesce(group_concat(line, ';'), '') FROM (SELECT plan_id || ' ' || kind || ' ' || "
	    "(starts_at - %lld) || ' '"
	    " || (ends_at - %lld) || ' ' || grace_s || ' ' || coalesce((ended_at - %lld) || ended_reason, "
	    "'-') "
	    "AS line"
	    " FROM subscription WHERE subscriber_id = %d ORDER BY starts_at, plan_id, line)",
	    (long long)NOW, (long long)NOW, (long long)NOW, n);

	/* the text's address names a prepared statement, so each needs one of its own: the arena is not reset here */
	return text_of(s, sql.at);
}

static inline const char *
last_state(struct site *s)
{
	struct str sql = arena_printf(&s->arena,
	    "SELECT state || ': ' || error FROM payment_event WHERE event_id = 'evt_%lld'",
	    (long long)serial);

	return text_of(s, sql.at);
}

#endif
