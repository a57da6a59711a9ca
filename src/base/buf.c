/* buf.c: growing byte buffers. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool
buf_reserve(struct buf *b, size_t more)
{
	size_t cap = b->cap < 256 ? 256 : b->cap;
	char *data;

	if (more > SIZE_MAX / 4 - b->len)
		return false;
	if (b->len + more <= b->cap)
		return true;
	while (cap < b->len + more)
		cap += cap / 2 + 16;
	data = realloc(b->data, cap);
	if (data == NULL)
		return false;
	b->data = data;
	b->cap = cap;
	return true;
}

void
buf_put(struct buf *b, struct str s)
{
	if (!b->failed && !buf_reserve(b, s.len))
		b->failed = true;
	if (b->failed || s.len == 0)
		return;
	memcpy(b->data + b->len, s.at, s.len);
	b->len += s.len;
}

void
buf_puts(struct buf *b, const char *cstr)
{
	buf_put(b, str_of(cstr));
}

void
buf_putc(struct buf *b, char c)
{
	buf_put(b, (struct str){&c, 1});
}

void
buf_put_code(struct buf *b, uint32_t c)
{
	if (c < 0x80) {
		buf_putc(b, (char)c);
	} else if (c < 0x800) {
		buf_putc(b, (char)(0xc0 | c >> 6));
		buf_putc(b, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		buf_putc(b, (char)(0xe0 | c >> 12));
		buf_putc(b, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_putc(b, (char)(0x80 | (c & 0x3f)));
	} else {
		buf_putc(b, (char)(0xf0 | c >> 18));
		buf_putc(b, (char)(0x80 | (c >> 12 & 0x3f)));
		buf_putc(b, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_putc(b, (char)(0x80 | (c & 0x3f)));
	}
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	/* Mostly it fits into what is there, and need not be done twice. */
	va_start(ap, fmt);
	n = vsnprintf(b->data == NULL ? NULL : b->data + b->len, b->cap - b->len, fmt, ap);
	va_end(ap);
	if (!b->failed && n >= 0 && (size_t)n < b->cap - b->len) {
		b->len += (size_t)n;
		return;
	}
	if (n < 0 || !buf_reserve(b, (size_t)n + 1))
		b->failed = true;
	if (b->failed)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

struct str
buf_str(const struct buf *b)
{
	return b->len == 0 ? STR_NONE : (struct str){b->data, b->len};
}

void
buf_clear(struct buf *b)
{
	b->len = 0;
	b->failed = false;
}

void
buf_free(struct buf *b)
{
	free(b->data);
	*b = BUF_EMPTY;
}
