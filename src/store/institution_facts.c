/* institution_facts.c: reads of the tables that the public connection may see. */
#include "store/institution_facts.h"

#include "store/pick.h"

enum err
institution_facts_changed(struct db *db, int64_t *seen, bool *changed)
{
	static const char last[] = "SELECT coalesce(max(id), 0) FROM change_log";
	static const char any[] = "SELECT count(*) FROM change_log WHERE id > $1 AND id <= $2"
	                          " AND kind = 'institution' AND detail = 'access'";
	int64_t end = 0, n = 0;
	enum err e = db_int(db, &end, last, "");

	if (e == ERR_NONE && end != *seen)
		e = db_int(db, &n, any, "ii", *seen, end);
	*changed = n > 0;
	if (e == ERR_NONE)
		*seen = end;
	return e;
}

static void
network_row(struct pick *p, void *out)
{
	*(struct institution_network_row *)out = (struct institution_network_row){
	    rows_int(p->rows, 0), pick_str(p, 1)};
}

enum err
institution_facts_networks(struct db *db, struct arena *a, struct institution_network_row **out, size_t *n)
{
	static const char sql[] =
	    "SELECT institution_id, network FROM institution_network WHERE ended_at IS NULL";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "");

	return pick_all(e, rows, a, network_row, sizeof **out, out, n);
}

static void
period_row(struct pick *p, void *out)
{
	*(struct institution_period *)out = (struct institution_period){
	    .institution_id = rows_int(p->rows, 0),
	    .plan_id = rows_int(p->rows, 1),
	    .starts_at = rows_int(p->rows, 2),
	    .ends_at = rows_int(p->rows, 3),
	    .grace_s = rows_int(p->rows, 4),
	    .ended_at = rows_int(p->rows, 5),
	    .devices = rows_int(p->rows, 6),
	};
}

enum err
institution_facts_contracts(
    struct db *db, struct arena *a, int64_t now, struct institution_period **out, size_t *n)
{
	static const char sql[] =
	    "SELECT c.institution_id, c.plan_id, c.starts_at, c.ends_at, c.grace_s, c.ended_at, 0"
	    " FROM institution_contract c JOIN institution i ON i.id = c.institution_id"
	    " WHERE i.status = 'active' AND c.networks = 1 AND c.ends_at + c.grace_s > $1"
	    " AND (c.ended_at IS NULL OR c.ended_at > $1) ORDER BY c.institution_id, c.id";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "i", now);

	return pick_all(e, rows, a, period_row, sizeof **out, out, n);
}

enum err
institution_facts_seats(
    struct db *db, struct arena *a, int64_t subscriber_id, struct institution_period **out, size_t *n)
{
	static const char sql[] =
	    "SELECT s.institution_id, c.plan_id,"
	    " CASE WHEN s.created_at > c.starts_at THEN s.created_at ELSE c.starts_at END,"
	    " c.ends_at, c.grace_s, c.ended_at, p.devices"
	    " FROM seat s JOIN institution i ON i.id = s.institution_id"
	    " JOIN institution_contract c ON c.institution_id = s.institution_id JOIN plan p ON p.id = "
	    "c.plan_id"
	    " WHERE s.subscriber_id = $1 AND s.revoked_at IS NULL AND i.status = 'active'"
	    " AND (SELECT count(*) FROM seat t WHERE t.institution_id = s.institution_id AND t.revoked_at IS "
	    "NULL"
	    " AND t.id <= s.id)"
	    " <= (SELECT sum(o.seats) FROM institution_contract o WHERE o.institution_id = c.institution_id"
	    " AND (o.ended_at IS NULL OR o.id = c.id) AND o.starts_at < c.ends_at AND o.ends_at > "
	    "c.starts_at)"
	    " ORDER BY c.starts_at, c.id";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "i", subscriber_id);

	return pick_all(e, rows, a, period_row, sizeof **out, out, n);
}
