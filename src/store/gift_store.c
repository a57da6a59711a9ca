/* gift_store.c: gifts. Counting is done under the write lock, so that N readers stay N. */
#include "store/gift_store.h"

#include "store/pick.h"

#define SHOWN_S ((int64_t)90 * 86400)

static void
gift_row(struct pick *p, void *out)
{
	*(struct gift *)out = (struct gift){
	    .id = rows_int(p->rows, 0),
	    .subscriber_id = rows_int(p->rows, 1),
	    .article_id = rows_int(p->rows, 2),
	    .created_at = rows_int(p->rows, 3),
	    .expires_at = rows_int(p->rows, 4),
	    .readers_max = rows_int(p->rows, 5),
	    .revoked_at = rows_int(p->rows, 6),
	    .readers = rows_int(p->rows, 7),
	    .title = pick_str(p, 8),
	    .section = pick_str(p, 9),
	    .slug = pick_str(p, 10),
	};
}

enum err
gift_store_left(struct db *db, int64_t subscriber_id, struct str month, int64_t limit, int64_t *left)
{
	static const char sql[] =
	    "SELECT count(*) FROM gift g WHERE g.subscriber_id = $1 AND g.month = $2 AND (g.revoked_at IS "
	    "NULL OR EXISTS (SELECT 1 FROM gift_read r WHERE r.gift_id = g.id))";
	int64_t given = 0;
	enum err e = db_int(db, &given, sql, "is", subscriber_id, month);

	*left = given < limit ? limit - given : 0;
	return e;
}

enum err
gift_store_add(struct db *db, const struct gift_new *g, int64_t *id, struct fault *f)
{
	static const char add[] =
	    "INSERT INTO gift (hash, subscriber_id, article_id, month, created_at, expires_at, readers_max)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id";
	int64_t left = 0;
	enum err e = db_begin(db);

	if (e != ERR_NONE)
		return pick_fault(f, e, db);
	e = gift_store_left(db, g->subscriber_id, g->month, g->limit, &left);
	if (e == ERR_NONE && left == 0)
		e = ERR_DENIED;
	else if (e == ERR_NONE)
		e = db_int(db, id, add, "siisiii", g->hash, g->subscriber_id, g->article_id, g->month, g->now,
		    g->expires_at, g->readers_max);
	if (e == ERR_NONE)
		e = db_commit(db);
	if (e != ERR_NONE && e != ERR_DENIED)
		e = pick_fault(f, e, db);
	db_rollback(db);
	return e;
}

enum err
gift_store_by_hash(struct db *db, struct arena *a, struct str hash, struct gift *out)
{
	static const char sql[] =
	    "SELECT g.id, g.subscriber_id, g.article_id, g.created_at, g.expires_at, g.readers_max, "
	    "g.revoked_at, (SELECT count(*) FROM gift_read r WHERE r.gift_id = g.id), a.title_shown, s.slug, "
	    "a.slug FROM gift g JOIN article a ON a.id = g.article_id JOIN section s ON s.id = a.section_id "
	    "WHERE g.hash = $1";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "s", hash);

	return pick_one(e, rows, a, gift_row, out);
}

enum err
gift_store_list(
    struct db *db, struct arena *a, int64_t subscriber_id, int64_t now, struct gift **out, size_t *n)
{
	static const char sql[] =
	    "SELECT g.id, g.subscriber_id, g.article_id, g.created_at, g.expires_at, g.readers_max, "
	    "g.revoked_at, (SELECT count(*) FROM gift_read r WHERE r.gift_id = g.id), a.title_shown, s.slug, "
	    "a.slug FROM gift g JOIN article a ON a.id = g.article_id JOIN section s ON s.id = a.section_id "
	    "WHERE g.subscriber_id = $1 AND g.created_at > $2 ORDER BY g.id DESC LIMIT 100";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "ii", subscriber_id, now - SHOWN_S);

	return pick_all(e, rows, a, gift_row, sizeof **out, out, n);
}

static enum err
count_reader(struct db *db, int64_t id, struct str reader, int64_t now)
{
	static const char known[] = "SELECT 1 FROM gift_read WHERE gift_id = $1 AND reader = $2";
	static const char room[] =
	    "SELECT readers_max - (SELECT count(*) FROM gift_read r WHERE r.gift_id = gift.id) FROM gift "
	    "WHERE id = $1 AND revoked_at IS NULL AND expires_at > $2";
	static const char add[] = "INSERT INTO gift_read (gift_id, reader) VALUES ($1, $2)";
	int64_t left = 0, is = 0;
	enum err e = db_int(db, &left, room, "ii", id, now);

	if (e == ERR_NOT_FOUND)
		return ERR_DENIED;
	if (e == ERR_NONE && (e = db_int(db, &is, known, "is", id, reader)) != ERR_NOT_FOUND)
		return e;
	if (e == ERR_NOT_FOUND)
		e = left <= 0 ? ERR_DENIED : db_exec(db, NULL, add, "is", id, reader);
	return e;
}

enum err
gift_store_open(struct db *db, int64_t id, struct str reader, int64_t now)
{
	enum err e = db_begin(db);

	if (e != ERR_NONE)
		return e;
	e = count_reader(db, id, reader, now);
	if (e == ERR_NONE)
		return db_commit(db);
	db_rollback(db);
	return e;
}

enum err
gift_store_holds(struct db *db, int64_t id, int64_t article_id, int64_t now)
{
	static const char sql[] =
	    "SELECT 1 FROM gift WHERE id = $1 AND article_id = $2 AND revoked_at IS NULL AND expires_at > $3";
	int64_t is = 0;

	return db_int(db, &is, sql, "iii", id, article_id, now);
}

enum err
gift_store_revoke(struct db *db, int64_t subscriber_id, int64_t id, int64_t now)
{
	static const char sql[] =
	    "UPDATE gift SET revoked_at = $1 WHERE id = $2 AND subscriber_id = $3 AND revoked_at IS NULL";
	int64_t changed = 0;
	enum err e = db_exec(db, &changed, sql, "iii", now, id, subscriber_id);

	return e == ERR_NONE && changed == 0 ? ERR_NOT_FOUND : e;
}

enum err
gift_store_purge(struct db *db, int64_t now, int64_t keep_s, int64_t *n)
{
	static const char sql[] = "DELETE FROM gift WHERE expires_at < $1";

	return db_exec(db, n, sql, "i", now - keep_s);
}
