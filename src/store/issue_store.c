/* issue_store.c: from one text to a row a reader. */
#include "store/issue_store.h"

#include "store/pick.h"

enum err
issue_store_add(struct db *db, const struct issue *issue, int64_t *id, struct fault *f)
{
	static const char sql[] = "INSERT INTO newsletter_issue (newsletter_id, slug, title, markdown, "
	                          "free_markdown, hash, state, created_at)"
	                          " SELECT id, $1, $2, $3, CASE WHEN access = 'public' THEN $3 ELSE '' END, "
	                          "$4, $5, $6 FROM newsletter"
	                          " WHERE id = $7 RETURNING id";

	return pick_fault(f,
	    db_int(db, id, sql, "sssssii", issue->slug, issue->title, issue->markdown, issue->hash,
	        issue->state, issue->created_at, issue->newsletter_id),
	    db);
}

/* The columns of every query for issues. */
static void
issue_row(struct pick *p, void *out)
{
	*(struct issue *)out = (struct issue){
	    .id = rows_int(p->rows, 0),
	    .newsletter_id = rows_int(p->rows, 1),
	    .queued_to = rows_int(p->rows, 2),
	    .queued = rows_int(p->rows, 3),
	    .created_at = rows_int(p->rows, 4),
	    .slug = pick_str(p, 5),
	    .title = pick_str(p, 6),
	    .state = pick_str(p, 7),
	    .hash = pick_str(p, 8),
	    .list_slug = pick_str(p, 9),
	    .list_name = pick_str(p, 10),
	    .list_access = pick_str(p, 11),
	    .markdown = pick_str(p, 12),
	};
}

enum err
issue_store_by_hash(struct db *db, struct arena *a, int64_t newsletter_id, struct str hash, struct issue *out)
{
	static const char sql[] =
	    "SELECT i.id, i.newsletter_id, i.queued_to, i.queued, i.created_at, i.slug, i.title, i.state, "
	    "i.hash, n.slug,"
	    " n.name, n.access, i.markdown FROM newsletter_issue i JOIN newsletter n ON n.id = "
	    "i.newsletter_id"
	    " WHERE i.newsletter_id = $1 AND i.hash = $2 AND i.state <> 'test' ORDER BY i.id DESC LIMIT 1";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "is", newsletter_id, hash);

	return pick_one(e, rows, a, issue_row, out);
}

enum err
issue_store_read(struct db *db, struct arena *a, int64_t id, struct issue *out)
{
	static const char sql[] = "SELECT i.id, i.newsletter_id, i.queued_to, i.queued, i.created_at, "
	                          "i.slug, i.title, i.state, i.hash, n.slug,"
	                          " n.name, n.access, i.markdown FROM newsletter_issue i JOIN newsletter n "
	                          "ON n.id = i.newsletter_id"
	                          " WHERE i.id = $1";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "i", id);

	return pick_one(e, rows, a, issue_row, out);
}

enum err
issue_store_free(struct db *db, struct arena *a, struct str list, struct str slug, struct issue *out)
{
	static const char sql[] =
	    "SELECT i.id, i.newsletter_id, 0, 0, i.created_at, i.slug, i.title, i.state, '', n.slug, n.name, "
	    "n.access,"
	    " i.free_markdown FROM newsletter_issue i JOIN newsletter n ON n.id = i.newsletter_id"
	    " WHERE n.slug = $1 AND i.slug = $2 AND i.state IN ('sending', 'sent')";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "ss", list, slug);

	return pick_one(e, rows, a, issue_row, out);
}

enum err
issue_store_recent(
    struct db *db, struct arena *a, int64_t newsletter_id, int64_t limit, struct issue **out, size_t *n)
{
	static const char sql[] = "SELECT i.id, i.newsletter_id, 0, 0, i.created_at, i.slug, i.title, "
	                          "i.state, '', n.slug, n.name, n.access, ''"
	                          " FROM newsletter_issue i JOIN newsletter n ON n.id = i.newsletter_id"
	                          " WHERE i.newsletter_id = $1 AND i.state IN ('sending', 'sent') ORDER BY "
	                          "i.created_at DESC, i.id DESC LIMIT $2";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "ii", newsletter_id, limit);

	return pick_all(e, rows, a, issue_row, sizeof **out, out, n);
}

static enum err
queue_part(struct db *db, int64_t id, int64_t most, int64_t start_at, int64_t per_second, int64_t *queued)
{
	static const char put[] =
	    "INSERT INTO outbox (kind, recipient, template, due_at, issue_id, subscription_id)"
	    " SELECT 'newsletter', s.email, 'mail_newsletter',"
	    " $1 + (i.queued + row_number() OVER (ORDER BY s.id) - 1) / $2, i.id, s.id"
	    " FROM newsletter_issue i JOIN newsletter_subscription s ON s.newsletter_id = i.newsletter_id"
	    " WHERE i.id = $3 AND i.state = 'sending' AND s.state = 'active' AND s.id > i.queued_to"
	    " ORDER BY s.id LIMIT $4";
	static const char note[] = "UPDATE newsletter_issue SET queued = queued + $1, queued_to = "
	                           "COALESCE((SELECT max(subscription_id)"
	                           " FROM outbox WHERE issue_id = $2), queued_to) WHERE id = $2";
	static const char done[] =
	    "UPDATE newsletter_issue SET state = 'sent' WHERE id = $1 AND state = 'sending'";
	enum err e = db_exec(db, queued, put, "iiii", start_at, per_second, id, most);

	if (e == ERR_NONE && *queued > 0)
		e = db_exec(db, NULL, note, "ii", *queued, id);
	if (e == ERR_NONE && *queued == 0)
		e = db_exec(db, NULL, done, "i", id);
	return e;
}

enum err
issue_store_queue(struct db *db, int64_t id, int64_t most, int64_t start_at, int64_t per_second,
    int64_t *queued, struct fault *f)
{
	enum err e = db_begin(db);

	*queued = 0;
	if (e == ERR_NONE)
		e = queue_part(db, id, most, start_at, per_second, queued);
	if (e == ERR_NONE)
		e = db_commit(db);
	if (e != ERR_NONE) {
		(void)pick_fault(f, e, db);
		db_rollback(db);
	}
	return e;
}

enum err
issue_store_readers(struct db *db, int64_t newsletter_id, int64_t after, int64_t *n)
{
	static const char sql[] =
	    "SELECT count(*) FROM newsletter_subscription WHERE newsletter_id = $1 AND state = 'active'"
	    " AND id > $2";

	return db_int(db, n, sql, "ii", newsletter_id, after);
}

enum err
issue_store_cancel(struct db *db, int64_t id, int64_t now, int64_t *taken_back)
{
	static const char sql[] = "UPDATE newsletter_issue SET state = 'cancelled', cancelled_at = $1 WHERE "
	                          "id = $2 AND state <> 'cancelled'";
	static const char take[] = "DELETE FROM outbox WHERE issue_id = $1 AND state = 'waiting'";
	int64_t changed = 0;
	enum err e = db_begin(db);

	if (e == ERR_NONE)
		e = db_exec(db, &changed, sql, "ii", now, id);
	if (e == ERR_NONE && changed == 0)
		e = ERR_NOT_FOUND;
	if (e == ERR_NONE)
		e = db_exec(db, taken_back, take, "i", id);
	if (e == ERR_NONE)
		return db_commit(db);
	db_rollback(db);
	return e;
}

enum err
issue_store_stands(struct db *db, int64_t issue_id, int64_t subscription_id, struct str email, bool *out)
{
	static const char sql[] =
	    "SELECT count(*) FROM newsletter_issue i WHERE i.id = $1 AND ((i.state = 'test' AND $2 = 0)"
	    " OR (i.state IN ('sending', 'sent') AND EXISTS (SELECT 1 FROM newsletter_subscription s"
	    " JOIN newsletter n ON n.id = s.newsletter_id WHERE s.id = $2 AND s.newsletter_id = "
	    "i.newsletter_id"
	    " AND s.email = $3 AND s.state = 'active' AND n.closed_at IS NULL)))";
	int64_t n = 0;
	enum err e = db_int(db, &n, sql, "iis", issue_id, subscription_id, email);

	*out = n != 0;
	return e;
}

enum err
issue_store_account(struct db *db, struct str email, int64_t *subscriber_id)
{
	static const char sql[] = "SELECT id FROM subscriber WHERE email = $1 AND blocked_at IS NULL";
	enum err e = db_int(db, subscriber_id, sql, "s", email);

	if (e == ERR_NOT_FOUND)
		*subscriber_id = 0;
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}
