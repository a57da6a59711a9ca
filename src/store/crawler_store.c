/* crawler_store.c: the table crawler_network. */
#include "store/crawler_store.h"

#include "store/pick.h"

enum err
crawler_store_verified(struct db *db, struct arena *a, int64_t now, struct str **out, size_t *n)
{
	static const char sql[] =
	    "SELECT network FROM crawler_network WHERE state = 'verified' AND expires_at > $1";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "i", now);

	return pick_all(e, rows, a, pick_word, sizeof **out, out, n);
}

enum err
crawler_store_ask(struct db *db, struct str network, int64_t expires_at)
{
	static const char sql[] = "INSERT INTO crawler_network (network, source, state, expires_at) SELECT "
	                          "$1, 'lookup', 'asked', $2"
	                          " WHERE (SELECT count(*) FROM crawler_network WHERE state = 'asked') < $3"
	                          " AND NOT EXISTS (SELECT 1 FROM crawler_network WHERE network = $1)";

	return db_exec(db, NULL, sql, "sii", network, expires_at, (int64_t)CRAWLER_ASKED_MAX);
}

enum err
crawler_store_asked(struct db *db, struct arena *a, size_t limit, struct str **out, size_t *n)
{
	static const char sql[] =
	    "SELECT network FROM crawler_network WHERE state = 'asked' ORDER BY expires_at, network LIMIT $1";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "i", (int64_t)limit);

	return pick_all(e, rows, a, pick_word, sizeof **out, out, n);
}

enum err
crawler_store_answer(struct db *db, struct str network, bool verified, struct str name, int64_t expires_at)
{
	static const char sql[] =
	    "UPDATE crawler_network SET state = $1, name = $2, expires_at = $3 WHERE network = $4"
	    " AND source = 'lookup'";

	return db_exec(db, NULL, sql, "zsis", verified ? "verified" : "refused",
	    pick_text(str_slice(name, 0, 253)), expires_at, network);
}

enum err
crawler_store_listed(struct db *db, struct str network, int64_t now, int64_t expires_at)
{
	static const char sql[] =
	    "INSERT INTO crawler_network (network, source, state, created_at, expires_at)"
	    " VALUES ($1, 'file', 'verified', $2, $3) ON CONFLICT (network) DO UPDATE SET source = 'file',"
	    " state = 'verified', name = '', created_at = excluded.created_at, expires_at = "
	    "excluded.expires_at";

	return db_exec(db, NULL, sql, "sii", network, now, expires_at);
}

enum err
crawler_store_settled(struct db *db, int64_t now)
{
	static const char sql[] = "DELETE FROM crawler_network WHERE source = 'file' AND created_at < $1";

	return db_exec(db, NULL, sql, "i", now);
}

enum err
crawler_store_purge(struct db *db, int64_t now, const char *source)
{
	static const char late[] = "DELETE FROM crawler_network WHERE expires_at <= $1";
	static const char all[] = "DELETE FROM crawler_network WHERE source = $1";
	enum err e = db_exec(db, NULL, late, "i", now);

	return e == ERR_NONE && source != NULL ? db_exec(db, NULL, all, "z", source) : e;
}
