/* memo.h: a bounded cache of immutable values shared by threads: one filler a key, dropped by tag, scan-resistant. */
#ifndef BASE_MEMO_H
#define BASE_MEMO_H

#include "base/err.h"
#include "base/memo_below.h"
#include "base/memo_value.h"
#include "base/str.h"

/* What a value was made from. memo_drop names tags, and every value that bears one of them goes. */
struct memo_tag {
	int32_t kind; /* meaning is the caller's */
	int64_t id;
};

struct memo;
struct memo_fill; /* the right to fill one key */

enum memo_found {
	MEMO_HIT, /* *value is yours to release */
	MEMO_STALE, /* *value is an older one that may still be shown; *fill is set when you are to make the new one */
	MEMO_FILL, /* nothing there: make it, then memo_store or memo_abandon with *fill */
	MEMO_ALONE /* nothing there and the filler is late, or no memory: make one for yourself, do not store */
};

/* budget in bytes; wait_ms: how long memo_get waits for another thread's fill before MEMO_ALONE. */
enum err memo_open(struct memo **out, size_t budget, unsigned wait_ms);
void memo_close(struct memo *m); /* no thread may be inside; NULL is fine */

/* Values that leave for want of room are kept in that file, which is taken over, and come back from there: as exact as what
 * stayed. Some of them, waiting bytes at most, wait to be written. Before any other thread is inside. */
enum err memo_deepen(struct memo *m, struct spill *spill, const struct memo_form *form, size_t waiting);

/* What is there and fresh, in memory or in the file, yours to release, without waiting for anybody; else NULL. */
struct memo_value *memo_find(struct memo *m, struct str key);
/* In memory alone. */
enum memo_found memo_get(struct memo *m, struct str key, struct memo_value **value, struct memo_fill **fill);

/* Keeps the value (taking a reference of its own) unless something was dropped since the fill began: then the value
 * is the caller's alone. Ends the fill and wakes those who wait; they share the value if it was kept. */
bool memo_store(
    struct memo *m, struct memo_fill *fill, struct memo_value *value, const struct memo_tag *tags, size_t n);
void memo_abandon(struct memo *m, struct memo_fill *fill);
/* Replaces a value by a better form of the same content, if it is still the one kept; tags stay. */
bool memo_replace(struct memo *m, struct str key, const struct memo_value *old, struct memo_value *better);

/* Values that bear one of the tags go, and fills under way will not be kept. stale: they may still be shown until
 * the next one is made; else they are gone when this returns. */
void memo_drop(struct memo *m, const struct memo_tag *tags, size_t n, bool stale);
void memo_drop_all(struct memo *m);

struct memo_stats {
	uint64_t hits, misses, evictions;
	uint64_t returns, below; /* misses that the file answered; its bytes */
	size_t bytes, entries;
};
struct memo_stats memo_stats(struct memo *m);

#endif
