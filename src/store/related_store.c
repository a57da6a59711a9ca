/* related_store.c: what else may be read: kept lists first, shared tags, then the same section. */
#include "store/related_store.h"

#include <stdlib.h>

#include "store/pick.h"

#define RELATED_MAX 20
#define TAGS_MAX 20 /* of an article, see sql/003 */

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

enum err
related_store_alike(
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

static struct card *
card_of(struct cards *cards, int64_t id)
{
	for (size_t i = 0; i < cards->count; i++)
		if (cards->at[i].id == id)
			return &cards->at[i];
	return NULL;
}

/* The bylines of all that is related, in one statement. */
static enum err
kept_bylines(struct db *db, struct arena *a, int64_t article_id, struct cards *cards)
{
	static const char sql[] =
	    "SELECT l.article_id, w.name FROM article_related r JOIN article_author l"
	    " ON l.article_id = r.related_id JOIN author w ON w.id = l.author_id WHERE r.article_id = $1"
	    " ORDER BY r.position, l.position, w.name";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "i", article_id);

	while (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE) {
		struct card *card = card_of(cards, rows_int(rows, 0));

		if (card == NULL)
			continue;
		card->bylines = arena_printf(a, STR_FMT "%s" STR_FMT, STR_ARG(card->bylines),
		    card->bylines.len > 0 ? ", " : "", STR_ARG(rows_str(rows, 1)));
		if (card->bylines.at == NULL)
			e = ERR_MEMORY;
	}
	rows_close(rows);
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

/* What was found when it was published, as cards: two statements for a whole page's worth. */
static enum err
kept_cards(struct db *db, struct arena *a, int64_t article_id, int64_t now, size_t limit, struct cards *out)
{
	static const char sql[] =
	    "SELECT a.id, s.slug, s.name, a.slug, a.title_shown, a.label, a.access,"
	    " CASE WHEN a.standfirst_text <> '' THEN a.standfirst_text ELSE a.teaser_text END,"
	    " a.image, a.image_alt, a.image_width, a.image_height, a.published_at, a.image_versions"
	    " FROM article_related r JOIN article a ON a.id = r.related_id"
	    " JOIN section s ON s.id = a.section_id WHERE r.article_id = $1 AND a.listed_at <= $2"
	    " ORDER BY r.position LIMIT $3";
	struct rows *rows = NULL;
	struct pick p = {NULL, a, false};
	enum err e = db_query(db, sql, &rows, "iii", article_id, now, (int64_t)limit);

	out->at = arena_zero(a, limit, sizeof *out->at);
	out->count = 0;
	out->more = false;
	p.rows = rows;
	p.failed = out->at == NULL;
	while (e == ERR_NONE && !p.failed && out->count < limit && (e = rows_next(rows)) == ERR_NONE) {
		list_store_columns(&p, &out->at[out->count]);
		out->at[out->count++].bylines = STR_NONE;
	}
	rows_close(rows);
	if (p.failed)
		return ERR_MEMORY;
	return e == ERR_NONE || e == ERR_NOT_FOUND ? kept_bylines(db, a, article_id, out) : e;
}

/* Adds those of more that are not there yet, nor the article itself. */
static void
add_others(struct cards *out, size_t limit, const struct cards *more, int64_t article_id)
{
	for (size_t i = 0; i < more->count && out->count < limit; i++)
		if (more->at[i].id != article_id && card_of(out, more->at[i].id) == NULL)
			out->at[out->count++] = more->at[i];
}

static enum err
add_alike(struct db *db, struct arena *a, int64_t article_id, int64_t now, size_t limit, struct cards *out)
{
	int64_t ids[RELATED_MAX];
	size_t n;
	enum err e = related_store_alike(db, a, article_id, now, limit, ids, &n);

	for (size_t i = 0; e == ERR_NONE && i < n; i++) {
		e = list_store_card(db, a, ids[i], now, &out->at[out->count]);
		if (e == ERR_NONE)
			out->count++;
		else if (e == ERR_NOT_FOUND)
			e = ERR_NONE;
	}
	return e;
}

enum err
related_store_cards(
    struct db *db, struct arena *a, int64_t article_id, int64_t now, size_t limit, struct cards *out)
{
	static const char section_of[] = "SELECT section_id FROM article WHERE id = $1";
	struct list_range range = {.now = now};
	struct cards more = {.count = 0};
	int64_t section_id = 0;
	enum err e;

	limit = limit < 1 ? 1 : limit > RELATED_MAX ? RELATED_MAX : limit;
	range.limit = (int64_t)limit * 2; /* those that are there already are skipped */
	e = kept_cards(db, a, article_id, now, limit, out);
	if (e == ERR_NONE && out->count == 0)
		e = add_alike(db, a, article_id, now, limit, out);
	if (e == ERR_NONE && out->count < limit)
		e = db_int(db, &section_id, section_of, "i", article_id);
	if (e == ERR_NONE && out->count < limit &&
	    (e = list_store_in_section(db, a, section_id, range, &more)) == ERR_NONE)
		add_others(out, limit, &more, article_id);
	if (e == ERR_NONE && out->count < limit && (e = list_store_latest(db, a, range, &more)) == ERR_NONE)
		add_others(out, limit, &more, article_id);
	return e;
}
