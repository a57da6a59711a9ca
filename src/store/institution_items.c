/* institution_items.c: domains, networks and contact persons: three tables that are read and ended alike. */
#include "store/institution_store.h"

#include "store/pick.h"

static const char list_domains[] = "SELECT id, created_at, ended_at, domain, '' FROM institution_domain"
                                   " WHERE institution_id = $1 ORDER BY ended_at IS NOT NULL, domain, id";
static const char list_networks[] = "SELECT id, created_at, ended_at, network, label FROM institution_network"
                                    " WHERE institution_id = $1 ORDER BY ended_at IS NOT NULL, id";
static const char list_contacts[] =
    "SELECT c.id, c.created_at, c.ended_at, s.email, s.name FROM institution_contact c"
    " JOIN subscriber s ON s.id = c.subscriber_id WHERE c.institution_id = $1"
    " ORDER BY c.ended_at IS NOT NULL, s.email, c.id";

static const char end_domain[] = "UPDATE institution_domain SET ended_at = $1 WHERE institution_id = $2 AND "
                                 "domain = $3 AND ended_at IS NULL";
static const char end_network[] = "UPDATE institution_network SET ended_at = $1 WHERE institution_id = $2 "
                                  "AND network = $3 AND ended_at IS NULL";
static const char end_contact[] =
    "UPDATE institution_contact SET ended_at = $1 WHERE institution_id = $2 AND ended_at IS NULL"
    " AND subscriber_id IN (SELECT id FROM subscriber WHERE email = $3)";

static const struct {
	const char *list, *end, *noun;
} tables[] = {
    [INSTITUTION_DOMAINS] = {list_domains, end_domain, "domain"},
    [INSTITUTION_NETWORKS] = {list_networks, end_network, "network"},
    [INSTITUTION_CONTACTS] = {list_contacts, end_contact, "contact person"},
};

static void
item_row(struct pick *p, void *out)
{
	*(struct institution_item *)out = (struct institution_item){
	    rows_int(p->rows, 0), rows_int(p->rows, 1), rows_int(p->rows, 2), pick_str(p, 3), pick_str(p, 4)};
}

enum err
institution_store_items(struct db *db, struct arena *a, enum institution_list list, int64_t id,
    struct institution_item **out, size_t *n)
{
	struct rows *rows = NULL;
	enum err e = db_query(db, tables[list].list, &rows, "i", id);

	return pick_all(e, rows, a, item_row, sizeof **out, out, n);
}

enum err
institution_store_add_domain(struct db *db, int64_t id, struct str domain, struct fault *f)
{
	static const char sql[] =
	    "INSERT INTO institution_domain (institution_id, domain) VALUES ($1, lower($2))";

	return pick_fault(f, db_exec(db, NULL, sql, "is", id, pick_text(domain)), db);
}

enum err
institution_store_add_network(
    struct db *db, int64_t id, const char *network, struct str label, int64_t batch_id, struct fault *f)
{
	static const char sql[] = "INSERT INTO institution_network (institution_id, network, label, batch_id)"
	                          " VALUES ($1, $2, $3, CASE WHEN $4 = 0 THEN NULL ELSE $4 END)";

	return pick_fault(f, db_exec(db, NULL, sql, "izsi", id, network, pick_text(label), batch_id), db);
}

enum err
institution_store_add_contact(struct db *db, int64_t id, int64_t subscriber_id, struct fault *f)
{
	static const char sql[] =
	    "INSERT INTO institution_contact (institution_id, subscriber_id) VALUES ($1, $2)";

	return pick_fault(f, db_exec(db, NULL, sql, "ii", id, subscriber_id), db);
}

enum err
institution_store_end_item(
    struct db *db, enum institution_list list, int64_t id, struct str text, int64_t at, struct fault *f)
{
	int64_t changed = 0;
	enum err e = db_exec(db, &changed, tables[list].end, "iis", at, id, pick_text(text));

	if (e == ERR_NONE && changed == 0)
		return fault_set(f, ERR_NOT_FOUND, "this institution has no %s %.*s", tables[list].noun,
		    (int)(text.len > 200 ? 200 : text.len), text.at);
	return pick_fault(f, e, db);
}
