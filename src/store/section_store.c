/* section_store.c: the small tables that pages and addresses are made of. */
#include "store/section_store.h"

#include "store/pick.h"

static void
section_row(struct pick *p, void *out)
{
	*(struct section *)out = (struct section){
	    .id = rows_int(p->rows, 0),
	    .slug = pick_str(p, 1),
	    .name = pick_str(p, 2),
	    .description = pick_str(p, 3),
	};
}

enum err
section_store_all(struct db *db, struct arena *a, struct section **out, size_t *n)
{
	static const char sql[] = "SELECT id, slug, name, description FROM section ORDER BY position, name";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "");

	return pick_all(e, rows, a, section_row, sizeof **out, out, n);
}

enum err
section_store_by_slug(struct db *db, struct arena *a, struct str slug, struct section *out)
{
	static const char sql[] = "SELECT id, slug, name, description FROM section WHERE slug = $1";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "s", slug);

	return pick_one(e, rows, a, section_row, out);
}

static void
author_row(struct pick *p, void *out)
{
	*(struct author *)out = (struct author){
	    .id = rows_int(p->rows, 0),
	    .slug = pick_str(p, 1),
	    .name = pick_str(p, 2),
	    .bio = pick_str(p, 3),
	    .collective = str_eq(rows_str(p->rows, 4), STR("collective")),
	};
}

enum err
section_store_author(struct db *db, struct arena *a, struct str slug, struct author *out)
{
	static const char sql[] = "SELECT id, slug, name, bio, kind FROM author WHERE slug = $1";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "s", slug);

	return pick_one(e, rows, a, author_row, out);
}

static void
tag_row(struct pick *p, void *out)
{
	*(struct tag *)out = (struct tag){
	    .id = rows_int(p->rows, 0),
	    .slug = pick_str(p, 1),
	    .name = pick_str(p, 2),
	};
}

enum err
section_store_tag(struct db *db, struct arena *a, struct str slug, struct tag *out)
{
	static const char sql[] = "SELECT id, slug, name FROM tag WHERE slug = $1";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "s", slug);

	return pick_one(e, rows, a, tag_row, out);
}
