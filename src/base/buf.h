/* buf.h: a growing byte buffer whose failure sticks: append freely, ask once. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/str.h"

struct buf {
	char *data;
	size_t len, cap;
	bool failed; /* out of memory at some append: the content is not whole */
};

#define BUF_EMPTY ((struct buf){NULL, 0, 0, false})

bool buf_reserve(struct buf *b, size_t more); /* room for more bytes; false marks nothing */
void buf_put(struct buf *b, struct str s);
void buf_puts(struct buf *b, const char *cstr);
void buf_putc(struct buf *b, char c);
void buf_put_code(struct buf *b, uint32_t code); /* a code point as UTF-8 */
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
struct str buf_str(const struct buf *b); /* a view that the next append ends */
void buf_clear(struct buf *b);           /* keeps the memory, forgets the failure */
void buf_free(struct buf *b);            /* leaves an empty buffer; a zeroed one is fine */

#endif
