/* revision_store.c: revisions and corrections by article. */
#include "store/revision_store.h"

#include "store/pick.h"

static const char corrections[] =
    "SELECT id, at, note FROM correction WHERE article_id = $1 ORDER BY id LIMIT 50";
static const char add_correction[] = "INSERT INTO correction (article_id, note, at) VALUES ($1, $2, $3)";
static const char revisions[] = "SELECT id, until_at, title, standfirst, '' FROM article_revision WHERE "
                                "article_id = $1 ORDER BY id DESC LIMIT 1000";
static const char revision[] = "SELECT id, until_at, title, standfirst, markdown FROM article_revision WHERE "
                               "article_id = $1 AND id = $2";

static void
correction_row(struct pick *p, void *out)
{
	*(struct correction *)out = (struct correction){
	    rows_int(p->rows, 0), rows_int(p->rows, 1), pick_str(p, 2)};
}

enum err
revision_store_corrections(
    struct db *db, struct arena *a, int64_t article_id, struct correction **out, size_t *n)
{
	struct rows *rows = NULL;
	enum err e = db_query(db, corrections, &rows, "i", article_id);

	return pick_all(e, rows, a, correction_row, sizeof **out, out, n);
}

enum err
revision_store_correct(struct db *db, int64_t article_id, struct str note, int64_t at, struct fault *f)
{
	return pick_fault(f, db_exec(db, NULL, add_correction, "isi", article_id, note, at), db);
}

static void
revision_row(struct pick *p, void *out)
{
	*(struct revision *)out = (struct revision){
	    rows_int(p->rows, 0), rows_int(p->rows, 1), pick_str(p, 2), pick_str(p, 3), pick_str(p, 4)};
}

enum err
revision_store_list(struct db *db, struct arena *a, int64_t article_id, struct revision **out, size_t *n)
{
	struct rows *rows = NULL;
	enum err e = db_query(db, revisions, &rows, "i", article_id);

	return pick_all(e, rows, a, revision_row, sizeof **out, out, n);
}

enum err
revision_store_read(struct db *db, struct arena *a, int64_t article_id, int64_t id, struct revision *out)
{
	struct rows *rows = NULL;
	enum err e = db_query(db, revision, &rows, "ii", article_id, id);

	return pick_one(e, rows, a, revision_row, out);
}
