/* list_store.c: lists of cards, newest first, by the partial indexes on listed_at. */
#include "store/list_store.h"

#include <stdlib.h>

#include "store/pick.h"

#define PAGE_MAX 100000
#define LIMIT_MAX 100
#define RELATED_MAX 20
#define TAGS_MAX 20 /* of an article, see sql/003 */

/* A list asks for ids first, from an index alone, and then for as many cards as are shown: whatever the archive's
 * size, a page reads a page's worth of articles. Parameters: $1 what, $2 and $3 the last card before, $4 now. */

static const char ids_latest[] =
    "SELECT l.id FROM article l WHERE l.listed_at IS NOT NULL AND $1 = 0 AND (l.listed_at, l.id) < ($2, $3)"
    " AND l.listed_at <= $4 ORDER BY l.listed_at DESC, l.id DESC LIMIT $5 OFFSET $6";
static const char ids_in_section[] =
    "SELECT l.id FROM article l WHERE l.listed_at IS NOT NULL AND l.section_id = $1"
    " AND (l.listed_at, l.id) < ($2, $3) AND l.listed_at <= $4"
    " ORDER BY l.listed_at DESC, l.id DESC LIMIT $5 OFFSET $6";
static const char ids_by_author[] =
    "SELECT l.article_id FROM article_author l WHERE l.listed_at IS NOT NULL AND l.author_id = $1"
    " AND (l.listed_at, l.article_id) < ($2, $3) AND l.listed_at <= $4"
    " ORDER BY l.listed_at DESC, l.article_id DESC LIMIT $5 OFFSET $6";
static const char ids_by_tag[] =
    "SELECT l.article_id FROM article_tag l WHERE l.listed_at IS NOT NULL AND l.tag_id = $1"
    " AND (l.listed_at, l.article_id) < ($2, $3) AND l.listed_at <= $4"
    " ORDER BY l.listed_at DESC, l.article_id DESC LIMIT $5 OFFSET $6";

static const char ids_since[] =
    "SELECT l.id FROM article l WHERE l.listed_at IS NOT NULL AND l.listed_at >= $1"
    " AND (l.listed_at, l.id) < ($2, $3) AND l.listed_at <= $4"
    " ORDER BY l.listed_at DESC, l.id DESC LIMIT $5 OFFSET $6";
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

static void
card_columns(struct pick *p, struct card *out)
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
		card_columns(&p, out);
	}
	rows_close(rows);
	if (p.failed)
		return ERR_MEMORY;
	return e == ERR_NONE ? read_bylines(db, a, id, &out->bylines) : e;
}

static enum err
read_ids(struct db *db, const char *sql, int64_t what, const struct list_range *r, int64_t ids[LIMIT_MAX + 1],
    size_t *n)
{
	bool after = r->before_at != 0 && r->before_at <= r->now;
	int64_t at = after ? r->before_at : r->now;
	int64_t id = after ? r->before_id : INT64_MAX;
	int64_t page = r->before_at != 0 || r->page < 1 ? 1 : r->page > PAGE_MAX ? PAGE_MAX : r->page;
	struct rows *rows = NULL;
	enum err e = db_query(
	    db, sql, &rows, "iiiiii", what, at, id, r->now, r->limit + 1, (page - 1) * r->limit);

	*n = 0;
	while (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE)
		ids[(*n)++] = rows_int(rows, 0);
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
read_list(
    struct db *db, struct arena *a, const char *sql, int64_t what, struct list_range range, struct cards *out)
{
	int64_t ids[LIMIT_MAX + 1];
	size_t n = 0;
	enum err e;

	range.limit = range.limit < 1 ? 1 : range.limit > LIMIT_MAX ? LIMIT_MAX : range.limit;
	e = read_ids(db, sql, what, &range, ids, &n);
	out->more = n > (size_t)range.limit;
	return e == ERR_NONE ? read_cards(db, a, ids, out->more ? n - 1 : n, range.now, out) : e;
}

enum err
list_store_latest(struct db *db, struct arena *a, struct list_range range, struct cards *out)
{
	return read_list(db, a, ids_latest, 0, range, out);
}

enum err
list_store_in_section(struct db *db, struct arena *a, int64_t id, struct list_range range, struct cards *out)
{
	return read_list(db, a, ids_in_section, id, range, out);
}

enum err
list_store_by_author(struct db *db, struct arena *a, int64_t id, struct list_range range, struct cards *out)
{
	return read_list(db, a, ids_by_author, id, range, out);
}

enum err
list_store_by_tag(struct db *db, struct arena *a, int64_t id, struct list_range range, struct cards *out)
{
	return read_list(db, a, ids_by_tag, id, range, out);
}

enum err
list_store_since(struct db *db, struct arena *a, int64_t from, struct list_range range, struct cards *out)
{
	return read_list(db, a, ids_since, from, range, out);
}

enum err
list_store_before(struct db *db, int64_t at, int64_t *newest)
{
	enum err e = db_int(db, newest, newest_before, "i", at);

	return e == ERR_NONE && *newest == 0 ? ERR_NOT_FOUND : e;
}

/* An article that shares tags with another. */
struct likeness {
	int64_t id, listed_at;
	int shared;
};

struct likenesses {
	struct likeness at[TAGS_MAX * (RELATED_MAX + 1)];
	size_t count;
};

static void
likeness_add(struct likenesses *all, int64_t id, int64_t listed_at)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->at[i].id == id) {
			all->at[i].shared++;
			return;
		}
	all->at[all->count++] = (struct likeness){id, listed_at, 1};
}

/* Most shared first, then newest, then highest id. */
static int
likeness_order(const void *left, const void *right)
{
	const struct likeness *a = left, *b = right;

	if (a->shared != b->shared)
		return a->shared > b->shared ? -1 : 1;
	if (a->listed_at != b->listed_at)
		return a->listed_at > b->listed_at ? -1 : 1;
	return a->id > b->id ? -1 : a->id < b->id;
}

/* The newest few of each tag of the article: as many rows for a tag of ten articles as for one of a million. */
static enum err
likeness_by_tags(struct db *db, int64_t article_id, int64_t now, size_t limit, struct likenesses *out)
{
	static const char tags_of[] = "SELECT tag_id FROM article_tag WHERE article_id = $1 LIMIT 20";
	static const char newest[] =
	    "SELECT l.article_id, l.listed_at FROM article_tag l WHERE l.listed_at IS NOT NULL AND l.tag_id "
	    "= $1"
	    " AND l.listed_at <= $2 ORDER BY l.listed_at DESC, l.article_id DESC LIMIT $3";
	struct rows *tags = NULL;
	enum err e = db_query(db, tags_of, &tags, "i", article_id);

	out->count = 0;
	while (e == ERR_NONE && (e = rows_next(tags)) == ERR_NONE) {
		struct rows *rows = NULL;

		e = db_query(db, newest, &rows, "iii", rows_int(tags, 0), now, (int64_t)limit + 1);
		while (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE)
			if (rows_int(rows, 0) != article_id)
				likeness_add(out, rows_int(rows, 0), rows_int(rows, 1));
		rows_close(rows);
		if (e == ERR_NOT_FOUND)
			e = ERR_NONE;
	}
	rows_close(tags);
	qsort(out->at, out->count, sizeof *out->at, likeness_order);
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

/* Fills ids up to limit from a list, without the article itself and without repeats. */
static enum err
fill_ids(struct db *db, const char *sql, int64_t what, const struct list_range *range, int64_t article_id,
    int64_t *ids, size_t *n)
{
	int64_t more[LIMIT_MAX + 1];
	size_t limit = (size_t)(range->limit / 2), count = 0;
	enum err e = *n < limit ? read_ids(db, sql, what, range, more, &count) : ERR_NONE;

	for (size_t i = 0; e == ERR_NONE && i < count && *n < limit; i++) {
		bool seen = more[i] == article_id;

		for (size_t k = 0; k < *n; k++)
			seen = seen || ids[k] == more[i];
		if (!seen)
			ids[(*n)++] = more[i];
	}
	return e;
}

enum err
list_store_alike(
    struct db *db, struct arena *a, int64_t article_id, int64_t now, size_t limit, int64_t *ids, size_t *n)
{
	struct likenesses *alike = arena_alloc(a, sizeof *alike);
	enum err e;

	*n = 0;
	if (alike == NULL)
		return ERR_MEMORY;
	e = likeness_by_tags(db, article_id, now, limit, alike);
	for (; e == ERR_NONE && *n < limit && *n < alike->count; ++*n)
		ids[*n] = alike->at[*n].id;
	return e;
}

/* What was found when it was published; while there is nothing, by tags now. */
static enum err
kept_or_alike(
    struct db *db, struct arena *a, int64_t article_id, int64_t now, size_t limit, int64_t *ids, size_t *n)
{
	static const char sql[] =
	    "SELECT related_id FROM article_related WHERE article_id = $1 ORDER BY position LIMIT $2";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "ii", article_id, (int64_t)limit);

	while (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE)
		ids[(*n)++] = rows_int(rows, 0);
	rows_close(rows);
	if (e != ERR_NOT_FOUND)
		return e;
	return *n > 0 ? ERR_NONE : list_store_alike(db, a, article_id, now, limit, ids, n);
}

enum err
list_store_related(
    struct db *db, struct arena *a, int64_t article_id, int64_t now, size_t limit, struct cards *out)
{
	static const char section_of[] = "SELECT section_id FROM article WHERE id = $1";
	int64_t ids[RELATED_MAX], section_id = 0;
	size_t n = 0;
	enum err e;

	limit = limit < 1 ? 1 : limit > RELATED_MAX ? RELATED_MAX : limit;
	e = kept_or_alike(db, a, article_id, now, limit, ids, &n);
	if (e == ERR_NONE && n < limit)
		e = db_int(db, &section_id, section_of, "i", article_id);
	if (e == ERR_NONE && n < limit) {
		/* twice as many as are wanted: those already taken are skipped */
		struct list_range range = {.now = now, .limit = (int64_t)limit * 2, .page = 1};

		e = fill_ids(db, ids_in_section, section_id, &range, article_id, ids, &n);
		if (e == ERR_NONE)
			e = fill_ids(db, ids_latest, 0, &range, article_id, ids, &n);
	}
	out->more = false;
	return e == ERR_NONE ? read_cards(db, a, ids, n, now, out) : e;
}

enum err
list_store_next(struct db *db, int64_t now, int64_t *at)
{
	static const char sql[] = "SELECT listed_at FROM article WHERE listed_at IS NOT NULL AND listed_at > "
	                          "$1 ORDER BY listed_at LIMIT 1";

	return db_int(db, at, sql, "i", now);
}
