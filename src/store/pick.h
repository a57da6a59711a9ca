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

/* Fills out from the row that p->rows stands at. */
typedef void pick_row(struct pick *p, void *out);
void pick_number(struct pick *p, void *out); /* int64_t: the first column */
void pick_word(struct pick *p, void *out);   /* struct str: the first column */

/* Both take over what db_query gave, e and rows, and close rows. pick_one: the first row; ERR_NOT_FOUND without one.
 * pick_all: *items, a pointer to what row fills, each of size bytes, gets an array in the arena; none is no error. */
enum err pick_one(enum err e, struct rows *rows, struct arena *a, pick_row *row, void *out);
enum err pick_all(
    enum err e, struct rows *rows, struct arena *a, pick_row *row, size_t size, void *items, size_t *n);

/* The sentence of db's last failure as a fault; returns e. */
enum err pick_fault(struct fault *f, enum err e, const struct db *db);

struct str pick_text(struct str s); /* a str that binds as '' instead of NULL when at == NULL */

#endif
