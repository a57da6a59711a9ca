/* payment_store.c: the table payment_event. */
#include "store/payment_store.h"

#include "store/pick.h"

#define REASON 300

enum err
payment_store_put(struct db *db, const struct payment_event *e, bool *fresh)
{
	static const char sql[] =
	    "INSERT INTO payment_event (provider, event_id, type, livemode, created_at, received_at, body)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (provider, event_id) DO NOTHING";
	int64_t changed = 0;
	enum err err = db_exec(db, &changed, sql, "sssiiis", e->provider, e->event_id, e->type,
	    (int64_t)e->live, e->created_at, e->received_at, e->body);

	*fresh = changed > 0;
	return err;
}

static void
event_row(struct pick *p, void *out)
{
	*(struct payment_event *)out = (struct payment_event){
	    .id = rows_int(p->rows, 0),
	    .provider = pick_str(p, 1),
	    .event_id = pick_str(p, 2),
	    .type = pick_str(p, 3),
	    .live = rows_int(p->rows, 4) != 0,
	    .created_at = rows_int(p->rows, 5),
	    .received_at = rows_int(p->rows, 6),
	    .processed_at = rows_int(p->rows, 7),
	    .tries = rows_int(p->rows, 8),
	    .state = pick_str(p, 9),
	    .error = pick_str(p, 10),
	    .customer = pick_str(p, 11),
	    .body = pick_str(p, 12),
	};
}

#define COLUMNS                                                                                         \
	"id, provider, event_id, type, livemode, created_at, received_at, processed_at, tries, state, " \
	"error, "                                                                                       \
	"customer"

enum err
payment_store_next(
    struct db *db, struct arena *a, int64_t now, size_t limit, struct payment_event **out, size_t *n)
{
	static const char sql[] =
	    "SELECT " COLUMNS ", body FROM payment_event WHERE state IN ('new', 'failed') AND next_at <= $1"
	    " ORDER BY next_at, id LIMIT $2";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "ii", now, (int64_t)limit);

	return pick_all(e, rows, a, event_row, sizeof **out, out, n);
}

enum err
payment_store_finish(struct db *db, int64_t id, const struct payment_outcome *o)
{
	static const char sql[] =
	    "UPDATE payment_event SET state = $1, error = $2, customer = $3, next_at = $4, processed_at = $5,"
	    " tries = tries + 1 WHERE id = $6";

	return db_exec(db, NULL, sql, "zssiii", o->state, str_slice(str_of(o->error), 0, REASON),
	    pick_text(o->customer), o->next_at, o->now, id);
}

enum err
payment_store_arrived(struct db *db, struct str provider, struct str customer, int64_t now)
{
	static const char sql[] = "UPDATE payment_event SET state = 'done', error = '', processed_at = $1"
	                          " WHERE provider = $2 AND customer = $3 AND state = 'waiting'";

	return db_exec(db, NULL, sql, "iss", now, provider, customer);
}

enum err
payment_store_replay(struct db *db, struct str event_id)
{
	static const char sql[] = "UPDATE payment_event SET state = 'new', error = '', next_at = 0, tries = 0"
	                          " WHERE event_id = $1 AND body <> ''";
	int64_t changed = 0;
	enum err e = db_exec(db, &changed, sql, "s", event_id);

	return e == ERR_NONE && changed == 0 ? ERR_NOT_FOUND : e;
}

enum err
payment_store_list(
    struct db *db, struct arena *a, struct str state, size_t limit, struct payment_event **out, size_t *n)
{
	static const char sql[] = "SELECT " COLUMNS ", '' FROM payment_event WHERE ($1 = '' OR state = $1)"
	                          " ORDER BY id DESC LIMIT $2";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "si", pick_text(state), (int64_t)limit);

	return pick_all(e, rows, a, event_row, sizeof **out, out, n);
}

enum err
payment_store_purge(struct db *db, int64_t before, int64_t unclaimed_before, int64_t *n)
{
	static const char bodies[] = "UPDATE payment_event SET body = '' WHERE body <> '' AND received_at < "
	                             "$1 AND state IN ('done', 'ignored')";
	static const char customers[] = "DELETE FROM payment_customer WHERE subscriber_id IS NULL AND "
	                                "seen_at < $1 AND NOT EXISTS (SELECT 1 FROM"
	                                " payment_period p WHERE p.provider = payment_customer.provider AND "
	                                "p.customer = payment_customer.id)";
	int64_t changed = 0;
	enum err e = db_exec(db, n, bodies, "i", before);

	if (e == ERR_NONE)
		e = db_exec(db, &changed, customers, "i", unclaimed_before);
	*n += changed;
	return e;
}
