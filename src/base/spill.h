/* spill.h: what memory has no room for: a ring of blocks in a file without a name, found again by a hash. Any thread. */
#ifndef BASE_SPILL_H
#define BASE_SPILL_H

#include "base/buf.h"
#include "base/err.h"

struct spill;

/* A file in that folder, at most budget bytes long, that nobody else can open and that ends with the process. */
enum err spill_open(struct spill **out, const char *folder, uint64_t budget, struct fault *f);
void spill_close(struct spill *s); /* NULL is fine */

/* What the index takes of memory for a file of that size. */
size_t spill_memory(uint64_t budget);

/* Keeps a block in place of the oldest ones. false: it is too large, or the disk takes no more. */
bool spill_put(struct spill *s, uint64_t hash, struct str block);

/* Appends the block that was put last under that hash, if it is still there. Hashes may meet: a block tells what it is. */
bool spill_get(struct spill *s, uint64_t hash, struct buf *out);

uint64_t spill_bytes(struct spill *s); /* that the file takes */

#endif
