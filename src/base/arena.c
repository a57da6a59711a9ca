/* arena.c: bump allocation in blocks. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES ((size_t)16 * 1024)

struct arena_block {
	struct arena_block *older;
	size_t size, used;
	_Alignas(16) char bytes[];
};

void
arena_init(struct arena *a, size_t limit)
{
	*a = (struct arena){.limit = limit};
}

void
arena_reset(struct arena *a)
{
	while (a->blocks != NULL && a->blocks->older != NULL) {
		struct arena_block *newest = a->blocks;

		a->blocks = newest->older;
		free(newest);
	}
	if (a->blocks != NULL)
		a->blocks->used = 0;
	a->used = 0;
}

void
arena_free(struct arena *a)
{
	arena_reset(a);
	free(a->blocks);
	a->blocks = NULL;
}

static bool
arena_grow(struct arena *a, size_t n)
{
	size_t size = n > BLOCK_BYTES ? n : BLOCK_BYTES;
	struct arena_block *block = malloc(sizeof *block + size);

	if (block == NULL)
		return false;
	block->older = a->blocks;
	block->size = size;
	block->used = 0;
	a->blocks = block;
	return true;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	void *p;

	if (n > a->limit || a->used > a->limit - n)
		return NULL;
	n = (n + 15) & ~(size_t)15;
	if ((a->blocks == NULL || n > a->blocks->size - a->blocks->used) && !arena_grow(a, n))
		return NULL;
	p = a->blocks->bytes + a->blocks->used;
	a->blocks->used += n;
	a->used += n;
	return p;
}

void *
arena_zero(struct arena *a, size_t count, size_t size)
{
	void *p;

	if (size != 0 && count > a->limit / size)
		return NULL;
	p = arena_alloc(a, count * size);
	return p == NULL ? NULL : memset(p, 0, count * size);
}

char *
arena_cstr(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.len + 1);

	if (p == NULL)
		return NULL;
	if (s.len > 0)
		memcpy(p, s.at, s.len);
	p[s.len] = '\0';
	return p;
}

struct str
arena_copy(struct arena *a, struct str s)
{
	const char *p = arena_cstr(a, s);

	return p == NULL ? (struct str){NULL, 0} : (struct str){p, s.len};
}

struct str
arena_join(struct arena *a, const struct str *parts, size_t n)
{
	size_t len = 0;
	char *start, *at;

	for (size_t i = 0; i < n; i++) {
		if (parts[i].len > a->limit - len)
			return (struct str){NULL, 0};
		len += parts[i].len;
	}
	start = at = arena_alloc(a, len + 1);
	if (start == NULL)
		return (struct str){NULL, 0};
	for (size_t i = 0; i < n; i++) {
		if (parts[i].len > 0)
			memcpy(at, parts[i].at, parts[i].len);
		at += parts[i].len;
	}
	*at = '\0';
	return (struct str){start, len};
}

struct str
arena_printf(struct arena *a, const char *fmt, ...)
{
	struct arena_block *b = a->blocks;
	size_t room = b == NULL ? 0 : b->size - b->used;
	va_list ap;
	char *p;
	int n;

	/* Mostly it fits into what is left of the block, and need not be done twice. */
	va_start(ap, fmt);
	n = vsnprintf(b == NULL ? NULL : b->bytes + b->used, room, fmt, ap);
	va_end(ap);
	if (n < 0 || (p = arena_alloc(a, (size_t)n + 1)) == NULL)
		return (struct str){NULL, 0};
	if ((size_t)n < room && a->blocks == b)
		return (struct str){p, (size_t)n};
	va_start(ap, fmt);
	n = vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return n < 0 ? (struct str){NULL, 0} : (struct str){p, (size_t)n};
}
