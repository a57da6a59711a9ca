/* newsletter_store.c: an address and a list: pending, active, ended. */
#include "store/newsletter_store.h"

#include "store/pick.h"

static void
list_row(struct pick *p, void *out)
{
	*(struct newsletter_row *)out = (struct newsletter_row){.id = rows_int(p->rows, 0),
	    .slug = pick_str(p, 1),
	    .name = pick_str(p, 2),
	    .description = pick_str(p, 3),
	    .access = pick_str(p, 4),
	    .closed_at = rows_int(p->rows, 5),
	    .state = pick_str(p, 6),
	    .subscription_id = rows_int(p->rows, 7),
	    .readers = rows_int(p->rows, 8)};
}

enum err
newsletter_store_all(struct db *db, struct arena *a, struct str email, struct newsletter_row **out, size_t *n)
{
	static const char lists[] =
	    "SELECT id, slug, name, description, access, closed_at, '', 0, 0 FROM newsletter"
	    " WHERE closed_at IS NULL ORDER BY position, id";
	static const char of[] = "SELECT n.id, n.slug, n.name, n.description, n.access, n.closed_at, "
	                         "COALESCE(s.state, ''), s.id, 0"
	                         " FROM newsletter n LEFT JOIN newsletter_subscription s ON s.newsletter_id "
	                         "= n.id AND s.email = $1"
	                         " WHERE n.closed_at IS NULL ORDER BY n.position, n.id";
	struct rows *rows = NULL;
	enum err e = email.len == 0 ? db_query(db, lists, &rows, "") : db_query(db, of, &rows, "s", email);

	return pick_all(e, rows, a, list_row, sizeof **out, out, n);
}

enum err
newsletter_store_counted(struct db *db, struct arena *a, struct newsletter_row **out, size_t *n)
{
	static const char sql[] = "SELECT n.id, n.slug, n.name, n.description, n.access, n.closed_at, '', 0,"
	                          " (SELECT count(*) FROM newsletter_subscription s WHERE s.newsletter_id = "
	                          "n.id AND s.state = 'active')"
	                          " FROM newsletter n ORDER BY n.position, n.id";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "");

	return pick_all(e, rows, a, list_row, sizeof **out, out, n);
}

enum err
newsletter_store_by_slug(struct db *db, struct arena *a, struct str slug, struct newsletter_row *out)
{
	static const char sql[] =
	    "SELECT id, slug, name, description, access, closed_at, '', 0, 0 FROM newsletter WHERE slug = $1";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "s", slug);

	return pick_one(e, rows, a, list_row, out);
}

enum err
newsletter_store_ask(struct db *db, const struct newsletter_wish *w, bool *asked)
{
	static const char pending[] =
	    "INSERT INTO newsletter_subscription (newsletter_id, email, state, basis, source, notice_hash, "
	    "confirm_hash,"
	    " requested_at, last_action_at) VALUES ($1, $2, 'pending', $3, $4, $5, $6, $7, $7)"
	    " ON CONFLICT (newsletter_id, email) DO UPDATE SET state = 'pending', basis = excluded.basis,"
	    " source = excluded.source, notice_hash = excluded.notice_hash, confirm_hash = "
	    "excluded.confirm_hash,"
	    " requested_at = excluded.requested_at, ended_at = NULL WHERE state <> 'active'";
	static const char active[] =
	    "INSERT INTO newsletter_subscription (newsletter_id, email, state, basis, source, notice_hash, "
	    "confirm_hash,"
	    " requested_at, last_action_at, confirmed_at) VALUES ($1, $2, 'active', $3, $4, $5, $6, $7, $7, "
	    "$7)"
	    " ON CONFLICT (newsletter_id, email) DO UPDATE SET state = 'active', basis = excluded.basis,"
	    " source = excluded.source, notice_hash = excluded.notice_hash, confirm_hash = NULL, ended_at = "
	    "NULL,"
	    " confirmed_at = excluded.confirmed_at, last_action_at = excluded.last_action_at WHERE state <> "
	    "'active'";
	struct str hash = w->confirm_hash.len == 0 ? (struct str){NULL, 0} : w->confirm_hash;
	struct str notice = w->notice_hash.len == 0 ? (struct str){NULL, 0} : w->notice_hash;
	const char *sql = hash.at == NULL ? active : pending;
	int64_t changed = 0;
	enum err e = db_exec(db, &changed, sql, "isssssi", w->newsletter_id, w->email, w->basis, w->source,
	    notice, hash, w->now);

	*asked = changed > 0;
	return e;
}

static void
subscription_row(struct pick *p, void *out)
{
	*(struct newsletter_subscription *)out = (struct newsletter_subscription){.id = rows_int(p->rows, 0),
	    .newsletter_id = rows_int(p->rows, 1),
	    .requested_at = rows_int(p->rows, 2),
	    .email = pick_str(p, 3),
	    .slug = pick_str(p, 4),
	    .name = pick_str(p, 5),
	    .state = pick_str(p, 6),
	    .notice_hash = pick_str(p, 7)};
}

enum err
newsletter_store_by_confirm(
    struct db *db, struct arena *a, struct str hash, struct newsletter_subscription **out, size_t *n)
{
	static const char sql[] =
	    "SELECT s.id, s.newsletter_id, s.requested_at, s.email, n.slug, n.name, s.state, s.notice_hash"
	    " FROM newsletter_subscription s JOIN newsletter n ON n.id = s.newsletter_id"
	    " WHERE s.confirm_hash = $1 AND s.state IN ('pending', 'active') ORDER BY n.position, n.id";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "s", hash);

	return pick_all(e, rows, a, subscription_row, sizeof **out, out, n);
}

enum err
newsletter_store_by_email(
    struct db *db, struct arena *a, struct str email, struct newsletter_subscription **out, size_t *n)
{
	static const char sql[] =
	    "SELECT s.id, s.newsletter_id, s.requested_at, s.email, n.slug, n.name, s.state, s.notice_hash"
	    " FROM newsletter_subscription s JOIN newsletter n ON n.id = s.newsletter_id"
	    " WHERE s.email = $1 ORDER BY s.id";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "s", email);

	return pick_all(e, rows, a, subscription_row, sizeof **out, out, n);
}

enum err
newsletter_store_by_id(struct db *db, struct arena *a, int64_t id, struct newsletter_subscription *out)
{
	static const char sql[] =
	    "SELECT s.id, s.newsletter_id, s.requested_at, s.email, n.slug, n.name, s.state, s.notice_hash"
	    " FROM newsletter_subscription s JOIN newsletter n ON n.id = s.newsletter_id WHERE s.id = $1";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "i", id);

	return pick_one(e, rows, a, subscription_row, out);
}

static enum err
changed_one(enum err e, int64_t changed)
{
	return e == ERR_NONE && changed == 0 ? ERR_NOT_FOUND : e;
}

enum err
newsletter_store_confirm(struct db *db, int64_t id, int64_t now)
{
	static const char sql[] =
	    "UPDATE newsletter_subscription SET state = 'active', confirmed_at = $1, last_action_at = $1"
	    " WHERE id = $2 AND state = 'pending'";
	int64_t changed = 0;
	enum err e = db_exec(db, &changed, sql, "ii", now, id);

	return changed_one(e, changed);
}

enum err
newsletter_store_end(struct db *db, int64_t id, int64_t now)
{
	static const char sql[] =
	    "UPDATE newsletter_subscription SET state = 'ended', ended_at = $1, confirm_hash = NULL"
	    " WHERE id = $2 AND state <> 'ended'";
	static const char queued[] =
	    "DELETE FROM outbox WHERE subscription_id = $1 AND kind = 'newsletter' AND state = 'waiting'";
	int64_t changed = 0;
	enum err e = db_exec(db, &changed, sql, "ii", now, id);

	if (e == ERR_NONE)
		e = db_exec(db, NULL, queued, "i", id);
	return changed_one(e, changed);
}

enum err
newsletter_store_lapsed(struct db *db, struct arena *a, int64_t after, int64_t before, int64_t silent,
    struct newsletter_subscription *out)
{
	static const char sql[] =
	    "SELECT s.id, s.newsletter_id, s.requested_at, s.email, n.slug, n.name, s.state, s.notice_hash"
	    " FROM newsletter_subscription s JOIN newsletter n ON n.id = s.newsletter_id"
	    " WHERE s.id > $1 AND ((s.state = 'pending' AND s.requested_at <= $2)"
	    " OR (s.state <> 'pending' AND s.last_action_at <= $3 AND NOT EXISTS (SELECT 1 FROM subscription "
	    "u"
	    " JOIN subscriber r ON r.id = u.subscriber_id WHERE r.email = s.email AND u.ends_at > $3)))"
	    " ORDER BY s.id LIMIT 1";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "iii", after, before, silent);

	return pick_one(e, rows, a, subscription_row, out);
}

enum err
newsletter_store_drop(struct db *db, int64_t id)
{
	static const char sql[] = "DELETE FROM newsletter_subscription WHERE id = $1";
	static const char queued[] = "DELETE FROM outbox WHERE subscription_id = $1 AND state = 'waiting'";
	enum err e = db_exec(db, NULL, sql, "i", id);

	return e == ERR_NONE ? db_exec(db, NULL, queued, "i", id) : e;
}
