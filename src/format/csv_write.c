/* csv_write.c: quoting, and the guard against formulas. */
#include "format/csv_write.h"

void
csv_cell(struct buf *b, struct str cell, bool first)
{
	if (!first)
		buf_putc(b, ',');
	buf_putc(b, '"');
	if (cell.len > 0 && str_has(STR("=+-@\t\r"), cell.at[0]))
		buf_putc(b, '\'');
	for (size_t i = 0; i < cell.len; i++) {
		if (cell.at[i] == '"')
			buf_putc(b, '"');
		buf_putc(b, cell.at[i]);
	}
	buf_putc(b, '"');
}

void
csv_end(struct buf *b)
{
	buf_puts(b, "\r\n");
}
