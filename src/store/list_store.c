/* list_store.c: lists of cards, newest first, by the partial indexes on listed_at. */
#include "store/list_store.h"

#define LIMIT_MAX 100

/* A list asks for ids first, from an index alone, and then for as many cards as are shown: whatever the archive's
 * size, a page reads a page's worth of articles. Parameters: $1 what, $2 and $3 the card before, $4 now, $5 how many, $6 how
 * many not. newer walks up from the card before, by one part. */
struct list_sql {
	const char *older, *newer;
};

static const char older_latest[] = "SELECT l.id FROM article l WHERE l.listed_at IS NOT NULL AND $1 = 0"
                                   " AND (l.listed_at, l.id) < ($2, $3) AND l.listed_at <= $4"
                                   " ORDER BY l.listed_at DESC, l.id DESC LIMIT $5 OFFSET $6";
static const char newer_latest[] =
    "SELECT l.listed_at, l.id FROM article l WHERE l.listed_at IS NOT NULL AND $1 = 0"
    " AND (l.listed_at, l.id) >= ($2, $3) AND l.listed_at <= $4"
    " ORDER BY l.listed_at, l.id LIMIT 1 OFFSET $5";
static const struct list_sql latest = {older_latest, newer_latest};

static const char older_in_section[] =
    "SELECT l.id FROM article l WHERE l.listed_at IS NOT NULL AND l.section_id = $1"
    " AND (l.listed_at, l.id) < ($2, $3) AND l.listed_at <= $4"
    " ORDER BY l.listed_at DESC, l.id DESC LIMIT $5 OFFSET $6";
static const char newer_in_section[] =
    "SELECT l.listed_at, l.id FROM article l WHERE l.listed_at IS NOT NULL AND l.section_id = $1"
    " AND (l.listed_at, l.id) >= ($2, $3) AND l.listed_at <= $4"
    " ORDER BY l.listed_at, l.id LIMIT 1 OFFSET $5";
static const struct list_sql in_section = {older_in_section, newer_in_section};

static const char older_by_author[] =
    "SELECT l.article_id FROM article_author l WHERE l.listed_at IS NOT NULL AND l.author_id = $1"
    " AND (l.listed_at, l.article_id) < ($2, $3) AND l.listed_at <= $4"
    " ORDER BY l.listed_at DESC, l.article_id DESC LIMIT $5 OFFSET $6";
static const char newer_by_author[] = "SELECT l.listed_at, l.article_id FROM article_author l WHERE "
                                      "l.listed_at IS NOT NULL AND l.author_id = $1"
                                      " AND (l.listed_at, l.article_id) >= ($2, $3) AND l.listed_at <= $4"
                                      " ORDER BY l.listed_at, l.article_id LIMIT 1 OFFSET $5";
static const struct list_sql by_author = {older_by_author, newer_by_author};

static const char older_by_tag[] =
    "SELECT l.article_id FROM article_tag l WHERE l.listed_at IS NOT NULL AND l.tag_id = $1"
    " AND (l.listed_at, l.article_id) < ($2, $3) AND l.listed_at <= $4"
    " ORDER BY l.listed_at DESC, l.article_id DESC LIMIT $5 OFFSET $6";
static const char newer_by_tag[] =
    "SELECT l.listed_at, l.article_id FROM article_tag l WHERE l.listed_at IS NOT NULL AND l.tag_id = $1"
    " AND (l.listed_at, l.article_id) >= ($2, $3) AND l.listed_at <= $4"
    " ORDER BY l.listed_at, l.article_id LIMIT 1 OFFSET $5";
static const struct list_sql by_tag = {older_by_tag, newer_by_tag};

static const char older_since[] =
    "SELECT l.id FROM article l WHERE l.listed_at IS NOT NULL AND l.listed_at >= $1"
    " AND (l.listed_at, l.id) < ($2, $3) AND l.listed_at <= $4"
    " ORDER BY l.listed_at DESC, l.id DESC LIMIT $5 OFFSET $6";
static const char newer_since[] =
    "SELECT l.listed_at, l.id FROM article l WHERE l.listed_at IS NOT NULL AND l.listed_at >= $1"
    " AND (l.listed_at, l.id) >= ($2, $3) AND l.listed_at <= $4"
    " ORDER BY l.listed_at, l.id LIMIT 1 OFFSET $5";
static const struct list_sql since = {older_since, newer_since};

static const char newest_before[] =
    "SELECT COALESCE(MAX(listed_at), 0) FROM article WHERE listed_at IS NOT NULL AND listed_at < $1";

static enum err
read_bylines(struct db *db, struct arena *a, int64_t id, struct str *out)
{
	static const char sql[] =
	    "SELECT w.name FROM article_author l JOIN author w ON w.id = l.author_id WHERE l.article_id = $1"
	    " ORDER BY l.position, w.name";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "i", id);

	*out = STR_NONE;
	while (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE) {
		*out = arena_printf(a, STR_FMT "%s" STR_FMT, STR_ARG(*out), out->len > 0 ? ", " : "",
		    STR_ARG(rows_str(rows, 0)));
		if (out->at == NULL)
			e = ERR_MEMORY;
	}
	rows_close(rows);
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

void
list_store_columns(struct pick *p, struct card *out)
{
	*out = (struct card){
	    .id = rows_int(p->rows, 0),
	    .section = pick_str(p, 1),
	    .section_name = pick_str(p, 2),
	    .slug = pick_str(p, 3),
	    .title = pick_str(p, 4),
	    .label = pick_str(p, 5),
	    .access = pick_str(p, 6),
	    .excerpt = pick_str(p, 7),
	    .image = pick_str(p, 8),
	    .image_alt = pick_str(p, 9),
	    .image_width = rows_int(p->rows, 10),
	    .image_height = rows_int(p->rows, 11),
	    .published_at = rows_int(p->rows, 12),
	    .image_versions = pick_str(p, 13),
	};
}

enum err
list_store_card(struct db *db, struct arena *a, int64_t id, int64_t now, struct card *out)
{
	static const char sql[] =
	    "SELECT a.id, s.slug, s.name, a.slug, a.title_shown, a.label, a.access,"
	    " CASE WHEN a.standfirst_text <> '' THEN a.standfirst_text ELSE a.teaser_text END,"
	    " a.image, a.image_alt, a.image_width, a.image_height, a.published_at, a.image_versions"
	    " FROM article a JOIN section s ON s.id = a.section_id WHERE a.id = $1 AND a.listed_at <= $2";
	struct rows *rows = NULL;
	struct pick p = {NULL, a, false};
	enum err e = db_query(db, sql, &rows, "ii", id, now);

	if (e == ERR_NONE)
		e = rows_next(rows);
	if (e == ERR_NONE) {
		p.rows = rows;
		list_store_columns(&p, out);
	}
	rows_close(rows);
	if (p.failed)
		return ERR_MEMORY;
	return e == ERR_NONE ? read_bylines(db, a, id, &out->bylines) : e;
}

static bool
follows_a_card(const struct list_range *r)
{
	return r->before_at != 0 && r->before_at <= r->now;
}

static enum err
read_ids(struct db *db, const char *sql, int64_t what, const struct list_range *r, int64_t ids[LIMIT_MAX + 1],
    size_t *n)
{
	bool after = follows_a_card(r);
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "iiiiii", what, after ? r->before_at : r->now,
	    after ? r->before_id : INT64_MAX, r->now, r->limit + 1, r->skip);

	*n = 0;
	while (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE)
		ids[(*n)++] = rows_int(rows, 0);
	rows_close(rows);
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

/* Where the part before begins. */
static enum err
read_newer(struct db *db, const char *sql, int64_t what, const struct list_range *r, struct cards *out)
{
	struct rows *rows = NULL;
	enum err e = ERR_NOT_FOUND;

	out->newer_at = out->newer_id = 0;
	if (follows_a_card(r))
		e = db_query(db, sql, &rows, "iiiii", what, r->before_at, r->before_id, r->now, r->limit);
	if (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE) {
		out->newer_at = rows_int(rows, 0);
		out->newer_id = rows_int(rows, 1);
	}
	rows_close(rows);
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

/* Cards for ids, in their order. */
static enum err
read_cards(struct db *db, struct arena *a, const int64_t *ids, size_t n, int64_t now, struct cards *out)
{
	out->at = arena_zero(a, n > 0 ? n : 1, sizeof *out->at);
	out->count = 0;
	if (out->at == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < n; i++) {
		enum err e = list_store_card(db, a, ids[i], now, &out->at[out->count]);

		if (e == ERR_NONE)
			out->count++;
		else if (e != ERR_NOT_FOUND)
			return e;
	}
	return ERR_NONE;
}

static enum err
read_list(struct db *db, struct arena *a, const struct list_sql *sql, int64_t what, struct list_range range,
    struct cards *out)
{
	int64_t ids[LIMIT_MAX + 1];
	size_t n = 0;
	enum err e;

	range.limit = range.limit < 1 ? 1 : range.limit > LIMIT_MAX ? LIMIT_MAX : range.limit;
	e = read_ids(db, sql->older, what, &range, ids, &n);
	out->more = n > (size_t)range.limit;
	if (e == ERR_NONE)
		e = read_newer(db, sql->newer, what, &range, out);
	return e == ERR_NONE ? read_cards(db, a, ids, out->more ? n - 1 : n, range.now, out) : e;
}

enum err
list_store_latest(struct db *db, struct arena *a, struct list_range range, struct cards *out)
{
	return read_list(db, a, &latest, 0, range, out);
}

enum err
list_store_in_section(struct db *db, struct arena *a, int64_t id, struct list_range range, struct cards *out)
{
	return read_list(db, a, &in_section, id, range, out);
}

enum err
list_store_by_author(struct db *db, struct arena *a, int64_t id, struct list_range range, struct cards *out)
{
	return read_list(db, a, &by_author, id, range, out);
}

enum err
list_store_by_tag(struct db *db, struct arena *a, int64_t id, struct list_range range, struct cards *out)
{
	return read_list(db, a, &by_tag, id, range, out);
}

enum err
list_store_since(struct db *db, struct arena *a, int64_t from, struct list_range range, struct cards *out)
{
	return read_list(db, a, &since, from, range, out);
}

enum err
list_store_before(struct db *db, int64_t at, int64_t *newest)
{
	enum err e = db_int(db, newest, newest_before, "i", at);

	return e == ERR_NONE && *newest == 0 ? ERR_NOT_FOUND : e;
}

enum err
list_store_next(struct db *db, int64_t now, int64_t *at)
{
	static const char sql[] = "SELECT listed_at FROM article WHERE listed_at IS NOT NULL AND listed_at > "
	                          "$1 ORDER BY listed_at LIMIT 1";

	return db_int(db, at, sql, "i", now);
}
