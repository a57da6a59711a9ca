/* pause_store.c: a pause is a row; what it took from a period comes back as another period of the same plan. */
#include "store/pause_store.h"

#include "store/pick.h"

#define BATCH 100

static void
pause_row(struct pick *p, void *out)
{
	*(struct pause *)out = (struct pause){
	    rows_int(p->rows, 0), rows_int(p->rows, 1), rows_int(p->rows, 2)};
}

enum err
pause_store_list(struct db *db, struct arena *a, int64_t subscriber_id, struct pause **out, size_t *n)
{
	static const char sql[] =
	    "SELECT id, starts_at, ends_at FROM subscription_pause WHERE subscriber_id = "
	    "$1 ORDER BY starts_at, id";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "i", subscriber_id);

	return pick_all(e, rows, a, pause_row, sizeof **out, out, n);
}

enum err
pause_store_begin(struct db *db, int64_t subscriber_id, int64_t starts_at, int64_t ends_at, struct str reason,
    struct fault *f)
{
	static const char runs[] =
	    "SELECT count(*) FROM subscription WHERE subscriber_id = $1 AND ended_at IS "
	    "NULL AND starts_at <= $2 AND ends_at > $2";
	static const char open[] =
	    "INSERT INTO subscription_pause (subscriber_id, starts_at, reason) VALUES ($1, $2, $3)";
	static const char bounded[] = "INSERT INTO subscription_pause (subscriber_id, starts_at, reason, "
	                              "ends_at) VALUES ($1, $2, $3, $4)";
	int64_t n = 0;
	enum err e = db_int(db, &n, runs, "ii", subscriber_id, starts_at);

	if (e == ERR_NONE && n == 0)
		return fault_set(f, ERR_NOT_FOUND, "no subscription of this reader's own runs then");
	if (e == ERR_NONE && ends_at == 0)
		e = db_exec(db, NULL, open, "iis", subscriber_id, starts_at, pick_text(reason));
	else if (e == ERR_NONE)
		e = db_exec(db, NULL, bounded, "iisi", subscriber_id, starts_at, pick_text(reason), ends_at);
	return pick_fault(f, e, db);
}

#define YEAR ((int64_t)365 * 86400)

/* Days are the calendar's: one of them has an hour more, another less. */
static int64_t
days_of(int64_t seconds)
{
	return (seconds + 86400 - 3601) / 86400;
}

enum err
pause_store_left(struct db *db, int64_t subscriber_id, int64_t at, int64_t *days)
{
	static const char allowed[] =
	    "SELECT coalesce(min(p.pause_days), 0) FROM subscription u JOIN plan p ON p.id = u.plan_id"
	    " WHERE u.subscriber_id = $1 AND u.ended_at IS NULL AND u.starts_at <= $2 AND u.ends_at > $2";
	static const char taken[] =
	    "SELECT coalesce(sum((coalesce(ends_at, starts_at + $1) - starts_at + 82799) / 86400), 0)"
	    " FROM subscription_pause WHERE subscriber_id = $2 AND starts_at > $3 - $1";
	int64_t most = 0, used = 0;
	enum err e = db_int(db, &most, allowed, "ii", subscriber_id, at);

	if (e == ERR_NONE)
		e = db_int(db, &used, taken, "iii", YEAR, subscriber_id, at);
	*days = e == ERR_NONE && most > used ? most - used : 0;
	return e;
}

/* In a transaction of the caller's. */
static enum err
ask(struct db *db, const struct pause_wish *w, struct fault *f)
{
	static const char lies[] =
	    "SELECT EXISTS (SELECT 1 FROM subscription_pause WHERE subscriber_id = $1 AND starts_at < $2"
	    " AND (ends_at IS NULL OR ends_at > $3))";
	int64_t left = 0, other = 0;
	enum err e = db_int(db, &other, lies, "iii", w->subscriber_id, w->ends_at, w->starts_at);

	if (e == ERR_NONE && other != 0)
		return fault_set(f, ERR_CONFLICT, "another pause of this reader lies in this time");
	if (e == ERR_NONE)
		e = pause_store_left(db, w->subscriber_id, w->starts_at, &left);
	if (e != ERR_NONE)
		return pick_fault(f, e, db);
	e = pause_store_begin(db, w->subscriber_id, w->starts_at, w->ends_at, STR("by the reader"), f);
	if (e == ERR_NONE && days_of(w->ends_at - w->starts_at) > left)
		e = fault_set(f, ERR_DENIED, "the plan allows %lld days more", (long long)left);
	return e;
}

enum err
pause_store_ask(struct db *db, const struct pause_wish *w, struct fault *f)
{
	enum err e;

	if (w->starts_at < w->now || w->starts_at > w->now + YEAR || w->ends_at <= w->starts_at)
		return fault_set(f, ERR_INVALID, "a pause begins within a year, and ends after it begins");
	e = db_begin(db);
	if (e == ERR_NONE)
		e = ask(db, w, f);
	if (e == ERR_NONE)
		e = db_commit(db);
	db_rollback(db);
	return e;
}

enum err
pause_store_cancel(struct db *db, int64_t subscriber_id, int64_t pause_id, struct fault *f)
{
	static const char sql[] = "DELETE FROM subscription_pause WHERE id = $1 AND subscriber_id = $2";
	int64_t changed = 0;
	enum err e = db_exec(db, &changed, sql, "ii", pause_id, subscriber_id);

	return e == ERR_NONE && changed == 0 ? ERR_NOT_FOUND : pick_fault(f, e, db);
}

/* One row a plan: as much time as the pause took from its periods, after the last of them and after the pause. Periods
 * that were ended early have nothing to give back. */
static enum err
give_back(struct db *db, int64_t id)
{
	static const char sql[] =
	    "INSERT INTO subscription (subscriber_id, plan_id, kind, starts_at, ends_at, grace_s, source)"
	    " SELECT subscriber_id, plan_id, kind, CASE WHEN last > over THEN last ELSE over END,"
	    " CASE WHEN last > over THEN last ELSE over END + taken, grace_s, 'pause ' || pause_id"
	    " FROM (SELECT u.subscriber_id, u.plan_id, q.id AS pause_id, q.ends_at AS over, max(u.grace_s) "
	    "AS grace_s,"
	    " CASE WHEN sum(CASE WHEN u.kind = 'paid' THEN 1 ELSE 0 END) > 0 THEN 'paid' ELSE min(u.kind) "
	    "END AS kind,"
	    " sum(CASE WHEN u.ends_at < q.ends_at THEN u.ends_at ELSE q.ends_at END"
	    " - CASE WHEN u.starts_at > q.starts_at THEN u.starts_at ELSE q.starts_at END) AS taken,"
	    " (SELECT max(x.ends_at) FROM subscription x WHERE x.subscriber_id = u.subscriber_id"
	    " AND x.plan_id = u.plan_id AND x.ended_at IS NULL) AS last"
	    " FROM subscription_pause q JOIN subscription u ON u.subscriber_id = q.subscriber_id"
	    " WHERE q.id = $1 AND u.ended_at IS NULL AND u.starts_at < q.ends_at AND u.ends_at > q.starts_at"
	    " GROUP BY u.subscriber_id, u.plan_id, q.id, q.ends_at) AS given";

	return db_exec(db, NULL, sql, "i", id);
}

static enum err
settle_one(struct db *db, int64_t id, int64_t now)
{
	static const char mark[] = "UPDATE subscription_pause SET settled_at = $1 WHERE id = $2 AND "
	                           "settled_at IS NULL AND ends_at <= $1";
	int64_t changed = 0;
	enum err e = db_exec(db, &changed, mark, "ii", now, id);

	return e == ERR_NONE && changed == 1 ? give_back(db, id) : e;
}

/* In a transaction of the caller's. */
static enum err
resume(struct db *db, int64_t subscriber_id, int64_t now)
{
	static const char end[] =
	    "UPDATE subscription_pause SET ends_at = CASE WHEN starts_at < $1 THEN $1 ELSE starts_at + 1 END"
	    " WHERE subscriber_id = $2 AND starts_at <= $1 AND (ends_at IS NULL OR ends_at > $1)"
	    " AND settled_at IS NULL RETURNING id";
	int64_t id = 0;
	enum err e = db_int(db, &id, end, "ii", now, subscriber_id);

	return e == ERR_NONE ? settle_one(db, id, now + 1) : e; /* one second is the shortest pause */
}

enum err
pause_store_resume(struct db *db, int64_t subscriber_id, int64_t now, struct fault *f)
{
	enum err e = db_begin(db);

	if (e == ERR_NONE)
		e = resume(db, subscriber_id, now);
	if (e == ERR_NONE)
		e = db_commit(db);
	if (e == ERR_NOT_FOUND)
		(void)fault_set(f, e, "this reader has no pause now");
	else
		(void)pick_fault(f, e, db);
	db_rollback(db);
	return e;
}

enum err
pause_store_settle(struct db *db, int64_t now, int64_t *n, struct fault *f)
{
	static const char due[] =
	    "SELECT id FROM subscription_pause WHERE settled_at IS NULL AND ends_at IS NOT "
	    "NULL AND ends_at <= $1 ORDER BY id LIMIT 1";
	enum err e = ERR_NONE;
	int64_t id;

	*n = 0;
	while (e == ERR_NONE && *n < BATCH && (e = db_int(db, &id, due, "i", now)) == ERR_NONE) {
		if ((e = db_begin(db)) != ERR_NONE)
			break;
		e = settle_one(db, id, now);
		if (e == ERR_NONE)
			e = db_commit(db);
		if (e != ERR_NONE)
			(void)pick_fault(f, e, db);
		db_rollback(db);
		*n += e == ERR_NONE;
	}
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}
