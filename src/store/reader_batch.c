/* reader_batch.c: what was added is ended; an account goes only when nothing but the import knows it. */
#include "store/reader_batch.h"

#include "store/import_undo.h"
#include "store/pick.h"

enum err
reader_batch_begin(struct db *db, struct str file, int64_t *id)
{
	static const char sql[] = "INSERT INTO subscriber_batch (file) VALUES ($1) RETURNING id";

	return db_int(db, id, sql, "s", file);
}

enum err
reader_batch_item(struct db *db, int64_t id, int64_t subscriber_id, int64_t subscription_id)
{
	static const char sql[] = "INSERT INTO subscriber_batch_item (batch_id, subscriber_id, "
	                          "subscription_id) VALUES ($1, $2, $3)";

	return db_exec(db, NULL, sql, "iii", id, subscriber_id, subscription_id);
}

enum err
reader_batch_done(struct db *db, int64_t id, int64_t accounts, int64_t periods)
{
	static const char sql[] = "UPDATE subscriber_batch SET accounts = $1, periods = $2 WHERE id = $3";

	return db_exec(db, NULL, sql, "iii", accounts, periods, id);
}

/* Accounts of the run that have signed in, or have a right, a letter or a payment from elsewhere, stay. */
static enum err
undo_rows(struct db *db, int64_t id, int64_t now, void *to)
{
	struct reader_undone *out = to;
	static const char periods[] =
	    "UPDATE subscription SET ended_at = $1, ended_reason = 'import undone' WHERE ended_at IS NULL"
	    " AND id IN (SELECT subscription_id FROM subscriber_batch_item WHERE batch_id = $2)";
	static const char accounts[] =
	    "DELETE FROM subscriber WHERE id IN (SELECT i.subscriber_id FROM subscriber_batch_item i"
	    " WHERE i.batch_id = $1 AND i.subscription_id = 0)"
	    " AND NOT EXISTS (SELECT 1 FROM session x WHERE x.subscriber_id = subscriber.id)"
	    " AND NOT EXISTS (SELECT 1 FROM seat x WHERE x.subscriber_id = subscriber.id)"
	    " AND NOT EXISTS (SELECT 1 FROM institution_contact x WHERE x.subscriber_id = subscriber.id)"
	    " AND NOT EXISTS (SELECT 1 FROM payment_customer x WHERE x.subscriber_id = subscriber.id)"
	    " AND NOT EXISTS (SELECT 1 FROM newsletter_subscription x WHERE x.email = subscriber.email)"
	    " AND NOT EXISTS (SELECT 1 FROM staff x WHERE x.subscriber_id = subscriber.id)"
	    " AND NOT EXISTS (SELECT 1 FROM subscription x WHERE x.subscriber_id = subscriber.id"
	    " AND NOT EXISTS (SELECT 1 FROM subscriber_batch_item y WHERE y.batch_id = $1"
	    " AND y.subscription_id = x.id))";
	static const char kept[] =
	    "SELECT count(*) FROM subscriber_batch_item WHERE batch_id = $1 AND subscription_id = 0";
	enum err e = db_exec(db, &out->periods, periods, "ii", now, id);

	if (e == ERR_NONE)
		e = db_exec(db, &out->accounts, accounts, "i", id);
	return e == ERR_NONE ? db_int(db, &out->kept, kept, "i", id) : e;
}

enum err
reader_batch_undo(struct db *db, int64_t id, int64_t now, struct reader_undone *out, struct fault *f)
{
	static const char sql[] =
	    "UPDATE subscriber_batch SET undone_at = $1 WHERE id = $2 AND undone_at IS NULL";

	*out = (struct reader_undone){0, 0, 0};
	return import_undo(db, sql, undo_rows, id, now, out, f);
}
