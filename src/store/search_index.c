/* search_index.c: rows of the index. A table of FTS5 finds what to remove by the text it keeps itself. Its rowid is the
 * article's id, negative: then its own order, which is read fastest, has the newest first. */
#include "store/search_index.h"

#include <string.h>

#include "store/pick.h"

#define LOG_LAG 1000 /* rows about other things after which the index notes that it has seen them */

enum err
search_index_state(struct db *db, struct str version, struct search_state *out)
{
	static const char sql[] =
	    "SELECT change_id, swept_id, sweeping FROM search_state WHERE id = 1 AND version = $1";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "s", version);

	if (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE)
		*out = (struct search_state){
		    rows_int(rows, 0), rows_int(rows, 1), (enum search_pass)rows_int(rows, 2)};
	rows_close(rows);
	return e;
}

enum err
search_index_advance(struct db *db, const struct search_state *state)
{
	static const char sql[] =
	    "UPDATE search_state SET change_id = $1, swept_id = $2, sweeping = $3 WHERE id = 1";

	return db_exec(db, NULL, sql, "iii", state->change_id, state->swept_id, (int64_t)state->pass);
}

enum err
search_index_reset(struct db *db, struct str version)
{
	static const char empty_open[] = "DELETE FROM article_search";
	static const char empty_full[] = "DELETE FROM article_search_full";
	static const char empty_titles[] = "DELETE FROM article_search_title";
	static const char empty_entries[] = "DELETE FROM search_entry";
	static const char empty_words[] = "DELETE FROM search_word";
	static const char empty_state[] = "DELETE FROM search_state";
	static const char begin[] = "INSERT INTO search_state (id, version, change_id, swept_id, sweeping) "
	                            "SELECT 1, $1, coalesce(max(id), 0), 0, 1 FROM change_log";
	static const char *const all[] = {
	    empty_open, empty_full, empty_titles, empty_entries, empty_words, empty_state};
	enum err e = ERR_NONE;

	for (size_t i = 0; e == ERR_NONE && i < sizeof all / sizeof *all; i++)
		e = db_exec(db, NULL, all[i], "");
	return e == ERR_NONE ? db_exec(db, NULL, begin, "s", version) : e;
}

enum err
search_index_waits(struct db *db, const struct search_state *state, int64_t now, bool *waits)
{
	static const char sql[] =
	    "SELECT EXISTS (SELECT 1 FROM change_log WHERE id > $1 AND kind = 'article')"
	    " OR (SELECT coalesce(max(id), 0) FROM change_log) > $1 + $2"
	    " OR EXISTS (SELECT 1 FROM search_entry WHERE due = 1 AND listed_at <= $3)";
	int64_t any = 0;
	enum err e = state->pass != SEARCH_PASS_NONE
	                 ? ERR_NONE
	                 : db_int(db, &any, sql, "iii", state->change_id, (int64_t)LOG_LAG, now);

	*waits = state->pass != SEARCH_PASS_NONE || any != 0;
	return e;
}

/* Takes rows over; ids without repeats. */
static enum err
read_ids(struct rows *rows, int64_t *ids, size_t limit, size_t *n)
{
	enum err e = ERR_NONE;

	while (*n < limit && (e = rows_next(rows)) == ERR_NONE) {
		int64_t id = rows_int(rows, 0);
		size_t i = 0;

		while (i < *n && ids[i] != id)
			i++;
		if (i == *n)
			ids[(*n)++] = id;
	}
	rows_close(rows);
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

enum err
search_index_changed(struct db *db, int64_t *change_id, bool *lost, int64_t *ids, size_t limit, size_t *n)
{
	static const char still_there[] =
	    "SELECT $1 = 0 OR EXISTS (SELECT 1 FROM change_log WHERE id >= $1 AND id <= $1)";
	static const char later[] = "SELECT ref, id FROM change_log WHERE id > $1 AND kind = 'article' "
	                            "ORDER BY id LIMIT $2";
	static const char newest[] = "SELECT coalesce(max(id), $1) FROM change_log";
	struct rows *rows = NULL;
	int64_t there = 0, last = *change_id;
	size_t seen = 0;
	enum err e = db_int(db, &there, still_there, "i", *change_id);

	*n = 0;
	*lost = e == ERR_NONE && there == 0;
	if (e == ERR_NONE)
		e = db_query(db, later, &rows, "ii", *change_id, (int64_t)limit);
	for (; e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE; seen++) {
		size_t i = 0;

		last = rows_int(rows, 1);
		while (i < *n && ids[i] != rows_int(rows, 0))
			i++;
		if (i == *n)
			ids[(*n)++] = rows_int(rows, 0);
	}
	rows_close(rows);
	e = e == ERR_NOT_FOUND ? ERR_NONE : e;
	/* None left: rows about other things are done with too. */
	if (e == ERR_NONE && seen < limit)
		e = db_int(db, &last, newest, "i", last);
	*change_id = last;
	return e;
}

enum err
search_index_next(struct db *db, int64_t *swept_id, int64_t *ids, size_t limit, size_t *n)
{
	static const char there[] = "SELECT id FROM article WHERE id < $1 ORDER BY id DESC LIMIT $2";
	static const char gone[] =
	    "SELECT e.article_id FROM search_entry e WHERE e.article_id < $1 AND e.article_id >= $2"
	    " AND NOT EXISTS (SELECT 1 FROM article a WHERE a.id = e.article_id) LIMIT $3";
	struct rows *rows = NULL;
	int64_t from = *swept_id == 0 ? INT64_MAX : *swept_id, end;
	enum err e = db_query(db, there, &rows, "ii", from, (int64_t)limit / 2);

	*n = 0;
	if (e == ERR_NONE)
		e = read_ids(rows, ids, limit / 2, n);
	end = *n > 0 ? ids[*n - 1] : INT64_MIN;
	if (e == ERR_NONE)
		e = db_query(db, gone, &rows, "iii", from, end, (int64_t)(limit / 2));
	if (e == ERR_NONE)
		e = read_ids(rows, ids, limit, n);
	if (end != INT64_MIN)
		*swept_id = end;
	return e;
}

enum err
search_index_due(struct db *db, int64_t now, int64_t *ids, size_t limit, size_t *n)
{
	static const char sql[] = "SELECT article_id FROM search_entry WHERE due = 1 AND listed_at <= $1 "
	                          "ORDER BY listed_at LIMIT $2";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "ii", now, (int64_t)limit);

	*n = 0;
	return e == ERR_NONE ? read_ids(rows, ids, limit, n) : e;
}

enum err
search_index_source(struct db *db, struct arena *a, int64_t id, struct search_source *out)
{
	static const char sql[] =
	    "SELECT a.edition, a.listed_at, a.access || ' ' || a.rendered_hash, a.title_shown,"
	    " a.standfirst_text, a.teaser_text, b.html FROM article a JOIN article_body b ON b.article_id = "
	    "a.id WHERE a.id = $1 AND a.listed_at IS NOT NULL";
	struct rows *rows = NULL;
	struct pick p = {NULL, a, false};
	enum err e = db_query(db, sql, &rows, "i", id);

	if (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE) {
		p.rows = rows;
		*out = (struct search_source){.id = id,
		    .edition = rows_int(rows, 0),
		    .listed_at = rows_int(rows, 1),
		    .stamp = pick_str(&p, 2),
		    .title = pick_str(&p, 3),
		    .standfirst = pick_str(&p, 4),
		    .teaser = pick_str(&p, 5),
		    .html = pick_str(&p, 6)};
	}
	rows_close(rows);
	return p.failed ? ERR_MEMORY : e;
}

enum err
search_index_entry(struct db *db, struct arena *a, int64_t id, struct search_entry *out)
{
	static const char sql[] = "SELECT e.edition, e.listed_at, e.due, s.title FROM search_entry e"
	                          " LEFT JOIN article_search s ON s.rowid = -e.article_id WHERE e.article_id "
	                          "= $1";
	struct rows *rows = NULL;
	struct pick p = {NULL, a, false};
	enum err e = db_query(db, sql, &rows, "i", id);

	if (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE) {
		p.rows = rows;
		*out = (struct search_entry){
		    rows_int(rows, 0), rows_int(rows, 1), rows_int(rows, 2) != 0, pick_str(&p, 3)};
	}
	rows_close(rows);
	return p.failed ? ERR_MEMORY : e;
}

enum err
search_index_put(struct db *db, const struct search_source *src, struct str body, bool due)
{
	static const char entry[] = "INSERT INTO search_entry (article_id, edition, stamp, listed_at, due) "
	                            "VALUES ($1, $2, $3, $4, $5)";
	static const char open[] =
	    "INSERT INTO article_search (rowid, title, standfirst, teaser) VALUES (-$1, $2, $3, $4)";
	static const char titles[] = "INSERT INTO article_search_title (rowid, title) VALUES (-$1, $2)";
	static const char full[] =
	    "INSERT INTO article_search_full (rowid, title, standfirst, body) VALUES (-$1, $2, $3, $4)";
	enum err e = db_exec(
	    db, NULL, entry, "iisii", src->id, src->edition, src->stamp, src->listed_at, (int64_t)due);

	if (e == ERR_NONE && !due)
		e = db_exec(db, NULL, open, "isss", src->id, pick_text(src->title),
		    pick_text(src->standfirst), pick_text(src->teaser));
	if (e == ERR_NONE && !due)
		e = db_exec(db, NULL, titles, "is", src->id, pick_text(src->title));
	if (e == ERR_NONE && !due)
		e = db_exec(db, NULL, full, "isss", src->id, pick_text(src->title),
		    pick_text(src->standfirst), pick_text(body));
	return e;
}

enum err
search_index_remove(struct db *db, int64_t id)
{
	static const char open[] = "DELETE FROM article_search WHERE rowid = -$1";
	static const char full[] = "DELETE FROM article_search_full WHERE rowid = -$1";
	static const char titles[] = "DELETE FROM article_search_title WHERE rowid = -$1";
	static const char entry[] = "DELETE FROM search_entry WHERE article_id = $1";
	enum err e = db_exec(db, NULL, open, "i", id);

	if (e == ERR_NONE)
		e = db_exec(db, NULL, titles, "i", id);
	if (e == ERR_NONE)
		e = db_exec(db, NULL, full, "i", id);
	return e == ERR_NONE ? db_exec(db, NULL, entry, "i", id) : e;
}

enum err
search_index_word(struct db *db, struct str folded, struct str word, bool more)
{
	static const char one_more[] = "INSERT INTO search_word (folded, word) VALUES ($1, $2)"
	                               " ON CONFLICT (folded) DO UPDATE SET uses = uses + 1";
	static const char one_less[] = "UPDATE search_word SET uses = uses - 1 WHERE folded = $1";
	static const char unused[] = "DELETE FROM search_word WHERE folded = $1 AND uses < 1";
	enum err e;

	if (more)
		return db_exec(db, NULL, one_more, "ss", folded, word);
	e = db_exec(db, NULL, one_less, "s", folded);
	return e == ERR_NONE ? db_exec(db, NULL, unused, "s", folded) : e;
}

static enum err
same_related(struct db *db, int64_t id, const int64_t *related, size_t n, bool *same)
{
	static const char sql[] =
	    "SELECT related_id FROM article_related WHERE article_id = $1 ORDER BY position";
	struct rows *rows = NULL;
	size_t i = 0;
	enum err e = db_query(db, sql, &rows, "i", id);

	*same = true;
	for (; e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE; i++)
		*same = *same && i < n && rows_int(rows, 0) == related[i];
	rows_close(rows);
	*same = *same && i == n;
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

enum err
search_index_relate(struct db *db, int64_t id, const int64_t *related, size_t n)
{
	static const char none[] = "DELETE FROM article_related WHERE article_id = $1";
	static const char add[] =
	    "INSERT INTO article_related (article_id, position, related_id) VALUES ($1, $2, $3)";
	bool same = false;
	enum err e = same_related(db, id, related, n, &same);

	if (e == ERR_NONE && !same)
		e = db_exec(db, NULL, none, "i", id);
	for (size_t i = 0; e == ERR_NONE && !same && i < n; i++)
		e = db_exec(db, NULL, add, "iii", id, (int64_t)i + 1, related[i]);
	return e;
}

enum err
search_index_back(struct db *db, int64_t id, int64_t *ids, size_t limit, size_t *n)
{
	static const char sql[] = "SELECT article_id FROM article_related WHERE related_id = $1 LIMIT $2";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "ii", id, (int64_t)limit);

	*n = 0;
	return e == ERR_NONE ? read_ids(rows, ids, limit, n) : e;
}
