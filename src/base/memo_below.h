/* memo_below.h: a memo's floor below: entries that had to leave memory are written to disk, and come back whole. */
#ifndef BASE_MEMO_BELOW_H
#define BASE_MEMO_BELOW_H

#include "base/buf.h"
#include "base/err.h"
#include "base/memo_table.h"
#include "base/spill.h"

/* How values are written and read again. */
struct memo_form {
	bool (*write)(
	    const struct memo_value *value, struct buf *out); /* false: it stays in memory or goes */
	struct memo_value *(*read)(struct str bytes); /* one reference; NULL: out of memory, or not a value */
};

struct memo_below;

/* Starts a thread that writes; so many bytes may wait for it. Takes the file over, also when it fails. */
enum err memo_below_open(
    struct memo_below **out, struct spill *spill, const struct memo_form *form, size_t waiting);
void memo_below_close(struct memo_below *b); /* what waits is not written; NULL is fine */

/* Takes over entries chained by aside, in no table any more. Those for which the disk is too slow are freed. */
void memo_below_put(struct memo_below *b, struct memo_entry *list);

/* The entry that was put last under that key, as it was; free it with memo_entry_bury. NULL: none. Whether one of its
 * tags has been dropped since is the caller's question. */
struct memo_entry *memo_below_find(struct memo_below *b, uint64_t hash, struct str key);

uint64_t memo_below_bytes(struct memo_below *b);

#endif
