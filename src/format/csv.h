/* csv.h: rows of a CSV text (RFC 4180), as spreadsheets write it: comma or semicolon, with or without a BOM. */
#ifndef FORMAT_CSV_H
#define FORMAT_CSV_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct csv {
	struct str rest;
	char separator; /* the one that the first line has more of */
	size_t line;    /* where the next row begins, from 1 */
};

void csv_start(struct csv *csv, struct str text);

/* The next row that is not empty; fields are trimmed, views of the text or in the arena. *line is where it begins.
 * ERR_NOT_FOUND: no more; ERR_INVALID with the reason: a quote that does not close or that stands inside a field,
 * more than max fields; the next call goes on behind the row. */
enum err csv_row(struct csv *csv, struct arena *a, struct str *fields, size_t max, size_t *n, size_t *line,
    struct fault *f);

/* Appends one cell: quoted where it must be, and behind an apostrophe when a spreadsheet would take it for a formula
 * (it begins with = + - @, a tab or a line end), numbers left out. */
void csv_put(struct buf *out, struct str cell);

#endif
