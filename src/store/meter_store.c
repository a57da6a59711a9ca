/* meter_store.c: one effect for one credit, whoever asks how often at once. */
#include "store/meter_store.h"

#include "store/pick.h"

enum err
meter_store_reads(
    struct db *db, struct arena *a, int64_t subscriber_id, struct str month, int64_t **out, size_t *n)
{
	static const char sql[] =
	    "SELECT article_id FROM free_read WHERE subscriber_id = $1 AND month = $2 ORDER BY article_id";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "is", subscriber_id, month);

	return pick_all(e, rows, a, pick_number, sizeof **out, out, n);
}

static enum err
spend(struct db *db, const struct meter_spend *s)
{
	static const char known[] =
	    "SELECT 1 FROM free_read WHERE subscriber_id = $1 AND month = $2 AND article_id = $3";
	static const char count[] = "SELECT count(*) FROM free_read WHERE subscriber_id = $1 AND month = $2";
	static const char add[] =
	    "INSERT INTO free_read (subscriber_id, month, article_id, at) VALUES ($1, $2, $3, $4)";
	int64_t n = 0;
	enum err e = db_int(db, &n, known, "isi", s->subscriber_id, s->month, s->article_id);

	if (e != ERR_NOT_FOUND)
		return e;
	e = db_int(db, &n, count, "is", s->subscriber_id, s->month);
	if (e == ERR_NONE && n >= s->limit)
		return ERR_DENIED;
	return e != ERR_NONE
	           ? e
	           : db_exec(db, NULL, add, "isii", s->subscriber_id, s->month, s->article_id, s->now);
}

/* ERR_NOT_FOUND: a new credit, now marked. */
static enum err
mark_credit(struct db *db, const struct meter_spend *s)
{
	static const char known[] = "SELECT article_id FROM free_read_mark WHERE mark = $1";
	static const char add[] = "INSERT INTO free_read_mark (mark, month, article_id) VALUES ($1, $2, $3)";
	int64_t article_id = 0;
	enum err e = s->mark.len == 0 ? ERR_NOT_FOUND : db_int(db, &article_id, known, "s", s->mark);

	if (e == ERR_NONE)
		return article_id == s->article_id ? ERR_NONE : ERR_CONFLICT;
	if (e != ERR_NOT_FOUND || s->mark.len == 0)
		return e;
	e = db_exec(db, NULL, add, "ssi", s->mark, s->month, s->article_id);
	return e == ERR_NONE ? ERR_NOT_FOUND : e;
}

static enum err
spend_stranger(struct db *db, const struct meter_spend *s)
{
	static const char add[] =
	    "INSERT INTO free_read_network (network, month, reads) VALUES ($1, $2, 1)"
	    " ON CONFLICT (network, month) DO UPDATE SET reads = free_read_network.reads + 1"
	    " WHERE free_read_network.reads < $3";
	int64_t changed = 0;
	enum err e = mark_credit(db, s);

	if (e != ERR_NOT_FOUND || s->limit == 0)
		return e == ERR_NOT_FOUND ? ERR_NONE : e;
	e = db_exec(db, &changed, add, "ssi", s->network, s->month, s->limit);
	return e == ERR_NONE && changed == 0 ? ERR_DENIED : e;
}

static enum err
in_transaction(
    struct db *db, const struct meter_spend *s, enum err (*act)(struct db *db, const struct meter_spend *s))
{
	enum err e = db_begin(db);

	if (e != ERR_NONE)
		return e;
	e = act(db, s);
	if (e == ERR_NONE)
		return db_commit(db);
	db_rollback(db);
	return e;
}

enum err
meter_store_spend(struct db *db, const struct meter_spend *s)
{
	return in_transaction(db, s, spend);
}

enum err
meter_store_spend_stranger(struct db *db, const struct meter_spend *s)
{
	return in_transaction(db, s, spend_stranger);
}

enum err
meter_store_purge(struct db *db, struct str month, struct str keep_from, int64_t *n)
{
	static const char networks[] = "DELETE FROM free_read_network WHERE month < $1";
	static const char marks[] = "DELETE FROM free_read_mark WHERE month < $1";
	static const char reads[] = "DELETE FROM free_read WHERE month < $1";
	int64_t a = 0, b = 0, c = 0;
	enum err e = db_exec(db, &a, networks, "s", month);

	if (e == ERR_NONE)
		e = db_exec(db, &b, marks, "s", month);
	if (e == ERR_NONE)
		e = db_exec(db, &c, reads, "s", keep_from);
	*n = a + b + c;
	return e;
}
