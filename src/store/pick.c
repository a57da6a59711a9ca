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

void *
pick_grow(struct arena *a, void *items, size_t count, size_t *room, size_t size)
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
pick_fault(struct fault *f, enum err e, const struct db *db)
{
	return e == ERR_NONE ? e : fault_set(f, e, "%s", db_message(db));
}

struct str
pick_text(struct str s)
{
	return s.at == NULL ? STR_NONE : s;
}
