/* pick.h: columns of a row copied into an arena, with one check at the end, and lists that grow there. */
#ifndef STORE_PICK_H
#define STORE_PICK_H

#include "store/db.h"

struct pick {
	const struct rows *rows;
	struct arena *arena;
	bool failed; /* out of memory at some column: what was picked is not whole */
};

struct str pick_str(struct pick *p, int column); /* a copy; "" for NULL */

/* Room for one item more: returns the array, moved when it had to grow, or NULL. Start with *items NULL, *room 0. */
void *pick_grow(struct arena *a, void *items, size_t count, size_t *room, size_t size);

/* The sentence of db's last failure as a fault; returns e. */
enum err pick_fault(struct fault *f, enum err e, const struct db *db);

struct str pick_text(struct str s); /* a str that binds as '' instead of NULL when at == NULL */

#endif
