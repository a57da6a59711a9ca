/* seat_store.c: seats come and go as rows; an invitation becomes a seat when its address is proven. */
#include "store/seat_store.h"

#include "store/pick.h"
#include "store/subscriber_store.h"

static void
seat_row(struct pick *p, void *out)
{
	*(struct seat *)out = (struct seat){
	    .id = rows_int(p->rows, 0),
	    .institution_id = rows_int(p->rows, 1),
	    .created_at = rows_int(p->rows, 2),
	    .revoked_at = rows_int(p->rows, 3),
	    .invitation = rows_int(p->rows, 4) != 0,
	    .email = pick_str(p, 5),
	    .origin = pick_str(p, 6),
	};
}

enum err
seat_store_list(
    struct db *db, struct arena *a, int64_t institution_id, bool history, struct seat **out, size_t *n)
{
	static const char sql[] =
	    "SELECT s.id, s.institution_id, s.created_at, s.revoked_at, 0, r.email, s.origin FROM seat s"
	    " JOIN subscriber r ON r.id = s.subscriber_id"
	    " WHERE s.institution_id = $1 AND (s.revoked_at IS NULL OR $2 = 1)"
	    " UNION ALL SELECT id, institution_id, created_at, closed_at, 1, email, origin FROM "
	    "seat_invitation"
	    " WHERE institution_id = $1 AND closed_at IS NULL ORDER BY 3, 5, 1";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "ii", institution_id, (int64_t)history);

	return pick_all(e, rows, a, seat_row, sizeof **out, out, n);
}

static enum err
has_seat(struct db *db, int64_t institution_id, int64_t subscriber_id, bool *out)
{
	static const char sql[] = "SELECT EXISTS (SELECT 1 FROM seat WHERE institution_id = $1"
	                          " AND subscriber_id = $2 AND revoked_at IS NULL)";
	int64_t any = 0;
	enum err e = db_int(db, &any, sql, "ii", institution_id, subscriber_id);

	*out = any != 0;
	return e;
}

static enum err
add_seat(struct db *db, int64_t institution_id, int64_t subscriber_id, const char *origin, int64_t batch_id)
{
	static const char sql[] = "INSERT INTO seat (institution_id, subscriber_id, origin, batch_id)"
	                          " VALUES ($1, $2, $3, CASE WHEN $4 = 0 THEN NULL ELSE $4 END)";

	return db_exec(db, NULL, sql, "iizi", institution_id, subscriber_id, origin, batch_id);
}

static enum err
invite(struct db *db, const struct seat_gift *g, const char *email)
{
	static const char sql[] = "INSERT INTO seat_invitation (institution_id, email, origin, batch_id)"
	                          " VALUES ($1, $2, $3, CASE WHEN $4 = 0 THEN NULL ELSE $4 END)";
	static const char open[] = "SELECT EXISTS (SELECT 1 FROM seat_invitation WHERE institution_id = $1"
	                           " AND email = $2 AND closed_at IS NULL)";
	int64_t any = 0;
	enum err e = db_int(db, &any, open, "iz", g->institution_id, email);

	if (e == ERR_NONE && any != 0)
		return ERR_CONFLICT;
	return e == ERR_NONE
	           ? db_exec(db, NULL, sql, "izzi", g->institution_id, email, g->origin, g->batch_id)
	           : e;
}

enum err
seat_store_give(struct db *db, struct arena *a, const struct seat_gift *g, bool *invited, struct fault *f)
{
	char email[SUBSCRIBER_EMAIL + 1];
	struct subscriber reader;
	bool taken = false, known;
	enum err e;

	if (!subscriber_email(g->email, email))
		return fault_set(f, ERR_INVALID, "%.*s is no e-mail address",
		    (int)(g->email.len > 200 ? 200 : g->email.len), g->email.at);
	e = subscriber_store_by_email(db, a, str_of(email), &reader);
	known = e == ERR_NONE;
	if (known)
		e = has_seat(db, g->institution_id, reader.id, &taken);
	if (e != ERR_NONE && e != ERR_NOT_FOUND)
		return pick_fault(f, e, db);
	if (invited != NULL)
		*invited = !known || g->always_invite;
	if (taken)
		return fault_set(f, ERR_CONFLICT, "%s has a seat already", email);
	e = known && !g->always_invite ? add_seat(db, g->institution_id, reader.id, g->origin, g->batch_id)
	                               : invite(db, g, email);
	return e == ERR_CONFLICT ? fault_set(f, e, "%s is invited already", email) : pick_fault(f, e, db);
}

enum err
seat_store_end(
    struct db *db, int64_t institution_id, struct str email, int64_t at, const char *reason, struct fault *f)
{
	static const char seat[] =
	    "UPDATE seat SET revoked_at = $1, revoked_reason = $2 WHERE institution_id = $3"
	    " AND revoked_at IS NULL"
	    " AND subscriber_id IN (SELECT id FROM subscriber WHERE email = $4)";
	static const char invitation[] =
	    "UPDATE seat_invitation SET closed_at = $1, email = '' WHERE institution_id = $2"
	    " AND closed_at IS NULL AND email = $3";
	char address[SUBSCRIBER_EMAIL + 1];
	int64_t ended = 0, withdrawn = 0;
	enum err e;

	if (!subscriber_email(email, address))
		return fault_set(f, ERR_INVALID, "%.*s is no e-mail address",
		    (int)(email.len > 200 ? 200 : email.len), email.at);
	e = db_exec(db, &ended, seat, "izis", at, reason, institution_id, str_of(address));
	if (e == ERR_NONE)
		e = db_exec(db, &withdrawn, invitation, "iis", at, institution_id, str_of(address));
	if (e == ERR_NONE && ended + withdrawn == 0)
		return fault_set(f, ERR_NOT_FOUND, "%s has no seat of this institution", address);
	return pick_fault(f, e, db);
}

struct invitation {
	int64_t id, institution_id, batch_id;
	struct str origin;
};

static void
invitation_row(struct pick *p, void *out)
{
	*(struct invitation *)out = (struct invitation){
	    rows_int(p->rows, 0), rows_int(p->rows, 1), rows_int(p->rows, 2), pick_str(p, 3)};
}

static enum err
open_invitations(struct db *db, struct arena *a, const char *email, struct invitation **out, size_t *n)
{
	static const char sql[] = "SELECT id, institution_id, batch_id, origin FROM seat_invitation"
	                          " WHERE email = $1 AND closed_at IS NULL ORDER BY id";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "z", email);

	return pick_all(e, rows, a, invitation_row, sizeof **out, out, n);
}

/* The place that the invitation held is free for its seat. */
static enum err
accept(struct db *db, const struct invitation *v, const char *origin, int64_t subscriber_id, int64_t now,
    int64_t *joined)
{
	static const char sql[] = "UPDATE seat_invitation SET closed_at = $1, email = '' WHERE id = $2";
	bool taken = false;
	enum err e = db_exec(db, NULL, sql, "ii", now, v->id);

	if (e == ERR_NONE)
		e = has_seat(db, v->institution_id, subscriber_id, &taken);
	if (e != ERR_NONE || taken)
		return e;
	e = add_seat(db, v->institution_id, subscriber_id, origin, v->batch_id);
	*joined += e == ERR_NONE;
	return e == ERR_INVALID ? ERR_NONE : e; /* fewer seats than were invited */
}

static enum err
join_domain(struct db *db, int64_t subscriber_id, struct str domain, int64_t *joined)
{
	static const char sql[] =
	    "SELECT d.institution_id FROM institution_domain d JOIN institution i ON i.id = d.institution_id"
	    " JOIN institution_seats n ON n.institution_id = d.institution_id"
	    " WHERE d.domain = $1 AND d.ended_at IS NULL AND i.status = 'active' AND n.taken < n.seats"
	    " AND NOT EXISTS (SELECT 1 FROM seat s WHERE s.institution_id = d.institution_id"
	    " AND s.subscriber_id = $2 AND (s.revoked_at IS NULL OR s.revoked_reason <> 'import undone'))";
	int64_t institution_id;
	enum err e = db_int(db, &institution_id, sql, "si", domain, subscriber_id);

	if (e == ERR_NOT_FOUND)
		return ERR_NONE;
	if (e == ERR_NONE)
		e = add_seat(db, institution_id, subscriber_id, "domain", 0);
	*joined += e == ERR_NONE;
	return e == ERR_INVALID ? ERR_NONE : e;
}

enum err
seat_store_accept(
    struct db *db, struct arena *a, int64_t subscriber_id, struct str email, int64_t now, int64_t *joined)
{
	char address[SUBSCRIBER_EMAIL + 1];
	struct invitation *list;
	size_t n = 0;
	enum err e;

	*joined = 0;
	if (!subscriber_email(email, address))
		return ERR_NONE;
	e = open_invitations(db, a, address, &list, &n);
	for (size_t i = 0; i < n && e == ERR_NONE; i++) {
		const char *origin = str_eq(list[i].origin, STR("contact"))  ? "contact"
		                     : str_eq(list[i].origin, STR("import")) ? "import"
		                                                             : "staff";

		e = accept(db, &list[i], origin, subscriber_id, now, joined);
	}
	return e;
}

enum err
seat_store_join(
    struct db *db, struct arena *a, int64_t subscriber_id, struct str email, int64_t now, int64_t *joined)
{
	char address[SUBSCRIBER_EMAIL + 1];
	struct str domain;
	int64_t count = 0;
	enum err e = seat_store_accept(db, a, subscriber_id, email, now, &count);

	if (e == ERR_NONE && subscriber_email(email, address)) {
		domain = str_of(address);
		domain = str_slice(domain, str_find(domain, STR("@")) + 1, domain.len);
		e = join_domain(db, subscriber_id, domain, &count);
	}
	if (joined != NULL)
		*joined = count;
	return e;
}

enum err
seat_store_invitations(struct db *db, struct arena *a, struct str email, struct str **names, size_t *n)
{
	static const char sql[] =
	    "SELECT i.name FROM seat_invitation v JOIN institution i ON i.id = v.institution_id"
	    " WHERE v.email = $1 AND v.closed_at IS NULL ORDER BY v.id";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "s", pick_text(email));

	return pick_all(e, rows, a, pick_word, sizeof **names, names, n);
}

enum err
seat_store_managed(struct db *db, struct arena *a, int64_t subscriber_id, int64_t **institutions, size_t *n)
{
	static const char sql[] = "SELECT institution_id FROM institution_contact WHERE subscriber_id = $1"
	                          " AND ended_at IS NULL ORDER BY institution_id";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "i", subscriber_id);

	return pick_all(e, rows, a, pick_number, sizeof **institutions, institutions, n);
}

enum err
seat_store_may_manage(struct db *db, int64_t subscriber_id, int64_t institution_id)
{
	static const char sql[] =
	    "SELECT c.institution_id FROM institution_contact c"
	    " JOIN institution i ON i.id = c.institution_id"
	    " WHERE c.subscriber_id = $1 AND c.institution_id = $2 AND c.ended_at IS NULL"
	    " AND i.status = 'active'";
	int64_t found;

	return db_int(db, &found, sql, "ii", subscriber_id, institution_id);
}

enum err
seat_store_end_managed(struct db *db, int64_t manager_id, int64_t seat_id, bool invitation, int64_t at)
{
	static const char seat[] =
	    "UPDATE seat SET revoked_at = $1, revoked_reason = 'contact' WHERE id = $2 AND revoked_at IS NULL"
	    " AND institution_id IN (SELECT institution_id FROM institution_contact WHERE subscriber_id = $3"
	    " AND ended_at IS NULL)";
	static const char withdraw[] =
	    "UPDATE seat_invitation SET closed_at = $1, email = '' WHERE id = $2 AND closed_at IS NULL"
	    " AND institution_id IN (SELECT institution_id FROM institution_contact WHERE subscriber_id = $3"
	    " AND ended_at IS NULL)";
	int64_t changed = 0;
	enum err e = db_exec(db, &changed, invitation ? withdraw : seat, "iii", at, seat_id, manager_id);

	return e == ERR_NONE && changed == 0 ? ERR_NOT_FOUND : e;
}
