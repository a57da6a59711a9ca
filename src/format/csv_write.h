/* csv_write.h: rows of CSV that a spreadsheet shows and never runs. */
#ifndef FORMAT_CSV_WRITE_H
#define FORMAT_CSV_WRITE_H

#include "base/buf.h"

/* One quoted cell (RFC 4180), a comma before it unless it is the first of its row. What a spreadsheet would take for a
 * formula (= + - @, tab, CR at the start) gets a ' before it. */
void csv_cell(struct buf *b, struct str cell, bool first);
void csv_end(struct buf *b); /* CR LF */

#endif
