/* pick.c: what every store does with a row. */
#include "store/pick.h"

#include <string.h>

#define GROW_FIRST 8
#define GROW_MOST ((size_t)1 << 20)

struct str
pick_str(struct pick *p, int column)
{
	struct str s = rows_str(p->rows, column);

	if (s.len == 0)
		return STR_NONE;
	s = arena_copy(p->arena, s);
	if (s.at == NULL) {
		p->failed = true;
		return STR_NONE;
	}
	return s;
}

void
pick_number(struct pick *p, void *out)
{
	*(int64_t *)out = rows_int(p->rows, 0);
}

void
pick_word(struct pick *p, void *out)
{
	*(struct str *)out = pick_str(p, 0);
}

enum err
pick_one(enum err e, struct rows *rows, struct arena *a, pick_row *row, void *out)
{
	struct pick p = {rows, a, false};

	if (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE)
		row(&p, out);
	rows_close(rows);
	return p.failed ? ERR_MEMORY : e;
}

/* Room for one item more: returns the array, moved when it had to grow, or NULL. */
static void *
grow(struct arena *a, void *items, size_t count, size_t *room, size_t size)
{
	size_t more = *room == 0 ? GROW_FIRST : *room * 2;
	void *moved;

	if (count < *room)
		return items;
	if (more > GROW_MOST)
		return NULL;
	moved = arena_zero(a, more, size);
	if (moved == NULL)
		return NULL;
	if (count > 0)
		memcpy(moved, items, count * size);
	*room = more;
	return moved;
}

enum err
pick_all(enum err e, struct rows *rows, struct arena *a, pick_row *row, size_t size, void *items, size_t *n)
{
	struct pick p = {rows, a, false};
	char *all = NULL;
	size_t room = 0;

	*n = 0;
	while (e == ERR_NONE && !p.failed && (e = rows_next(rows)) == ERR_NONE) {
		char *grown = grow(a, all, *n, &room, size);

		if (grown == NULL) {
			e = ERR_MEMORY;
		} else {
			all = grown;
			row(&p, all + (*n)++ * size);
		}
	}
	rows_close(rows);
	memcpy(items, &all, sizeof all);
	if (e == ERR_NOT_FOUND)
		e = ERR_NONE;
	return p.failed ? ERR_MEMORY : e;
}

enum err
pick_fault(struct fault *f, enum err e, const struct db *db)
{
	return e == ERR_NONE ? e : fault_set(f, e, "%s", db_message(db));
}

struct str
pick_text(struct str s)
{
	return s.at == NULL ? STR_NONE : s;
}
