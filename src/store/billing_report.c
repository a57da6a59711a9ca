/* billing_report.c: reads over the tables of payments. */
#include "store/billing_report.h"

#include "store/pick.h"

static void
figure_row(struct pick *p, void *out)
{
	*(struct billing_figure *)out = (struct billing_figure){pick_str(p, 0), rows_int(p->rows, 1)};
}

enum err
billing_report_figures(struct db *db, struct arena *a, int64_t now, struct billing_figure **out, size_t *n)
{
	static const char sql[] =
	    "SELECT 'messages ' || state, count(*) FROM payment_event GROUP BY state"
	    " UNION ALL SELECT 'ignored: ' || error, count(*) FROM payment_event WHERE state = 'ignored' "
	    "GROUP BY error"
	    " UNION ALL SELECT 'customers without an account', count(*) FROM payment_customer c WHERE "
	    "subscriber_id IS NULL"
	    " AND EXISTS (SELECT 1 FROM payment_period p WHERE p.provider = c.provider AND p.customer = c.id)"
	    " UNION ALL SELECT 'subscriptions ' || CASE WHEN ended_at IS NOT NULL THEN 'ended' ELSE status "
	    "END, count(*)"
	    " FROM payment_subscription GROUP BY 1"
	    " UNION ALL SELECT 'active there, no open period here', count(*) FROM payment_subscription s"
	    " WHERE s.status IN ('active', 'trialing') AND s.ended_at IS NULL AND NOT EXISTS (SELECT 1 FROM "
	    "payment_period p"
	    " JOIN subscription u ON u.id = p.subscription_id WHERE p.provider = s.provider AND "
	    "p.subscription = s.id"
	    " AND u.ended_at IS NULL AND u.ends_at + u.grace_s > $1)"
	    " UNION ALL SELECT 'reversals: ' || reason, count(DISTINCT id) FROM payment_reversal GROUP BY "
	    "reason"
	    " UNION ALL SELECT 'seconds since the last message', $1 - max(received_at) FROM payment_event "
	    "HAVING max(received_at) IS NOT NULL";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "i", now);

	return pick_all(e, rows, a, figure_row, sizeof **out, out, n);
}

#define STANDING                                                                                           \
	"SELECT s.id, s.customer, s.status, coalesce(s.ended_at, 0), coalesce(c.subscriber_id, 0),"        \
	" coalesce((SELECT max(u.ends_at) FROM payment_period p JOIN subscription u ON u.id = "            \
	"p.subscription_id"                                                                                \
	" WHERE p.provider = s.provider AND p.customer = s.customer AND p.subscription = s.id AND "        \
	"u.ended_at IS NULL), 0)"                                                                          \
	" FROM payment_subscription s LEFT JOIN payment_customer c ON c.provider = s.provider AND c.id = " \
	"s.customer"

static void
standing_row(struct pick *p, void *out)
{
	*(struct billing_standing *)out = (struct billing_standing){
	    .id = pick_str(p, 0),
	    .customer = pick_str(p, 1),
	    .status = pick_str(p, 2),
	    .ended_at = rows_int(p->rows, 3),
	    .subscriber = rows_int(p->rows, 4),
	    .paid_until = rows_int(p->rows, 5),
	};
}

enum err
billing_report_standing(
    struct db *db, struct arena *a, struct str provider, struct str id, struct billing_standing *out)
{
	static const char sql[] = STANDING " WHERE s.provider = $1 AND s.id = $2";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "ss", provider, id);

	return pick_one(e, rows, a, standing_row, out);
}

enum err
billing_report_running(struct db *db, struct arena *a, struct str provider, struct str after, size_t limit,
    struct billing_standing **out, size_t *n)
{
	static const char sql[] = STANDING
	    " WHERE s.provider = $1 AND s.id > $2 AND s.ended_at IS NULL"
	    " AND s.status IN ('active', 'trialing', 'past_due') ORDER BY s.id LIMIT $3";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "ssi", provider, pick_text(after), (int64_t)limit);

	return pick_all(e, rows, a, standing_row, sizeof **out, out, n);
}
