/* corpus_store.c: whole texts beside their free parts. */
#include "store/corpus_store.h"

#include "store/pick.h"

/* A title of one that nobody may see yet is not free either. */
static const char corpus[] =
    "SELECT a.id, s.slug, a.slug, a.access = 'public', a.listed_at IS NULL OR a.listed_at > $1,"
    " CASE WHEN a.listed_at <= $1 THEN a.title || '. ' || a.title_shown || '. ' || a.label || '. ' || "
    "a.standfirst_html"
    " || '. ' || a.teaser_html || '. ' || a.outline || '. ' || a.image_alt || '. ' || a.image_credit ELSE '' "
    "END,"
    " coalesce(b.html, '')"
    " FROM article AS a JOIN section AS s ON s.id = a.section_id LEFT JOIN article_body AS b ON b.article_id "
    "= a.id"
    " WHERE a.id > $2 ORDER BY a.id LIMIT $3";
static const char size_words[] =
    "SELECT coalesce(sum(words), 0) FROM article WHERE access <> 'public' OR listed_at IS NULL"
    " OR listed_at > $1";
static const char size_articles[] =
    "SELECT count(*) FROM article WHERE access <> 'public' OR listed_at IS NULL"
    " OR listed_at > $1";

static void
corpus_row(struct pick *p, void *out)
{
	struct corpus_article *a = out;

	*a = (struct corpus_article){
	    .id = rows_int(p->rows, 0),
	    .section = pick_str(p, 1),
	    .slug = pick_str(p, 2),
	    .open = rows_int(p->rows, 3) != 0,
	    .hidden = rows_int(p->rows, 4) != 0,
	    .free = pick_str(p, 5),
	    .html = pick_str(p, 6),
	};
}

enum err
corpus_store_read(struct db *db, struct arena *a, int64_t after, int64_t now, int64_t limit,
    struct corpus_article **out, size_t *n)
{
	struct rows *rows = NULL;
	enum err e = db_query(db, corpus, &rows, "iii", now, after, limit);

	return pick_all(e, rows, a, corpus_row, sizeof **out, out, n);
}

enum err
corpus_store_size(struct db *db, int64_t now, int64_t *words, int64_t *articles)
{
	enum err e = db_int(db, words, size_words, "i", now);

	return e == ERR_NONE ? db_int(db, articles, size_articles, "i", now) : e;
}
