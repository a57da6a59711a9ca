/* arena.h: memory that dies together: one arena a request. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/str.h"

struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first; the oldest is kept over a reset */
	size_t used;                /* bytes handed out since the last reset */
	size_t limit;               /* bytes that may be handed out between two resets */
};

void arena_init(struct arena *a, size_t limit); /* allocates nothing yet */
void arena_reset(struct arena *a);              /* everything handed out is gone; the first block stays */
void arena_free(struct arena *a);

/* Memory aligned to 16 bytes that lives until the reset; NULL when memory or the limit is used up. */
void *arena_alloc(struct arena *a, size_t n);
void *arena_zero(struct arena *a, size_t count, size_t size); /* zeroed; count * size is checked */

/* Copies, NUL-terminated beyond their length. On failure the str has at == NULL and len 0. */
struct str arena_copy(struct arena *a, struct str s);
char *arena_cstr(struct arena *a, struct str s);
struct str arena_join(struct arena *a, const struct str *parts, size_t n); /* one after the other */
struct str arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
