/* search_store.c: the two indexes, and the words of titles. */
#include "store/search_store.h"

#include "base/log.h"
#include "format/nearest.h"
#include "store/pick.h"

#define NEAREST_MAX 3000

/* rowid is the index's own order, newest first (search_index.c): a frequent word costs no more than a rare one. */
static const char hits_open[] =
    "SELECT e.article_id, e.listed_at, cast(1e6 * closeness(article_search, 8.0, 3.0, 1.0) AS INTEGER)"
    " FROM article_search CROSS JOIN search_entry e ON e.article_id = -article_search.rowid"
    " WHERE article_search MATCH $1 ORDER BY article_search.rowid LIMIT $2";
static const char hits_full[] =
    "SELECT e.article_id, e.listed_at, cast(1e6 * closeness(article_search_full, 8.0, 3.0, 1.0) AS INTEGER)"
    " FROM article_search_full CROSS JOIN search_entry e ON e.article_id = -article_search_full.rowid"
    " WHERE article_search_full MATCH $1 ORDER BY article_search_full.rowid LIMIT $2";

static const char hits_title[] =
    "SELECT e.article_id, e.listed_at, cast(1e6 * closeness(article_search_title, 8.0) AS INTEGER)"
    " FROM article_search_title CROSS JOIN search_entry e ON e.article_id = -article_search_title.rowid"
    " WHERE article_search_title MATCH $1 ORDER BY article_search_title.rowid LIMIT $2";
static const char *const hits_sql[] = {
    [SEARCH_OPEN] = hits_open, [SEARCH_TITLE] = hits_title, [SEARCH_FULL] = hits_full};

/* LK4: the text that was free when it was indexed may be closed now; until it is indexed again it is not shown. */
static const char place_open[] =
    "SELECT highlight(article_search, 0, char(1), char(2)), snippet(article_search, 1, char(1), char(2), "
    "'…', "
    "36), snippet(article_search, 2, char(1), char(2), '…', 36) FROM article_search"
    " CROSS JOIN search_entry e ON e.article_id = -article_search.rowid"
    " CROSS JOIN article a ON a.id = e.article_id AND e.stamp = a.access || ' ' || a.rendered_hash"
    " WHERE article_search MATCH $1 AND article_search.rowid = -$2";
static const char place_full[] =
    "SELECT highlight(article_search_full, 0, char(1), char(2)), snippet(article_search_full, 1, char(1), "
    "char(2), '…', 36), snippet(article_search_full, 2, char(1), char(2), '…', 36) FROM article_search_full"
    " CROSS JOIN search_entry e ON e.article_id = -article_search_full.rowid"
    " CROSS JOIN article a ON a.id = e.article_id AND e.stamp = a.access || ' ' || a.rendered_hash"
    " WHERE article_search_full MATCH $1 AND article_search_full.rowid = -$2";

/* DB1: whatever was typed, a sentence of the engine about it is no fault of the site. */
static enum err
or_nothing(struct db *db, enum err e)
{
	if (e != ERR_INTERNAL)
		return e == ERR_NOT_FOUND ? ERR_NONE : e;
	LOG_WARNING("search", LOG_CSTR("reason", db_message(db)));
	return ERR_NONE;
}

enum err
search_store_hits(struct db *db, struct arena *a, enum search_scope scope, struct str match, size_t limit,
    struct search_hit **out, size_t *n)
{
	struct search_hit *hits = arena_zero(a, limit + 1, sizeof *hits);
	struct rows *rows = NULL;
	enum err e;

	*n = 0;
	*out = hits;
	if (hits == NULL)
		return ERR_MEMORY;
	e = db_query(db, hits_sql[scope], &rows, "si", match, (int64_t)limit);
	while (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE)
		hits[(*n)++] = (struct search_hit){
		    rows_int(rows, 0), rows_int(rows, 1), (double)rows_int(rows, 2) / 1e6};
	e = or_nothing(db, e);
	rows_close(rows);
	return e;
}

enum err
search_store_place(struct db *db, struct arena *a, enum search_scope scope, struct str match, int64_t id,
    struct search_place *out)
{
	struct rows *rows = NULL;
	struct pick p = {NULL, a, false};
	enum err e = db_query(db, scope == SEARCH_FULL ? place_full : place_open, &rows, "si", match, id);

	if (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE) {
		struct str standfirst = rows_str(rows, 1);
		bool there = str_has(standfirst, '\001') ||
		             (standfirst.len > 0 && !str_has(rows_str(rows, 2), '\001'));

		p.rows = rows;
		out->title = pick_str(&p, 0);
		out->excerpt = pick_str(&p, there ? 1 : 2);
	}
	if (e == ERR_INTERNAL)
		e = ERR_NOT_FOUND;
	rows_close(rows);
	return p.failed ? ERR_MEMORY : e;
}

enum err
search_store_words(
    struct db *db, struct arena *a, struct str folded, size_t limit, struct str *words, size_t *n)
{
	static const char sql[] = "SELECT word FROM search_word WHERE folded > $1 AND folded < $2 "
	                          "ORDER BY uses DESC, folded LIMIT $3";
	struct str end = arena_printf(a, STR_FMT "\U0010ffff", STR_ARG(folded));
	struct rows *rows = NULL;
	struct pick p = {NULL, a, false};
	enum err e = db_query(db, sql, &rows, "ssi", folded, end, (int64_t)limit);

	*n = 0;
	p.rows = rows;
	while (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE)
		words[(*n)++] = pick_str(&p, 0);
	rows_close(rows);
	return p.failed ? ERR_MEMORY : e == ERR_NOT_FOUND ? ERR_NONE : e;
}

/* Written as titles write it. */
static enum err
known_word(struct db *db, struct arena *a, struct str folded, struct str *word)
{
	static const char sql[] = "SELECT word FROM search_word WHERE folded = $1";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "s", folded);

	if (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE)
		*word = arena_copy(a, rows_str(rows, 0));
	rows_close(rows);
	return e;
}

/* Among those that begin alike: nobody mistypes the first letter often, and it bounds the work. */
enum err
search_store_nearest(struct db *db, struct arena *a, struct str folded, struct str *word)
{
	static const char sql[] = "SELECT folded, word FROM search_word WHERE folded >= $1 AND folded < $2"
	                          " AND length(folded) BETWEEN $3 AND $4 ORDER BY uses DESC, folded LIMIT $5";
	struct str head = str_slice(folded, 0, 1), end = arena_printf(a, STR_FMT "\U0010ffff", STR_ARG(head));
	struct nearest nearest = NEAREST_NONE;
	struct rows *rows = NULL;
	enum err e;

	*word = STR_NONE;
	if (folded.len < 4 || (unsigned char)head.at[0] >= 0x80)
		return ERR_NONE;
	if ((e = known_word(db, a, folded, word)) != ERR_NOT_FOUND)
		return e;
	e = db_query(db, sql, &rows, "ssiii", head, end, (int64_t)folded.len - 2, (int64_t)folded.len + 2,
	    (int64_t)NEAREST_MAX);
	while (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE) {
		const char *before = nearest.best;

		nearest_consider(&nearest, folded, arena_cstr(a, rows_str(rows, 0)));
		if (nearest.best != before)
			*word = arena_copy(a, rows_str(rows, 1));
	}
	rows_close(rows);
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}
