/* subscription_store.c: plans and periods. Periods are added and ended, never overwritten. */
#include "store/subscription_store.h"

#include "store/pick.h"

static void
plan_row(struct pick *p, void *out)
{
	*(struct plan *)out = (struct plan){
	    .id = rows_int(p->rows, 0),
	    .slug = pick_str(p, 1),
	    .name = pick_str(p, 2),
	    .description = pick_str(p, 3),
	    .price_text = pick_str(p, 4),
	    .offered = rows_int(p->rows, 5) != 0,
	    .payment_url = pick_str(p, 6),
	    .price_amount = rows_null(p->rows, 7) ? -1 : rows_int(p->rows, 7),
	    .price_currency = pick_str(p, 8),
	    .price_period = pick_str(p, 9),
	    .devices = (int32_t)rows_int(p->rows, 10),
	};
}

enum err
subscription_store_plans(struct db *db, struct arena *a, struct plan **out, size_t *n)
{
	static const char sql[] = "SELECT id, slug, name, description, price_text, offered, payment_url, "
	                          "price_amount, price_currency,"
	                          " price_period, devices FROM plan ORDER BY position, name";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "");

	return pick_all(e, rows, a, plan_row, sizeof **out, out, n);
}

static void
period_row(struct pick *p, void *out)
{
	*(struct period *)out = (struct period){
	    .id = rows_int(p->rows, 0),
	    .plan_id = rows_int(p->rows, 1),
	    .starts_at = rows_int(p->rows, 2),
	    .ends_at = rows_int(p->rows, 3),
	    .grace_s = rows_int(p->rows, 4),
	    .ended_at = rows_int(p->rows, 5),
	    .plan = pick_str(p, 6),
	    .kind = pick_str(p, 7),
	    .plan_name = pick_str(p, 8),
	    .devices = (int32_t)rows_int(p->rows, 9),
	};
}

enum err
subscription_store_periods(
    struct db *db, struct arena *a, int64_t subscriber_id, struct period **out, size_t *n)
{
	static const char sql[] =
	    "SELECT u.id, u.plan_id, u.starts_at, u.ends_at, u.grace_s, u.ended_at, p.slug, u.kind, p.name, "
	    "p.devices"
	    " FROM subscription u JOIN plan p ON p.id = u.plan_id WHERE u.subscriber_id = $1 ORDER BY "
	    "u.starts_at, u.id";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "i", subscriber_id);

	return pick_all(e, rows, a, period_row, sizeof **out, out, n);
}

enum err
subscription_store_grant(struct db *db, const struct grant *g, int64_t *id, struct fault *f)
{
	static const char plan[] = "SELECT id FROM plan WHERE slug = $1";
	static const char add[] =
	    "INSERT INTO subscription (subscriber_id, plan_id, kind, starts_at, ends_at, grace_s, source)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id";
	struct str kind = g->kind.len > 0 ? g->kind : STR("complimentary");
	int64_t plan_id;
	enum err e = db_int(db, &plan_id, plan, "s", g->plan);

	if (e == ERR_NOT_FOUND)
		return fault_set(f, e, "there is no plan \"" STR_FMT "\"", STR_ARG(g->plan));
	if (e == ERR_NONE)
		e = db_int(db, id, add, "iisiiis", g->subscriber_id, plan_id, kind, g->starts_at, g->ends_at,
		    g->grace_s, pick_text(g->source));
	return pick_fault(f, e, db);
}

enum err
subscription_store_find(struct db *db, const struct grant *g, int64_t *id)
{
	static const char sql[] = "SELECT u.id FROM subscription u JOIN plan p ON p.id = u.plan_id WHERE "
	                          "u.subscriber_id = $1 AND p.slug = $2"
	                          " AND u.kind = $3 AND u.starts_at = $4 AND u.ends_at = $5"
	                          " AND (u.ended_reason IS NULL OR u.ended_reason <> 'import undone')";
	struct str kind = g->kind.len > 0 ? g->kind : STR("complimentary");

	return db_int(db, id, sql, "issii", g->subscriber_id, g->plan, kind, g->starts_at, g->ends_at);
}

enum err
subscription_store_end(struct db *db, int64_t subscriber_id, struct str plan, int64_t at, struct str reason,
    int64_t *ended, struct fault *f)
{
	static const char sql[] =
	    "UPDATE subscription SET ended_at = $1, ended_reason = $2 WHERE subscriber_id = $3 AND ended_at "
	    "IS NULL"
	    " AND ends_at + grace_s > $1 AND ($4 = '' OR plan_id IN (SELECT id FROM plan WHERE slug = $4))";
	int64_t changed = 0;
	enum err e = db_exec(db, &changed, sql, "isis", at, reason, subscriber_id, pick_text(plan));

	if (ended != NULL)
		*ended = changed;
	if (e == ERR_NONE && changed == 0)
		return fault_set(f, ERR_NOT_FOUND, "no subscription of this reader is running or to come");
	return pick_fault(f, e, db);
}
