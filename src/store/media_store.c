/* media_store.c: images of articles. */
#include "store/media_store.h"

#include "store/pick.h"

static const char forget[] = "DELETE FROM article_media WHERE article_id = $1";
static const char put[] = "INSERT INTO article_media (article_id, name, gated) VALUES ($1, $2, $3) "
                          "ON CONFLICT (article_id, name) DO UPDATE SET gated = excluded.gated";
static const char count[] =
    "SELECT (SELECT count(*) FROM article WHERE image <> '') + (SELECT count(*) FROM article_media)";
static const char list[] =
    "SELECT name, max(lead) FROM (SELECT image AS name, 1 AS lead FROM article WHERE image <> ''"
    " UNION ALL SELECT name, 0 FROM article_media) AS shown GROUP BY name ORDER BY name";
static const char stale[] =
    "UPDATE article_body SET stale = 1, render_error = '' WHERE stale <> 1 AND article_id IN"
    " (SELECT id FROM article WHERE image = $1 UNION SELECT article_id FROM article_media WHERE name = $1)";
static const char leads[] = "SELECT 1 FROM article WHERE image = $1 AND image <> '' LIMIT 1";
static const char uses[] =
    "SELECT m.gated, s.slug, a.slug FROM article_media AS m JOIN article AS a ON a.id = m.article_id "
    "JOIN section AS s ON s.id = a.section_id WHERE m.name = $1 ORDER BY m.gated LIMIT 16";

enum err
media_store_set(struct db *db, int64_t article_id, const struct media_name *names, size_t n)
{
	enum err e = db_exec(db, NULL, forget, "i", article_id);

	for (size_t i = 0; e == ERR_NONE && i < n; i++)
		e = db_exec(db, NULL, put, "isi", article_id, names[i].name, (int64_t)names[i].gated);
	return e;
}

static enum err
read_uses(struct db *db, struct arena *a, struct str name, struct media_use *out)
{
	struct rows *rows = NULL;
	enum err e = db_query(db, uses, &rows, "s", name);
	struct pick p = {.rows = rows, .arena = a};

	while (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE) {
		if (rows_int(rows, 0) == 0) {
			out->free = true;
		} else if (out->gated_count < MEDIA_ARTICLES_MAX) {
			out->gated[out->gated_count].section = pick_str(&p, 1);
			out->gated[out->gated_count++].slug = pick_str(&p, 2);
		}
	}
	rows_close(rows);
	if (p.failed)
		return ERR_MEMORY;
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

enum err
media_store_use(struct db *db, struct arena *a, struct str name, struct media_use *out)
{
	int64_t one;
	enum err e = db_int(db, &one, leads, "s", name);

	*out = (struct media_use){.free = e == ERR_NONE};
	if (e != ERR_NOT_FOUND)
		return e;
	e = read_uses(db, a, name, out);
	return e == ERR_NONE && !out->free && out->gated_count == 0 ? ERR_NOT_FOUND : e;
}

enum err
media_store_list(struct db *db, struct arena *a, struct media_listed **out, size_t *n)
{
	struct rows *rows = NULL;
	struct pick p = {.arena = a};
	int64_t most = 0;
	enum err e = db_int(db, &most, count, "");

	*n = 0;
	*out = arena_zero(a, (size_t)most + 1, sizeof **out);
	if (e == ERR_NONE)
		e = *out == NULL ? ERR_MEMORY : db_query(db, list, &rows, "");
	p.rows = rows;
	while (e == ERR_NONE && *n < (size_t)most && (e = rows_next(rows)) == ERR_NONE)
		(*out)[(*n)++] = (struct media_listed){pick_str(&p, 0), rows_int(rows, 1) != 0};
	rows_close(rows);
	if (p.failed)
		return ERR_MEMORY;
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

enum err
media_store_stale(struct db *db, struct str name)
{
	return db_exec(db, NULL, stale, "s", name);
}
