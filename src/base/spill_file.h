/* spill_file.h: the file of a spill, and what both kinds of spills are to those who use them. */
#ifndef BASE_SPILL_FILE_H
#define BASE_SPILL_FILE_H

#include <stdatomic.h>
#include <sys/types.h>

#include "base/spill.h"

struct spill_kind {
	bool (*put)(struct spill *s, uint64_t hash, struct str block);
	bool (*get)(struct spill *s, uint64_t hash, struct buf *out);
	uint64_t (*bytes)(struct spill *s);
	void (*close)(struct spill *s);
};

/* The first member of either. */
struct spill {
	const struct spill_kind *kind;
	int fd;
	atomic_bool told; /* that the disk takes no more */
};

enum err spill_file_open(struct spill *s, const struct spill_kind *kind, const char *folder, struct fault *f);
void spill_file_close(struct spill *s);

/* Whether a file may still grow there: while a tenth of the disk is free. */
bool spill_file_may_grow(const struct spill *s);

/* All of it or false: a fault is logged once. */
bool spill_file_write(struct spill *s, const void *head, size_t head_bytes, struct str bytes, off_t at);
/* What is there of n bytes; -1 for a fault. */
ssize_t spill_file_read(const struct spill *s, char *to, size_t n, off_t at);

#endif
