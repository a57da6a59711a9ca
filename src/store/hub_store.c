/* hub_store.c: rows of hub_notice. */
#include "store/hub_store.h"

#define ENTRIES 20 /* as many as a feed has */

enum err
hub_store_state(struct db *db, struct arena *a, int64_t section_id, int64_t now, struct str *state)
{
	static const char of_all[] =
	    "SELECT id, edition FROM article WHERE listed_at IS NOT NULL AND listed_at <= $1"
	    " ORDER BY listed_at DESC, id DESC LIMIT $2";
	static const char of_section[] =
	    "SELECT id, edition FROM article WHERE listed_at IS NOT NULL AND section_id = $1"
	    " AND listed_at <= $2 ORDER BY listed_at DESC, id DESC LIMIT $3";
	struct rows *rows = NULL;
	enum err e = section_id == 0
	                 ? db_query(db, of_all, &rows, "ii", now, (int64_t)ENTRIES)
	                 : db_query(db, of_section, &rows, "iii", section_id, now, (int64_t)ENTRIES);

	*state = STR_NONE;
	while (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE) {
		*state = arena_printf(a, STR_FMT "%lld.%lld ", STR_ARG(*state), (long long)rows_int(rows, 0),
		    (long long)rows_int(rows, 1));
		if (state->at == NULL)
			e = ERR_MEMORY;
	}
	rows_close(rows);
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

enum err
hub_store_knows(struct db *db, struct str topic, struct str state, bool *same)
{
	static const char sql[] = "SELECT count(*) FROM hub_notice WHERE topic = $1 AND state = $2";
	int64_t n = 0;
	enum err e = db_int(db, &n, sql, "ss", topic, state);

	*same = n > 0;
	return e;
}

enum err
hub_store_told(struct db *db, struct str topic, struct str state, int64_t now)
{
	static const char sql[] = "INSERT INTO hub_notice (topic, state, at) VALUES ($1, $2, $3) ON CONFLICT "
	                          "(topic) DO UPDATE SET state = $2, at = $3";

	return db_exec(db, NULL, sql, "ssi", topic, state, now);
}
