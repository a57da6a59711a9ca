/* session_store.c: sessions and one-time links; every change names the reader it belongs to. */
#include "store/session_store.h"

#include "base/token.h"
#include "store/pick.h"

#define ID_TRIES 4
#define ID_MASK (((uint64_t)1 << 53) - 1) /* exact in JSON and JavaScript numbers too */

/* Random, so that a session made after a backup was restored never meets a token that an earlier one had. */
static int64_t
random_id(void)
{
	uint64_t id = 0;

	do
		token_random(&id, sizeof id);
	while ((id &= ID_MASK) == 0);
	return (int64_t)id;
}

enum err
session_store_create(struct db *db, const struct session_new *s, int64_t *id, struct fault *f)
{
	static const char taken[] = "SELECT id FROM session WHERE id = $1";
	static const char add[] =
	    "INSERT INTO session (id, subscriber_id, generation, created_at, expires_at, last_seen_at, label)"
	    " SELECT $1, id, generation, $2, $3, $2, $4 FROM subscriber WHERE id = $5 AND blocked_at IS NULL";
	int64_t changed = 0, other;
	enum err e = ERR_NONE;

	for (int i = 0; i < ID_TRIES && e == ERR_NONE; i++) {
		*id = random_id();
		e = db_int(db, &other, taken, "i", *id);
	}
	if (e == ERR_NOT_FOUND)
		e = db_exec(db, &changed, add, "iiisi", *id, s->now, s->expires_at, pick_text(s->label),
		    s->subscriber_id);
	if (e == ERR_NONE && changed == 0)
		return fault_set(f, ERR_NOT_FOUND, "there is no such account, or it is blocked");
	return pick_fault(f, e, db);
}

static void
session_row(struct pick *p, void *out)
{
	const struct rows *rows = p->rows;

	*(struct session_row *)out = (struct session_row){
	    .id = rows_int(rows, 0),
	    .subscriber_id = rows_int(rows, 1),
	    .created_at = rows_int(rows, 2),
	    .expires_at = rows_int(rows, 3),
	    .last_seen_at = rows_int(rows, 4),
	    .revoked_at = rows_int(rows, 5),
	    .ended = rows_int(rows, 6) != 0,
	    .label = STR_NONE,
	};
}

enum err
session_store_by_id(struct db *db, int64_t id, struct session_row *out)
{
	static const char sql[] =
	    "SELECT s.id, s.subscriber_id, s.created_at, s.expires_at, s.last_seen_at, s.revoked_at,"
	    " CASE WHEN s.generation = r.generation AND r.blocked_at IS NULL THEN 0 ELSE 1 END"
	    " FROM session s JOIN subscriber r ON r.id = s.subscriber_id WHERE s.id = $1";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "i", id);

	return pick_one(e, rows, NULL, session_row, out);
}

static void
labelled_row(struct pick *p, void *out)
{
	struct session_row *session = out;

	session_row(p, session);
	session->label = pick_str(p, 7);
}

enum err
session_store_list(
    struct db *db, struct arena *a, int64_t subscriber_id, int64_t now, struct session_row **out, size_t *n)
{
	static const char sql[] = "SELECT s.id, s.subscriber_id, s.created_at, s.expires_at, s.last_seen_at, "
	                          "s.revoked_at, 0, s.label"
	                          " FROM session s JOIN subscriber r ON r.id = s.subscriber_id"
	                          " WHERE s.subscriber_id = $1 AND s.revoked_at IS NULL AND s.expires_at > "
	                          "$2 AND s.generation = r.generation"
	                          " AND r.blocked_at IS NULL ORDER BY s.last_seen_at DESC, s.id";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "ii", subscriber_id, now);

	return pick_all(e, rows, a, labelled_row, sizeof **out, out, n);
}

enum err
session_store_revoke(struct db *db, int64_t subscriber_id, int64_t id, int64_t now)
{
	static const char sql[] =
	    "UPDATE session SET revoked_at = $1 WHERE id = $2 AND subscriber_id = $3 AND revoked_at IS NULL";
	int64_t changed = 0;
	enum err e = db_exec(db, &changed, sql, "iii", now, id, subscriber_id);

	return e == ERR_NONE && changed == 0 ? ERR_NOT_FOUND : e;
}

enum err
session_store_revoke_all(struct db *db, int64_t subscriber_id, int64_t except_id, int64_t now, int64_t *n)
{
	static const char sql[] =
	    "UPDATE session SET revoked_at = $1 WHERE subscriber_id = $2 AND id <> $3 AND revoked_at IS NULL";

	return db_exec(db, n, sql, "iii", now, subscriber_id, except_id);
}

enum err
session_store_touch(struct db *db, int64_t id, int64_t now, bool *written)
{
	static const char sql[] = "UPDATE session SET last_seen_at = $1 WHERE id = $2 AND last_seen_at <= $1 "
	                          "- 3600 AND revoked_at IS NULL";
	int64_t changed = 0;
	enum err e = db_exec(db, &changed, sql, "ii", now, id);

	if (written != NULL)
		*written = changed != 0;
	return e;
}

enum err
session_store_link(struct db *db, struct str hash, int64_t subscriber_id, struct str purpose, int64_t now,
    int64_t expires_at, struct fault *f)
{
	static const char sql[] = "INSERT INTO login_link (hash, subscriber_id, purpose, created_at, "
	                          "expires_at) VALUES ($1, $2, $3, $4, $5)";

	return pick_fault(
	    f, db_exec(db, NULL, sql, "sisii", hash, subscriber_id, purpose, now, expires_at), db);
}

enum err
session_store_link_peek(
    struct db *db, struct str hash, struct str purpose, int64_t now, int64_t *subscriber_id)
{
	static const char sql[] = "SELECT subscriber_id FROM login_link WHERE hash = $1 AND purpose = $2 AND "
	                          "used_at IS NULL AND expires_at > $3"
	                          " AND created_at <= $3 + 60";

	return db_int(db, subscriber_id, sql, "ssi", hash, purpose, now);
}

enum err
session_store_link_use(
    struct db *db, struct str hash, struct str purpose, int64_t now, int64_t *subscriber_id)
{
	static const char sql[] = "UPDATE login_link SET used_at = $1 WHERE hash = $2 AND purpose = $3 AND "
	                          "used_at IS NULL AND expires_at > $1"
	                          " AND created_at <= $1 + 60 RETURNING subscriber_id";

	return db_int(db, subscriber_id, sql, "iss", now, hash, purpose);
}

enum err
session_store_purge(struct db *db, int64_t now, int64_t keep_s, int64_t *n)
{
	static const char sessions[] = "DELETE FROM session WHERE expires_at < $1";
	static const char links[] = "DELETE FROM login_link WHERE expires_at < $1";
	/* the address of somebody who has no account, and did not make one */
	static const char strangers[] =
	    "DELETE FROM login_link WHERE subscriber_id IS NULL AND expires_at < $1";
	int64_t sessions_gone = 0, links_gone = 0, strangers_gone = 0;
	enum err e = db_exec(db, &sessions_gone, sessions, "i", now - keep_s);

	if (e == ERR_NONE)
		e = db_exec(db, &links_gone, links, "i", now - keep_s);
	if (e == ERR_NONE)
		e = db_exec(db, &strangers_gone, strangers, "i", now);
	*n = sessions_gone + links_gone + strangers_gone;
	return e;
}
