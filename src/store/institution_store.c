/* institution_store.c: institutions and their contracts. Rows are added and ended, never overwritten. */
#include "store/institution_store.h"

#include "store/pick.h"

#define COLUMNS                                                                                              \
	"SELECT i.id, i.slug, i.name, i.siret, i.status, n.seats, n.taken,"                                  \
	" (SELECT group_concat(DISTINCT p.slug) FROM institution_contract c JOIN plan p ON p.id = c.plan_id" \
	" WHERE c.institution_id = i.id AND c.starts_at <= $1 AND c.ends_at + c.grace_s > $1"                \
	" AND (c.ended_at IS NULL OR c.ended_at > $1)),"                                                     \
	" (SELECT max(CASE WHEN c.ended_at < c.ends_at THEN c.ended_at ELSE c.ends_at END)"                  \
	" FROM institution_contract c WHERE c.institution_id = i.id)"                                        \
	" FROM institution i JOIN institution_seats n ON n.institution_id = i.id"

enum err
institution_store_add(
    struct db *db, struct str slug, struct str name, struct str siret, int64_t *id, struct fault *f)
{
	static const char sql[] = "INSERT INTO institution (slug, name, siret) VALUES ($1, $2, CASE WHEN $3 "
	                          "= '' THEN NULL ELSE $3 END)"
	                          " RETURNING id";

	return pick_fault(f, db_int(db, id, sql, "sss", slug, name, pick_text(siret)), db);
}

static void
institution_row(struct pick *p, void *out)
{
	*(struct institution *)out = (struct institution){
	    .id = rows_int(p->rows, 0),
	    .slug = pick_str(p, 1),
	    .name = pick_str(p, 2),
	    .siret = pick_str(p, 3),
	    .status = pick_str(p, 4),
	    .seats = rows_int(p->rows, 5),
	    .taken = rows_int(p->rows, 6),
	    .plans = pick_str(p, 7),
	    .until = rows_int(p->rows, 8),
	};
}

enum err
institution_store_find(
    struct db *db, struct arena *a, struct str ref, int64_t now, struct institution *out, struct fault *f)
{
	static const char sql[] = COLUMNS " WHERE i.slug = $2 OR i.siret = $2 OR i.id = $3";
	struct rows *rows = NULL;
	int64_t id = 0;
	enum err e;

	(void)str_to_int(ref, 1, INT64_C(9999999999), &id);
	e = db_query(db, sql, &rows, "isi", now, pick_text(ref), id);
	if ((e = pick_one(e, rows, a, institution_row, out)) == ERR_NOT_FOUND)
		return fault_set(f, e,
		    "there is no institution \"%.*s\"; its slug, SIRET or number is asked for",
		    (int)(ref.len > 100 ? 100 : ref.len), ref.at);
	return pick_fault(f, e, db);
}

enum err
institution_store_list(struct db *db, struct arena *a, int64_t after_id, int64_t now, size_t limit,
    struct institution **out, size_t *n)
{
	static const char sql[] = COLUMNS " WHERE i.id > $2 ORDER BY i.id LIMIT $3";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "iii", now, after_id, (int64_t)limit);

	return pick_all(e, rows, a, institution_row, sizeof **out, out, n);
}

enum err
institution_store_set_status(struct db *db, int64_t id, struct str status, struct fault *f)
{
	static const char sql[] = "UPDATE institution SET status = $1 WHERE id = $2";

	return pick_fault(f, db_exec(db, NULL, sql, "si", status, id), db);
}

enum err
institution_store_grant(struct db *db, const struct institution_contract *c, int64_t *id, struct fault *f)
{
	static const char plan[] = "SELECT id FROM plan WHERE slug = $1";
	static const char sql[] = "INSERT INTO institution_contract (institution_id, plan_id, seats, "
	                          "networks, starts_at, ends_at, grace_s,"
	                          " purchase_order, paid_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CASE "
	                          "WHEN $9 = 0 THEN NULL ELSE $9 END)"
	                          " RETURNING id";
	int64_t plan_id;
	enum err e = db_int(db, &plan_id, plan, "s", c->plan);

	if (e == ERR_NOT_FOUND)
		return fault_set(f, e, "there is no plan \"" STR_FMT "\"", STR_ARG(c->plan));
	if (e == ERR_NONE)
		e = db_int(db, id, sql, "iiiiiiisi", c->institution_id, plan_id, c->seats, c->networks,
		    c->starts_at, c->ends_at, c->grace_s, pick_text(c->purchase_order), c->paid_at);
	return pick_fault(f, e, db);
}

static void
contract_row(struct pick *p, void *out)
{
	*(struct institution_contract *)out = (struct institution_contract){
	    .id = rows_int(p->rows, 0),
	    .institution_id = rows_int(p->rows, 1),
	    .plan = pick_str(p, 2),
	    .seats = rows_int(p->rows, 3),
	    .networks = rows_int(p->rows, 4),
	    .starts_at = rows_int(p->rows, 5),
	    .ends_at = rows_int(p->rows, 6),
	    .grace_s = rows_int(p->rows, 7),
	    .purchase_order = pick_str(p, 8),
	    .paid_at = rows_int(p->rows, 9),
	    .ended_at = rows_int(p->rows, 10),
	};
}

enum err
institution_store_contracts(
    struct db *db, struct arena *a, int64_t id, struct institution_contract **out, size_t *n)
{
	static const char sql[] =
	    "SELECT c.id, c.institution_id, p.slug, c.seats, c.networks, c.starts_at, c.ends_at, c.grace_s,"
	    " c.purchase_order, c.paid_at, c.ended_at FROM institution_contract c JOIN plan p ON p.id = "
	    "c.plan_id"
	    " WHERE c.institution_id = $1 ORDER BY c.starts_at, c.id";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "i", id);

	return pick_all(e, rows, a, contract_row, sizeof **out, out, n);
}

enum err
institution_store_end(
    struct db *db, int64_t id, int64_t contract_id, int64_t at, struct str reason, struct fault *f)
{
	static const char sql[] =
	    "UPDATE institution_contract SET ended_at = $1, ended_reason = $2 WHERE institution_id = $3"
	    " AND ended_at IS NULL AND ends_at + grace_s > $1 AND ($4 = 0 OR id = $4)";
	int64_t changed = 0;
	enum err e = db_exec(db, &changed, sql, "isii", at, reason, id, contract_id);

	if (e == ERR_NONE && changed == 0)
		return fault_set(f, ERR_NOT_FOUND, "no contract of this institution is running or to come");
	return pick_fault(f, e, db);
}

enum err
institution_store_paid(struct db *db, int64_t id, int64_t contract_id, int64_t at, struct fault *f)
{
	static const char sql[] = "UPDATE institution_contract SET paid_at = $1 WHERE institution_id = $2"
	                          " AND paid_at IS NULL AND id = $3";
	int64_t changed = 0;
	enum err e = db_exec(db, &changed, sql, "iii", at, id, contract_id);

	if (e == ERR_NONE && changed == 0)
		return fault_set(f, ERR_NOT_FOUND,
		    "this institution has no contract %lld that is not paid yet", (long long)contract_id);
	return pick_fault(f, e, db);
}

enum err
institution_store_limits(struct db *db, int64_t ipv4, int64_t ipv6)
{
	static const char differ[] = "SELECT count(*) FROM institution_limit WHERE ipv4 <> $1 OR ipv6 <> $2";
	static const char sql[] = "UPDATE institution_limit SET ipv4 = $1, ipv6 = $2";
	int64_t n = 0;
	enum err e = db_int(db, &n, differ, "ii", ipv4, ipv6);

	return e == ERR_NONE && n > 0 ? db_exec(db, NULL, sql, "ii", ipv4, ipv6) : e;
}
