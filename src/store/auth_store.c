/* auth_store.c: rows of login_link that readers asked for; subscriber_password. */
#include "store/auth_store.h"

#include "store/pick.h"

enum err
auth_store_add(struct db *db, const struct auth_link *l, struct fault *f)
{
	static const char sql[] =
	    "INSERT INTO login_link (hash, subscriber_id, purpose, email, browser, code, device, next, "
	    "created_at, expires_at) VALUES ($1, NULLIF($2, 0), $3, $4, NULLIF($5, ''), NULLIF($6, ''), $7, "
	    "$8, $9, $10)";

	return pick_fault(f,
	    db_exec(db, NULL, sql, "sissssssii", l->hash, l->subscriber_id, l->purpose, l->email,
	        pick_text(l->browser), pick_text(l->code), pick_text(l->device),
	        l->next.len > 0 ? l->next : STR("/"), l->now, l->expires_at),
	    db);
}

static enum err
read_link(struct rows *rows, enum err e, struct arena *a, struct auth_row *out)
{
	struct pick p = {rows, a, false};

	if (e == ERR_NONE)
		e = rows_next(rows);
	if (e == ERR_NONE)
		*out = (struct auth_row){
		    .subscriber_id = rows_int(rows, 0),
		    .created_at = rows_int(rows, 1),
		    .wrong = rows_int(rows, 2),
		    .email = pick_str(&p, 3),
		    .hash = pick_str(&p, 4),
		    .browser = pick_str(&p, 5),
		    .code = pick_str(&p, 6),
		    .device = pick_str(&p, 7),
		    .next = pick_str(&p, 8),
		};
	rows_close(rows);
	return p.failed ? ERR_MEMORY : e;
}

enum err
auth_store_by_hash(
    struct db *db, struct arena *a, struct str hash, struct str purpose, int64_t now, struct auth_row *out)
{
	static const char sql[] = "SELECT subscriber_id, created_at, wrong, email, hash, browser, code, "
	                          "device, next FROM login_link"
	                          " WHERE hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3 "
	                          "AND created_at <= $3 + "
	                          "60";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "ssi", hash, purpose, now);

	return read_link(rows, e, a, out);
}

enum err
auth_store_by_browser(struct db *db, struct arena *a, struct str browser, int64_t now, struct auth_row *out)
{
	static const char sql[] =
	    "SELECT subscriber_id, created_at, wrong, email, hash, browser, code, device, next FROM "
	    "login_link"
	    " WHERE browser = $1 AND purpose = 'sign-in' AND used_at IS NULL AND expires_at > $2 AND "
	    "created_at <= $2 + 60";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "si", browser, now);

	return read_link(rows, e, a, out);
}

enum err
auth_store_wrong(struct db *db, struct str hash, int64_t now, int64_t *left)
{
	static const char sql[] = "UPDATE login_link SET wrong = wrong + 1, used_at = CASE WHEN wrong + 1 >= "
	                          "5 THEN $1 ELSE NULL END"
	                          " WHERE hash = $2 AND used_at IS NULL RETURNING 5 - wrong";

	_Static_assert(AUTH_WRONG_CODES == 5, "as the statement has it");
	return db_int(db, left, sql, "is", now, hash);
}

enum err
auth_store_alive(struct db *db, int64_t subscriber_id, int64_t now)
{
	static const char sql[] =
	    "UPDATE newsletter_subscription SET last_action_at = $1 WHERE state = 'active' AND email ="
	    " (SELECT email FROM subscriber WHERE id = $2)";

	return db_exec(db, NULL, sql, "ii", now, subscriber_id);
}

enum err
auth_store_end_links(struct db *db, int64_t subscriber_id, int64_t now)
{
	static const char sql[] =
	    "UPDATE login_link SET used_at = $1 WHERE subscriber_id = $2 AND used_at IS NULL";

	return db_exec(db, NULL, sql, "ii", now, subscriber_id);
}

enum err
auth_store_password(
    struct db *db, struct arena *a, int64_t subscriber_id, struct str *hash, int64_t *changed_at)
{
	static const char sql[] = "SELECT hash, changed_at FROM subscriber_password WHERE subscriber_id = $1";
	struct pick p = {NULL, a, false};
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "i", subscriber_id);

	p.rows = rows;
	if (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE) {
		*hash = pick_str(&p, 0);
		*changed_at = rows_int(rows, 1);
	}
	rows_close(rows);
	return p.failed ? ERR_MEMORY : e;
}

enum err
auth_store_set_password(struct db *db, int64_t subscriber_id, struct str hash, int64_t now)
{
	static const char set[] =
	    "INSERT INTO subscriber_password (subscriber_id, hash, changed_at) VALUES ($1, $2, $3)"
	    " ON CONFLICT (subscriber_id) DO UPDATE SET hash = excluded.hash, changed_at = "
	    "excluded.changed_at";
	static const char remove[] = "DELETE FROM subscriber_password WHERE subscriber_id = $1";

	return hash.len == 0 ? db_exec(db, NULL, remove, "i", subscriber_id)
	                     : db_exec(db, NULL, set, "isi", subscriber_id, hash, now);
}

enum err
auth_store_set_email(struct db *db, int64_t subscriber_id, struct str email)
{
	static const char sql[] = "UPDATE subscriber SET email = $1 WHERE id = $2";
	int64_t changed = 0;
	enum err e = db_exec(db, &changed, sql, "si", email, subscriber_id);

	return e == ERR_NONE && changed == 0 ? ERR_NOT_FOUND : e;
}
