/* section_store.c: the small tables that pages and addresses are made of. */
#include "store/section_store.h"

#include "store/pick.h"

static struct section
section_row(struct pick *p)
{
	return (struct section){
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
	struct pick p = {NULL, a, false};
	struct rows *rows = NULL;
	size_t room = 0;
	enum err e = db_query(db, sql, &rows, "");

	*out = NULL;
	*n = 0;
	p.rows = rows;
	while (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE) {
		struct section *items = pick_grow(a, *out, *n, &room, sizeof *items);

		if (items == NULL) {
			e = ERR_MEMORY;
			break;
		}
		*out = items;
		items[(*n)++] = section_row(&p);
	}
	rows_close(rows);
	if (e == ERR_NOT_FOUND)
		e = ERR_NONE;
	return e == ERR_NONE && p.failed ? ERR_MEMORY : e;
}

enum err
section_store_by_slug(struct db *db, struct arena *a, struct str slug, struct section *out)
{
	static const char sql[] = "SELECT id, slug, name, description FROM section WHERE slug = $1";
	struct rows *rows = NULL;
	struct pick p = {NULL, a, false};
	enum err e = db_query(db, sql, &rows, "s", slug);

	if (e == ERR_NONE)
		e = rows_next(rows);
	if (e == ERR_NONE) {
		p.rows = rows;
		*out = section_row(&p);
	}
	rows_close(rows);
	return p.failed ? ERR_MEMORY : e;
}

enum err
section_store_author(struct db *db, struct arena *a, struct str slug, struct author *out)
{
	static const char sql[] = "SELECT id, slug, name, bio, kind FROM author WHERE slug = $1";
	struct rows *rows = NULL;
	struct pick p = {NULL, a, false};
	enum err e = db_query(db, sql, &rows, "s", slug);

	if (e == ERR_NONE)
		e = rows_next(rows);
	if (e == ERR_NONE) {
		p.rows = rows;
		out->id = rows_int(rows, 0);
		out->slug = pick_str(&p, 1);
		out->name = pick_str(&p, 2);
		out->bio = pick_str(&p, 3);
		out->collective = str_eq(rows_str(rows, 4), STR("collective"));
	}
	rows_close(rows);
	return p.failed ? ERR_MEMORY : e;
}

enum err
section_store_tag(struct db *db, struct arena *a, struct str slug, struct tag *out)
{
	static const char sql[] = "SELECT id, slug, name FROM tag WHERE slug = $1";
	struct rows *rows = NULL;
	struct pick p = {NULL, a, false};
	enum err e = db_query(db, sql, &rows, "s", slug);

	if (e == ERR_NONE)
		e = rows_next(rows);
	if (e == ERR_NONE) {
		p.rows = rows;
		out->id = rows_int(rows, 0);
		out->slug = pick_str(&p, 1);
		out->name = pick_str(&p, 2);
	}
	rows_close(rows);
	return p.failed ? ERR_MEMORY : e;
}
