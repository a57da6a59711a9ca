/* compress.h: gzip and brotli of whole bodies. */
#ifndef FORMAT_COMPRESS_H
#define FORMAT_COMPRESS_H

#include "base/buf.h"
#include "format/http.h"

#define COMPRESS_LEAST 600 /* bodies below go out as they are */

enum compress_effort {
	COMPRESS_FAST,  /* gzip 1, no brotli: 0.07 ms, for a page that may never be asked for again */
	COMPRESS_QUICK, /* gzip 9, brotli 5: a millisecond for a page, in the background */
	COMPRESS_BEST   /* gzip 9, brotli 11: 40 ms, in the background */
};

struct compressor; /* one a thread: tables of up to 1 MB, kept between calls */

struct compressor *compressor_new(void);    /* NULL: out of memory */
void compressor_free(struct compressor *c); /* NULL is fine */

/* Appends in, coded, to out. False (out is as it was) when memory ran out, for identity,
 * and for brotli at COMPRESS_FAST. */
bool compress_body(
    struct compressor *c, enum coding coding, enum compress_effort effort, struct str in, struct buf *out);

/* An empty buffer to pack into, the compressor's own, so that the memory is there the next time. */
struct buf *compress_room(struct compressor *c);

/* Unpacks gzip that is n bytes long when unpacked into out. False: it is not, or memory ran out. */
bool compress_undo(struct compressor *c, struct str gzip, char *out, size_t n);

/* Whether a coded form pays for its Content-Encoding header beside the best one so far (first: the plain
 * size). */
bool compress_worth(enum coding coding, size_t packed, size_t best);

#endif
