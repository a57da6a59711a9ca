/* institution_batch.c: what is done to institutions in bulk. */
#include "store/institution_batch.h"

#include "store/import_undo.h"
#include "store/pick.h"

enum err
institution_batch_begin(struct db *db, const char *kind, struct str file, int64_t *id, struct fault *f)
{
	static const char sql[] = "INSERT INTO institution_batch (kind, file) VALUES ($1, $2) RETURNING id";

	return pick_fault(f, db_int(db, id, sql, "zs", kind, pick_text(str_slice(file, 0, 150))), db);
}

enum err
institution_batch_done(struct db *db, int64_t id, int64_t added)
{
	static const char sql[] = "UPDATE institution_batch SET added = $1 WHERE id = $2";

	return db_exec(db, NULL, sql, "ii", added, id);
}

static enum err
undo_rows(struct db *db, int64_t id, int64_t now, void *to)
{
	struct institution_undone *out = to;
	static const char networks[] =
	    "UPDATE institution_network SET ended_at = $1 WHERE batch_id = $2 AND ended_at IS NULL";
	static const char seats[] = "UPDATE seat SET revoked_at = $1, revoked_reason = 'import undone'"
	                            " WHERE batch_id = $2 AND revoked_at IS NULL";
	static const char invitations[] = "UPDATE seat_invitation SET closed_at = $1, email = ''"
	                                  " WHERE batch_id = $2 AND closed_at IS NULL";
	enum err e = db_exec(db, &out->networks, networks, "ii", now, id);

	if (e == ERR_NONE)
		e = db_exec(db, &out->seats, seats, "ii", now, id);
	if (e == ERR_NONE)
		e = db_exec(db, &out->invitations, invitations, "ii", now, id);
	return e;
}

enum err
institution_batch_undo(
    struct db *db, int64_t id, int64_t now, struct institution_undone *out, struct fault *f)
{
	static const char sql[] =
	    "UPDATE institution_batch SET undone_at = $1 WHERE id = $2 AND undone_at IS NULL";

	*out = (struct institution_undone){0, 0, 0};
	return import_undo(db, sql, undo_rows, id, now, out, f);
}

enum err
institution_usage_add(
    struct db *db, int64_t institution_id, struct str month, const char *via, int64_t opened)
{
	static const char sql[] =
	    "INSERT INTO institution_usage (institution_id, month, via, opened) VALUES ($1, $2, $3, $4)"
	    " ON CONFLICT (institution_id, month, via) DO UPDATE SET opened = institution_usage.opened + $4";

	return db_exec(db, NULL, sql, "iszi", institution_id, month, via, opened);
}

static void
month_row(struct pick *p, void *out)
{
	*(struct institution_month *)out = (struct institution_month){
	    pick_str(p, 0), rows_int(p->rows, 1), rows_int(p->rows, 2)};
}

enum err
institution_usage_list(struct db *db, struct arena *a, int64_t institution_id, size_t limit,
    struct institution_month **out, size_t *n)
{
	static const char sql[] =
	    "SELECT month, sum(CASE WHEN via = 'seat' THEN opened ELSE 0 END),"
	    " sum(CASE WHEN via = 'network' THEN opened ELSE 0 END) FROM institution_usage"
	    " WHERE institution_id = $1 GROUP BY month ORDER BY month DESC LIMIT $2";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "ii", institution_id, (int64_t)limit);

	return pick_all(e, rows, a, month_row, sizeof **out, out, n);
}

static void
ending_row(struct pick *p, void *out)
{
	*(struct institution_ending *)out = (struct institution_ending){
	    .contract_id = rows_int(p->rows, 0),
	    .institution_id = rows_int(p->rows, 1),
	    .ends_at = rows_int(p->rows, 2),
	    .seats = rows_int(p->rows, 3),
	    .taken = rows_int(p->rows, 4),
	    .name = pick_str(p, 5),
	    .email = pick_str(p, 6),
	    .plan = pick_str(p, 7),
	};
}

enum err
institution_notice_due(
    struct db *db, struct arena *a, int64_t now, int64_t days, struct institution_ending **out, size_t *n)
{
	static const char sql[] =
	    "SELECT c.id, c.institution_id, c.ends_at, c.seats,"
	    " (SELECT count(*) FROM seat s WHERE s.institution_id = i.id AND s.revoked_at IS NULL),"
	    " i.name, r.email, p.name"
	    " FROM institution_contract c JOIN institution i ON i.id = c.institution_id"
	    " JOIN plan p ON p.id = c.plan_id"
	    " JOIN institution_contact k ON k.institution_id = i.id AND k.ended_at IS NULL"
	    " JOIN subscriber r ON r.id = k.subscriber_id"
	    " WHERE c.ends_at > $1 AND c.ends_at <= $1 + $2 * 86400 AND c.starts_at <= $1 AND c.ended_at IS "
	    "NULL"
	    " AND i.status = 'active'"
	    " AND NOT EXISTS (SELECT 1 FROM institution_contract o WHERE o.institution_id = i.id"
	    " AND o.ended_at IS NULL AND o.ends_at > c.ends_at)"
	    " AND NOT EXISTS (SELECT 1 FROM institution_notice t WHERE t.contract_id = c.id AND t.days <= $2)"
	    " ORDER BY c.id, k.id";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "ii", now, days);

	return pick_all(e, rows, a, ending_row, sizeof **out, out, n);
}

enum err
institution_notice_done(struct db *db, int64_t contract_id, int64_t days)
{
	static const char sql[] =
	    "INSERT INTO institution_notice (contract_id, days) VALUES ($1, $2) ON CONFLICT DO NOTHING";

	return db_exec(db, NULL, sql, "ii", contract_id, days);
}
