/* article_write.c: an article stored whole, or rendered again. */
#include "store/article_write.h"

#include "store/article_links.h"
#include "store/pick.h"

static const char insert_article[] = "INSERT INTO article (slug, section_id, access, published_at, "
                                     "updated_at, label, language, title, title_shown,"
                                     " standfirst, standfirst_text, standfirst_html, image, image_alt, "
                                     "image_credit, image_width, image_height,"
                                     " teaser_limit, words, words_shown, percent_left, outline, teaser_text, "
                                     "teaser_html, rendered_hash, rendered_at, image_versions, outline_wish)"
                                     " VALUES ($1, $2, $3, nullif($4, 0), nullif($5, 0), $6, $7, $8, $9, "
                                     "$10, $11, $12, $13, $14, $15, $16, $17, $18,"
                                     " $19, $20, $21, $22, $23, $24, $25, $26, $27, $28) RETURNING id";

/* Nothing happens, so no page is made anew, when nothing differs: a folder imported again costs little. */
static const char update_article[] =
    "UPDATE article SET slug = $1, section_id = $2, access = $3, published_at = coalesce(nullif($4, 0), "
    "published_at),"
    " updated_at = nullif($5, 0), label = $6, language = $7, title = $8, title_shown = $9, standfirst = $10,"
    " standfirst_text = $11, standfirst_html = $12, image = $13, image_alt = $14, image_credit = $15,"
    " image_width = $16, image_height = $17, teaser_limit = $18, words = $19, words_shown = $20, "
    "percent_left = $21,"
    " outline = $22, teaser_text = $23, teaser_html = $24, rendered_hash = $25, rendered_at = $26,"
    " image_versions = $27, outline_wish = $28, edition = edition + 1"
    " WHERE slug = $1 AND (rendered_at IS NULL OR published_at IS DISTINCT FROM coalesce(nullif($4, 0), "
    "published_at)"
    " OR updated_at IS DISTINCT FROM nullif($5, 0) OR (section_id, access, label, language, title, "
    "title_shown,"
    " standfirst, standfirst_text, standfirst_html) <> ($2, $3, $6, $7, $8, $9, $10, $11, $12)"
    " OR (image, image_alt, image_credit, image_width, image_height, teaser_limit, words, words_shown, "
    "percent_left,"
    " outline, teaser_text, teaser_html, rendered_hash, image_versions, outline_wish)"
    " <> ($13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $27, $28)) RETURNING id";

static const char put_body[] =
    "INSERT INTO article_body (article_id, markdown, html, rendered_hash, html_hash, stale, render_error)"
    " VALUES ($1, $2, $3, $4, $5, 0, '') ON CONFLICT (article_id) DO UPDATE SET markdown = excluded.markdown,"
    " html = excluded.html, rendered_hash = excluded.rendered_hash, html_hash = excluded.html_hash, stale = "
    "0,"
    " render_error = '' WHERE article_body.stale <> 0 OR article_body.rendered_hash <> excluded.rendered_hash"
    " OR article_body.html_hash <> excluded.html_hash OR article_body.markdown <> excluded.markdown"
    " OR article_body.html IS DISTINCT FROM excluded.html";

/* insert_article or update_article; the second says ERR_NOT_FOUND when nothing differs. */
static enum err
write_row(struct db *db, const char *sql, const struct article_draft *d, int64_t section_id, int64_t now,
    int64_t *id)
{
	const struct article_rendering *r = &d->made;

	return db_int(db, id, sql, "sisiissssssssssiisiiissssiss", d->slug, section_id, d->access,
	    d->published_at, d->updated_at, pick_text(d->label), d->language, d->title,
	    pick_text(r->title_shown), pick_text(d->standfirst), pick_text(r->standfirst_text),
	    pick_text(r->standfirst_html), pick_text(d->image), pick_text(d->image_alt),
	    pick_text(d->image_credit), r->image_width, r->image_height, pick_text(d->teaser_limit), r->words,
	    r->words_shown, r->percent_left, pick_text(r->outline), pick_text(r->teaser_text),
	    pick_text(r->teaser_html), pick_text(r->hash), now, pick_text(r->image_versions),
	    pick_text(d->outline_wish));
}

/* The article's own row; *id is set. */
static enum err
put_row(struct db *db, const struct article_draft *d, int64_t now, int64_t *id, bool *added, struct fault *f)
{
	static const char section_by_slug[] = "SELECT id FROM section WHERE slug = $1";
	int64_t section_id, changed;
	enum err e = db_int(db, &section_id, section_by_slug, "s", d->section);

	if (e == ERR_NOT_FOUND)
		return fault_set(
		    f, ERR_INVALID, "section: there is no section \"" STR_FMT "\"", STR_ARG(d->section));
	if (e == ERR_NONE)
		e = article_store_id(db, d->slug, id);
	*added = e == ERR_NOT_FOUND;
	if (*added)
		return pick_fault(f, write_row(db, insert_article, d, section_id, now, id), db);
	/* an article that opens to all must not ask for plans any more when its access changes */
	if (e == ERR_NONE && d->plan_count == 0)
		e = article_links_plans(db, *id, d->plans, d->plan_count, f);
	if (e == ERR_NONE)
		e = write_row(db, update_article, d, section_id, now, &changed);
	return e == ERR_NOT_FOUND ? ERR_NONE : pick_fault(f, e, db);
}

enum err
article_write_put(
    struct db *db, const struct article_draft *d, int64_t now, int64_t *id, bool *added, struct fault *f)
{
	const struct article_rendering *r = &d->made;
	bool is_new = false;
	enum err e = put_row(db, d, now, id, &is_new, f);

	if (e == ERR_NONE)
		e = pick_fault(f,
		    db_exec(db, NULL, put_body, "issss", *id, pick_text(d->markdown), pick_text(r->html),
		        pick_text(r->hash), pick_text(r->html_hash)),
		    db);
	if (e == ERR_NONE)
		e = article_links_plans(db, *id, d->plans, d->plan_count, f);
	if (e == ERR_NONE)
		e = article_links_bylines(db, *id, d->authors, d->author_count, f);
	if (e == ERR_NONE)
		e = article_links_tags(db, *id, d->tags, d->tag_count, f);
	if (e == ERR_NONE)
		e = pick_fault(f, media_store_set(db, *id, r->media, r->media_count), db);
	if (e == ERR_NONE && added != NULL)
		*added = is_new;
	return e;
}

static void
source_row(struct pick *p, void *out)
{
	*(struct article_source *)out = (struct article_source){
	    .id = rows_int(p->rows, 0),
	    .edition = rows_int(p->rows, 1),
	    .slug = pick_str(p, 2),
	    .title = pick_str(p, 3),
	    .standfirst = pick_str(p, 4),
	    .access = pick_str(p, 5),
	    .language = pick_str(p, 6),
	    .teaser_limit = pick_str(p, 7),
	    .image = pick_str(p, 8),
	    .markdown = pick_str(p, 9),
	    .hash = pick_str(p, 10),
	    .image_width = rows_int(p->rows, 11),
	    .image_height = rows_int(p->rows, 12),
	    .waits = rows_int(p->rows, 13) != 0,
	    .outline_wish = pick_str(p, 14),
	};
}

enum err
article_write_source(struct db *db, struct arena *a, int64_t id, struct article_source *out)
{
	static const char sql[] =
	    "SELECT a.id, a.edition, a.slug, a.title, a.standfirst, a.access, a.language, a.teaser_limit, "
	    "a.image,"
	    " b.markdown, b.rendered_hash, a.image_width, a.image_height, b.stale = 1, a.outline_wish"
	    " FROM article a JOIN article_body b ON b.article_id = a.id WHERE a.id = $1";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "i", id);

	return pick_one(e, rows, a, source_row, out);
}

enum err
article_write_stale(struct db *db, int64_t *ids, size_t limit, size_t *n)
{
	static const char sql[] =
	    "SELECT article_id FROM article_body WHERE stale = 1 ORDER BY article_id LIMIT $1";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "i", (int64_t)limit);

	*n = 0;
	while (e == ERR_NONE && *n < limit && (e = rows_next(rows)) == ERR_NONE)
		ids[(*n)++] = rows_int(rows, 0);
	rows_close(rows);
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

/* Within a transaction: the article as it was read, or ERR_CONFLICT. */
static enum err
write_rendered(struct db *db, int64_t id, int64_t edition, const struct article_rendering *r, int64_t now)
{
	static const char free_part[] =
	    "UPDATE article SET title_shown = $1, standfirst_text = $2, standfirst_html = $3, teaser_text = "
	    "$4,"
	    " teaser_html = $5, outline = $6, words = $7, words_shown = $8, percent_left = $9,"
	    " image_width = CASE WHEN $10 > 0 THEN $10 ELSE image_width END,"
	    " image_height = CASE WHEN $11 > 0 THEN $11 ELSE image_height END,"
	    " rendered_hash = $12, rendered_at = $13, image_versions = $14, edition = edition + 1"
	    " WHERE id = $15 AND edition = $16";
	static const char body[] = "UPDATE article_body SET html = $1, rendered_hash = $2, html_hash = $3, "
	                           "stale = 0, render_error = ''"
	                           " WHERE article_id = $4";
	int64_t changed = 0;
	enum err e = db_exec(db, &changed, free_part, "ssssssiiiiisisii", pick_text(r->title_shown),
	    pick_text(r->standfirst_text), pick_text(r->standfirst_html), pick_text(r->teaser_text),
	    pick_text(r->teaser_html), pick_text(r->outline), r->words, r->words_shown, r->percent_left,
	    r->image_width, r->image_height, pick_text(r->hash), now, pick_text(r->image_versions), id,
	    edition);

	if (e == ERR_NONE && changed == 0)
		return ERR_CONFLICT;
	if (e == ERR_NONE)
		e = db_exec(db, &changed, body, "sssi", pick_text(r->html), pick_text(r->hash),
		    pick_text(r->html_hash), id);
	if (e == ERR_NONE && changed == 0)
		return ERR_CONFLICT;
	return e == ERR_NONE ? media_store_set(db, id, r->media, r->media_count) : e;
}

enum err
article_write_rendering(struct db *db, int64_t id, int64_t edition, const struct article_rendering *r,
    int64_t now, struct fault *f)
{
	enum err e = db_begin(db);

	if (e == ERR_NONE)
		e = write_rendered(db, id, edition, r, now);
	if (e == ERR_CONFLICT)
		(void)fault_set(f, e, "the article changed while it was rendered");
	else
		(void)pick_fault(f, e, db);
	if (e == ERR_NONE)
		return pick_fault(f, db_commit(db), db);
	db_rollback(db);
	return e;
}

enum err
article_write_refusal(struct db *db, int64_t id, int64_t edition, struct str why)
{
	static const char sql[] = "UPDATE article_body SET stale = 2, render_error = $1 WHERE article_id = $2"
	                          " AND EXISTS (SELECT 1 FROM article WHERE id = $2 AND edition = $3)";
	int64_t changed = 0;
	enum err e = db_exec(db, &changed, sql, "sii", pick_text(why), id, edition);

	return e == ERR_NONE && changed == 0 ? ERR_CONFLICT : e;
}
