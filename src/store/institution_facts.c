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

enum err
institution_facts_networks(struct db *db, struct arena *a, struct institution_network_row **out, size_t *n)
{
	static const char sql[] =
	    "SELECT institution_id, network FROM institution_network WHERE ended_at IS NULL";
	struct pick p = {NULL, a, false};
	struct rows *rows = NULL;
	size_t room = 0;
	enum err e = db_query(db, sql, &rows, "");

	*out = NULL;
	*n = 0;
	p.rows = rows;
	while (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE) {
		struct institution_network_row *items = pick_grow(a, *out, *n, &room, sizeof *items);

		if (items == NULL) {
			e = ERR_MEMORY;
			break;
		}
		*out = items;
		items[(*n)++] = (struct institution_network_row){rows_int(rows, 0), pick_str(&p, 1)};
	}
	rows_close(rows);
	if (e == ERR_NOT_FOUND)
		e = ERR_NONE;
	return e == ERR_NONE && p.failed ? ERR_MEMORY : e;
}

static enum err
take_periods(struct rows *rows, enum err e, struct arena *a, struct institution_period **out, size_t *n)
{
	size_t room = 0;

	*out = NULL;
	*n = 0;
	while (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE) {
		struct institution_period *items = pick_grow(a, *out, *n, &room, sizeof *items);

		if (items == NULL) {
			e = ERR_MEMORY;
			break;
		}
		*out = items;
		items[(*n)++] = (struct institution_period){
		    .institution_id = rows_int(rows, 0),
		    .plan_id = rows_int(rows, 1),
		    .starts_at = rows_int(rows, 2),
		    .ends_at = rows_int(rows, 3),
		    .grace_s = rows_int(rows, 4),
		    .ended_at = rows_int(rows, 5),
		    .devices = rows_int(rows, 6),
		};
	}
	rows_close(rows);
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
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

	return take_periods(rows, e, a, out, n);
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

	return take_periods(rows, e, a, out, n);
}
