/* feed_key_store.c: rows of feed_key. */
#include "store/feed_key_store.h"

static struct feed_key
key_row(const struct rows *rows)
{
	return (struct feed_key){rows_int(rows, 0), rows_int(rows, 1), rows_int(rows, 2)};
}

enum err
feed_key_store_find(struct db *db, struct str hash, struct feed_key *out)
{
	static const char sql[] =
	    "SELECT k.id, k.subscriber_id, k.created_at FROM feed_key k JOIN subscriber s ON s.id = "
	    "k.subscriber_id WHERE k.hash = $1 AND k.revoked_at IS NULL AND s.blocked_at IS NULL";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "s", hash);

	if (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE)
		*out = key_row(rows);
	rows_close(rows);
	return e;
}

enum err
feed_key_store_list(struct db *db, struct arena *a, int64_t subscriber_id, struct feed_key **out, size_t *n)
{
	static const char sql[] =
	    "SELECT id, subscriber_id, created_at FROM feed_key WHERE subscriber_id = $1"
	    " AND revoked_at IS NULL ORDER BY id LIMIT $2";
	struct feed_key *keys = arena_zero(a, FEED_KEYS_MAX, sizeof *keys);
	struct rows *rows = NULL;
	enum err e = keys == NULL ? ERR_MEMORY
	                          : db_query(db, sql, &rows, "ii", subscriber_id, (int64_t)FEED_KEYS_MAX);

	*n = 0;
	*out = keys;
	while (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE)
		keys[(*n)++] = key_row(rows);
	rows_close(rows);
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

/* Counted and added in one statement: two at once stay within the limit. */
enum err
feed_key_store_add(struct db *db, int64_t subscriber_id, struct str hash, int64_t now)
{
	static const char sql[] =
	    "INSERT INTO feed_key (subscriber_id, hash, created_at) SELECT $1, $2, $3 WHERE (SELECT count(*) "
	    "FROM feed_key WHERE subscriber_id = $1 AND revoked_at IS NULL) < $4";
	int64_t added = 0;
	enum err e = db_exec(db, &added, sql, "isii", subscriber_id, hash, now, (int64_t)FEED_KEYS_MAX);

	return e == ERR_NONE && added == 0 ? ERR_DENIED : e;
}

enum err
feed_key_store_revoke(struct db *db, int64_t subscriber_id, int64_t id, int64_t now)
{
	static const char sql[] = "UPDATE feed_key SET revoked_at = $1 WHERE id = $2 AND subscriber_id = $3 "
	                          "AND revoked_at IS NULL";
	int64_t changed = 0;
	enum err e = db_exec(db, &changed, sql, "iii", now, id, subscriber_id);

	return e == ERR_NONE && changed == 0 ? ERR_NOT_FOUND : e;
}
