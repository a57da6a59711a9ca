/* billing_store.c: rows of what providers have told. */
#include "store/billing_store.h"

#include <string.h>

#include "store/pick.h"
#include "store/subscriber_store.h"

/* The account that a statement about a customer means: by its number, else by its address. */
static enum err
find_owner(struct db *db, int64_t reference, const char *email, int64_t *out)
{
	static const char by_id[] = "SELECT id FROM subscriber WHERE id = $1";
	static const char by_email[] = "SELECT id FROM subscriber WHERE email = $1";
	enum err e = reference == 0 ? ERR_NOT_FOUND : db_int(db, out, by_id, "i", reference);

	if (e == ERR_NOT_FOUND && email[0] != '\0')
		e = db_int(db, out, by_email, "z", email);
	if (e == ERR_NOT_FOUND)
		*out = 0;
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

enum err
billing_store_owner(struct db *db, struct str provider, struct str customer, int64_t *subscriber)
{
	static const char sql[] =
	    "SELECT coalesce(subscriber_id, 0) FROM payment_customer WHERE provider = $1 AND id = $2";

	return db_int(db, subscriber, sql, "ss", provider, customer);
}

enum err
billing_store_customer(struct db *db, const struct billing_customer *c, int64_t *subscriber)
{
	static const char add[] = "INSERT INTO payment_customer (provider, id, seen_at) VALUES ($1, $2, $3)"
	                          " ON CONFLICT (provider, id) DO NOTHING";
	/* What weighs more counts; of the same weight what was said later; of the same time the greater address. */
	static const char name[] =
	    "UPDATE payment_customer SET weight = $1, named_at = $2, subscriber_id = CASE WHEN $3 = 0 THEN "
	    "NULL ELSE $3"
	    " END, email = $4 WHERE provider = $5 AND id = $6"
	    " AND (weight < $1 OR (weight = $1 AND (named_at < $2 OR (named_at = $2 AND email < $4))))";
	char email[SUBSCRIBER_EMAIL + 1] = "";
	int64_t owner = 0;
	enum err e = db_exec(db, NULL, add, "ssi", c->provider, c->id, c->now);

	if (!subscriber_email(c->email, email))
		email[0] = '\0';
	if (e == ERR_NONE && (email[0] != '\0' || c->reference != 0)) {
		e = find_owner(db, c->reference, email, &owner);
		if (e == ERR_NONE)
			e = db_exec(db, NULL, name, "iiizss", (int64_t)c->weight, c->named_at, owner, email,
			    c->provider, c->id);
	}
	return e == ERR_NONE ? billing_store_owner(db, c->provider, c->id, subscriber) : e;
}

enum err
billing_store_price(struct db *db, struct str provider, struct str price, struct billing_price *out)
{
	static const char sql[] =
	    "SELECT plan_id, amount, currency FROM plan_price WHERE provider = $1 AND price = $2";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "ss", provider, price);

	if (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE) {
		struct str currency = str_slice(rows_str(rows, 2), 0, sizeof out->currency - 1);

		*out = (struct billing_price){.plan_id = rows_int(rows, 0), .amount = rows_int(rows, 1)};
		memcpy(out->currency, currency.at, currency.len);
	}
	rows_close(rows);
	return e;
}

enum err
billing_store_subscription(struct db *db, const struct billing_subscription *s)
{
	static const char add[] =
	    "INSERT INTO payment_subscription (provider, id, customer) VALUES ($1, $2, $3)"
	    " ON CONFLICT (provider, id) DO NOTHING";
	static const char newest[] =
	    "UPDATE payment_subscription SET status = $1, until_at = $2, said_at = $3, said_id = $4, "
	    "customer = $5"
	    " WHERE provider = $6 AND id = $7 AND (said_at < $3 OR (said_at = $3 AND said_id < $4))";
	static const char end[] =
	    "UPDATE payment_subscription SET ended_at = $1, unpaid = $2 WHERE provider = $3 AND id = $4"
	    " AND (ended_at IS NULL OR ended_at > $1 OR (ended_at = $1 AND unpaid > $2))";
	static const char failed[] =
	    "UPDATE payment_subscription SET failed_at = $1 WHERE provider = $2 AND id = $3"
	    " AND failed_at < $1";
	enum err e = db_exec(db, NULL, add, "sss", s->provider, s->id, s->customer);

	if (e == ERR_NONE && s->snapshot)
		e = db_exec(db, NULL, newest, "siissss", pick_text(s->status), s->until_at, s->said_at,
		    s->said_id, s->customer, s->provider, s->id);
	if (e == ERR_NONE && s->ended_at != 0)
		e = db_exec(db, NULL, end, "iiss", s->ended_at, (int64_t)s->unpaid, s->provider, s->id);
	if (e == ERR_NONE && s->failed_at != 0)
		e = db_exec(db, NULL, failed, "iss", s->failed_at, s->provider, s->id);
	return e;
}

enum err
billing_store_period(struct db *db, const struct billing_period *p)
{
	static const char sql[] =
	    "INSERT INTO payment_period (provider, key, customer, subscription, invoice, plan_id, kind, "
	    "starts_at, ends_at)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (provider, key) DO NOTHING";

	return db_exec(db, NULL, sql, "sssssisii", p->provider, p->key, p->customer,
	    pick_text(p->subscription), pick_text(p->invoice), p->plan_id, p->kind, p->starts_at, p->ends_at);
}

enum err
billing_store_receipt(struct db *db, struct str provider, struct str id, struct str invoice)
{
	static const char sql[] = "INSERT INTO payment_receipt (provider, id, invoice) VALUES ($1, $2, $3)"
	                          " ON CONFLICT (provider, id) DO NOTHING";

	return db_exec(db, NULL, sql, "sss", provider, id, invoice);
}

enum err
billing_store_reversal(
    struct db *db, struct str provider, struct str id, struct str ref, const char *reason, int64_t at)
{
	static const char sql[] =
	    "INSERT INTO payment_reversal (provider, id, ref, reason, at) VALUES ($1, $2, $3, $4, $5)"
	    " ON CONFLICT (provider, id, ref) DO UPDATE SET at = excluded.at WHERE payment_reversal.at > "
	    "excluded.at";

	return db_exec(db, NULL, sql, "ssszi", provider, id, ref, reason, at);
}

enum err
billing_store_payer(struct db *db, struct arena *a, struct str provider, struct str ref, struct str *customer)
{
	static const char sql[] =
	    "SELECT customer FROM payment_period WHERE provider = $1 AND (invoice = $2 OR invoice IN"
	    " (SELECT invoice FROM payment_receipt WHERE provider = $1 AND id = $2)) LIMIT 1";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "ss", provider, ref);

	if (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE) {
		*customer = arena_copy(a, rows_str(rows, 0));
		e = customer->at == NULL ? ERR_MEMORY : ERR_NONE;
	}
	rows_close(rows);
	return e;
}

static void
period_row(struct pick *p, void *out)
{
	*(struct billing_period *)out = (struct billing_period){
	    .id = rows_int(p->rows, 0),
	    .provider = pick_str(p, 1),
	    .key = pick_str(p, 2),
	    .plan_id = rows_int(p->rows, 3),
	    .kind = pick_str(p, 4),
	    .starts_at = rows_int(p->rows, 5),
	    .ends_at = rows_int(p->rows, 6),
	    .row = rows_int(p->rows, 7),
	    .over_at = rows_int(p->rows, 8),
	    .unpaid = rows_int(p->rows, 9) != 0,
	    .row_owner = rows_int(p->rows, 10),
	    .row_ended_at = rows_int(p->rows, 11),
	    .invoice = pick_str(p, 12),
	};
}

/* The earliest reversal that names the invoice or one of its receipts. */
static enum err
read_reversal(struct db *db, struct arena *a, struct billing_period *p)
{
	static const char sql[] =
	    "SELECT at, reason FROM payment_reversal WHERE provider = $1 AND (ref = $2 OR ref IN"
	    " (SELECT id FROM payment_receipt WHERE provider = $1 AND invoice = $2)) ORDER BY at, reason "
	    "LIMIT 1";
	struct pick pick = {NULL, a, false};
	struct rows *rows = NULL;
	enum err e;

	if (p->invoice.len == 0)
		return ERR_NONE;
	e = db_query(db, sql, &rows, "ss", p->provider, p->invoice);
	if (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE) {
		pick.rows = rows;
		p->back_at = rows_int(rows, 0);
		p->back_reason = pick_str(&pick, 1);
	}
	rows_close(rows);
	if (e == ERR_NOT_FOUND)
		e = ERR_NONE;
	return pick.failed ? ERR_MEMORY : e;
}

enum err
billing_store_periods(struct db *db, struct arena *a, struct str provider, struct str customer,
    struct billing_period **out, size_t *n)
{
	static const char sql[] =
	    "SELECT p.id, p.provider, p.key, p.plan_id, p.kind, p.starts_at, p.ends_at, p.subscription_id, "
	    "s.ended_at,"
	    " s.unpaid, u.subscriber_id, u.ended_at, p.invoice FROM payment_period p"
	    " LEFT JOIN payment_subscription s ON s.provider = p.provider AND s.id = p.subscription"
	    " LEFT JOIN subscription u ON u.id = p.subscription_id"
	    " WHERE p.provider = $1 AND p.customer = $2 ORDER BY p.starts_at, p.key";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "ss", provider, customer);

	e = pick_all(e, rows, a, period_row, sizeof **out, out, n);
	for (size_t i = 0; e == ERR_NONE && i < *n; i++)
		e = read_reversal(db, a, &(*out)[i]);
	return e;
}

enum err
billing_store_open(
    struct db *db, const struct billing_period *p, int64_t subscriber, int64_t grace_s, int64_t *row)
{
	static const char add[] =
	    "INSERT INTO subscription (subscriber_id, plan_id, kind, starts_at, ends_at, grace_s, source)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id";
	static const char note[] = "UPDATE payment_period SET subscription_id = $1 WHERE id = $2";
	char source[201];
	size_t n = 0;
	enum err e;

	for (size_t i = 0; i < p->provider.len && n < 40; i++)
		source[n++] = p->provider.at[i];
	source[n++] = ':';
	for (size_t i = 0; i < p->key.len && n < sizeof source - 1; i++)
		source[n++] = p->key.at[i];
	e = db_int(db, row, add, "iisiiis", subscriber, p->plan_id, p->kind, p->starts_at, p->ends_at,
	    grace_s, (struct str){source, n});
	return e == ERR_NONE ? db_exec(db, NULL, note, "ii", *row, p->id) : e;
}

enum err
billing_store_end(struct db *db, int64_t row, int64_t at, const char *reason)
{
	static const char sql[] = "UPDATE subscription SET ended_at = $1, ended_reason = $2 WHERE id = $3"
	                          " AND (ended_at IS NULL OR ended_at > $1)";

	return db_exec(db, NULL, sql, "izi", at, reason, row);
}

static void
arrival_row(struct pick *p, void *out)
{
	*(struct billing_arrival *)out = (struct billing_arrival){
	    pick_str(p, 0), pick_str(p, 1), rows_int(p->rows, 2)};
}

enum err
billing_store_arrivals(struct db *db, struct arena *a, size_t limit, struct billing_arrival **out, size_t *n)
{
	static const char sql[] =
	    "SELECT c.provider, c.id, s.id FROM payment_customer c JOIN subscriber s ON s.email = c.email"
	    " WHERE c.subscriber_id IS NULL AND c.email <> '' LIMIT $1";
	static const char link[] =
	    "UPDATE payment_customer SET subscriber_id = $1 WHERE provider = $2 AND id = $3";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "i", (int64_t)limit);

	e = pick_all(e, rows, a, arrival_row, sizeof **out, out, n);
	for (size_t i = 0; e == ERR_NONE && i < *n; i++)
		e = db_exec(
		    db, NULL, link, "iss", (*out)[i].subscriber, (*out)[i].provider, (*out)[i].customer);
	return e;
}
