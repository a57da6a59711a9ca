/* markdown_memory.c: chunks that are only ever added to. libcmark's hooks have no argument: a thread's memory at work is
 * found through a variable of the thread, which is set only while markdown_memory_run runs. */
#include "format/markdown_memory.h"

#include <cmark.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK ((size_t)64 << 10)
#define LARGEST_CHUNK ((size_t)4 << 20)
#define ALIGN (sizeof(union head))

/* Before each piece: how long it is. */
union head {
	size_t size;
	max_align_t align;
};

struct chunk {
	struct chunk *next;
	size_t size, used;
	union head data[];
};

struct markdown_memory {
	cmark_mem hooks;
	struct chunk *chunks; /* the first is the one that is taken from */
	size_t held, taken, most;
	jmp_buf *way_out;
};

static _Thread_local struct markdown_memory *here;

/* Pieces are zeroed, as no memory of a chunk is given twice. */
static struct chunk *
add_chunk(struct markdown_memory *m, size_t least)
{
	size_t size = m->held < CHUNK ? CHUNK : m->held < LARGEST_CHUNK ? m->held : LARGEST_CHUNK;
	struct chunk *chunk;

	if (size < least)
		size = least;
	if (size > m->most - m->held || size > SIZE_MAX - sizeof *chunk)
		return NULL;
	if ((chunk = calloc(1, sizeof *chunk + size)) == NULL)
		return NULL;
	*chunk = (struct chunk){.next = m->chunks, .size = size};
	m->chunks = chunk;
	m->held += size;
	return chunk;
}

/* With its head; SIZE_MAX when that is beyond all numbers. */
static size_t
whole_size(size_t size)
{
	return size > SIZE_MAX - 2 * ALIGN ? SIZE_MAX : ALIGN + (size + ALIGN - 1) / ALIGN * ALIGN;
}

/* Does not come back without memory. */
static void *
take(size_t size)
{
	struct markdown_memory *m = here;
	struct chunk *chunk = m->chunks;
	size_t whole = whole_size(size);
	union head *piece;

	if (chunk == NULL || whole > chunk->size - chunk->used)
		chunk = whole == SIZE_MAX ? NULL : add_chunk(m, whole);
	if (chunk == NULL)
		longjmp(*m->way_out, 1);
	piece = chunk->data + chunk->used / ALIGN;
	chunk->used += whole;
	m->taken += whole;
	piece->size = size;
	return piece + 1;
}

static void *
hook_calloc(size_t n, size_t size)
{
	return take(size != 0 && n > SIZE_MAX / size ? SIZE_MAX : n * size);
}

static size_t
size_of(const void *piece)
{
	return piece == NULL ? 0 : ((const union head *)piece - 1)->size;
}

/* Only the piece that was taken last makes room; what was written there is zero again. */
static void
hook_free(void *piece)
{
	struct chunk *chunk = here->chunks;
	size_t whole = whole_size(size_of(piece));

	if (piece == NULL || (union head *)piece - 1 + whole / ALIGN != chunk->data + chunk->used / ALIGN)
		return;
	memset((union head *)piece - 1, 0, whole);
	chunk->used -= whole;
	here->taken -= whole;
}

static void *
hook_realloc(void *piece, size_t size)
{
	size_t was = size_of(piece);
	void *moved;

	if (piece != NULL && size <= was)
		return piece;
	moved = take(size);
	if (was > 0)
		memcpy(moved, piece, was);
	return moved;
}

struct markdown_memory *
markdown_memory_new(size_t most)
{
	struct markdown_memory *m = calloc(1, sizeof *m);

	if (m != NULL)
		*m = (struct markdown_memory){.hooks = {hook_calloc, hook_realloc, hook_free}, .most = most};
	return m;
}

void
markdown_memory_free(struct markdown_memory *m)
{
	while (m != NULL && m->chunks != NULL) {
		struct chunk *chunk = m->chunks;

		m->chunks = chunk->next;
		free(chunk);
	}
	free(m);
}

enum err
markdown_memory_run(struct markdown_memory *m, enum err (*work)(void *arg), void *arg)
{
	struct markdown_memory *outer = here;
	jmp_buf way_out, *was = m->way_out;
	volatile enum err e = ERR_MEMORY;

	here = m;
	m->way_out = &way_out;
	if (setjmp(way_out) == 0)
		e = work(arg);
	m->way_out = was;
	here = outer;
	return e;
}

enum err
markdown_memory_spare(struct markdown_memory *m)
{
	size_t bytes = m->taken + CHUNK;

	if (m->chunks != NULL && bytes <= m->chunks->size - m->chunks->used)
		return ERR_NONE;
	return add_chunk(m, bytes) == NULL ? ERR_MEMORY : ERR_NONE;
}

struct cmark_mem *
markdown_memory_here(void)
{
	return here == NULL ? cmark_get_default_mem_allocator() : &here->hooks;
}
