/* spill.h: what memory has no room for: blocks in a file without a name, found again by a hash. Any thread. */
#ifndef BASE_SPILL_H
#define BASE_SPILL_H

#include "base/buf.h"
#include "base/err.h"

struct spill;

/* Files in that folder, at most budget bytes long, that nobody else can open and that end with the process.
 * The ring is for blocks of some KB: written one after the other, an index in memory knows where. */
enum err spill_open_ring(struct spill **out, const char *folder, uint64_t budget, struct fault *f);
/* For blocks of SPILL_SMALL bytes at most: the hash alone says where, nothing is kept in memory. */
enum err spill_open_set(struct spill **out, const char *folder, uint64_t budget, struct fault *f);
void spill_close(struct spill *s); /* NULL is fine */

#define SPILL_SMALL ((size_t)232)

/* What the index of a ring takes of memory for a file of that size. */
size_t spill_ring_memory(uint64_t budget);

/* Keeps a block in place of the oldest ones. false: it is too large, or the disk takes no more. */
bool spill_put(struct spill *s, uint64_t hash, struct str block);

/* Appends the block that was put last under that hash, if it is still there. Hashes may meet: a block tells what it is. */
bool spill_get(struct spill *s, uint64_t hash, struct buf *out);

uint64_t spill_bytes(struct spill *s); /* that the file takes */

#endif
