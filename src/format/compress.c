/* compress.c: gzip by libdeflate, brotli by its own encoder. */
#include "format/compress.h"

#include <brotli/encode.h>
#include <libdeflate.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define KEPT 32
#define ROOM_MOST ((size_t)256 * 1024)
#define KEPT_BYTES ((size_t)2 << 20)

/* A block of the brotli encoder's, between two uses. */
struct block {
	size_t size;
	_Alignas(16) char bytes[];
};

/* The encoder asks for the same 21 blocks, 760 KB, for every page: kept, they cost no page fault the next time. */
struct compressor {
	struct libdeflate_compressor *gzip[COMPRESS_BEST + 1]; /* by effort, made when first asked for */
	struct libdeflate_decompressor *undo;                  /* the same */
	struct buf room;
	struct block *kept[KEPT];
	size_t n_kept, kept_bytes;
};

/* A window of 16 bits makes level 5 choose the hasher that needs half the memory, and packs text no worse. */
static const struct {
	int gzip, brotli, window;
} levels[] = {
    [COMPRESS_FAST] = {1, 0, 16},
    [COMPRESS_QUICK] = {6, 5, 16},
    [COMPRESS_BEST] = {9, 11, 18}, /* gzip from 10 on takes tables of 9 MB for a few bytes less */
};

struct compressor *
compressor_new(void)
{
	return calloc(1, sizeof(struct compressor));
}

void
compressor_free(struct compressor *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i <= COMPRESS_BEST; i++)
		if (c->gzip[i] != NULL)
			libdeflate_free_compressor(c->gzip[i]);
	if (c->undo != NULL)
		libdeflate_free_decompressor(c->undo);
	while (c->n_kept > 0)
		free(c->kept[--c->n_kept]);
	buf_free(&c->room);
	free(c);
}

static void *
block_take(void *opaque, size_t n)
{
	struct compressor *c = opaque;
	struct block *b;

	for (size_t i = c->n_kept; i-- > 0;) {
		b = c->kept[i];
		if (b->size < n || b->size / 2 > n)
			continue;
		c->kept[i] = c->kept[--c->n_kept];
		c->kept_bytes -= b->size;
		return b->bytes;
	}
	b = n > SIZE_MAX / 2 ? NULL : malloc(sizeof *b + n);
	if (b == NULL)
		return NULL;
	b->size = n;
	return b->bytes;
}

static void
block_leave(void *opaque, void *bytes)
{
	struct compressor *c = opaque;
	struct block *b;

	if (bytes == NULL)
		return;
	b = (struct block *)(void *)((char *)bytes - offsetof(struct block, bytes));
	if (c->n_kept == KEPT || b->size > KEPT_BYTES - c->kept_bytes) {
		free(b);
		return;
	}
	c->kept[c->n_kept++] = b;
	c->kept_bytes += b->size;
}

static bool
gzip_body(struct compressor *c, enum compress_effort effort, struct str in, struct buf *out)
{
	struct libdeflate_compressor *d = c->gzip[effort];
	size_t bound, n;

	if (d == NULL)
		d = c->gzip[effort] = libdeflate_alloc_compressor(levels[effort].gzip);
	if (d == NULL)
		return false;
	bound = libdeflate_gzip_compress_bound(d, in.len);
	if (!buf_reserve(out, bound))
		return false;
	n = libdeflate_gzip_compress(d, in.at, in.len, out->data + out->len, bound);
	out->len += n;
	return n > 0;
}

static bool
brotli_stream(BrotliEncoderState *e, enum compress_effort effort, struct str in, struct buf *out)
{
	size_t in_left = in.len, out_left = out->cap - out->len;
	const uint8_t *from = (const uint8_t *)in.at;
	uint8_t *to = (uint8_t *)out->data + out->len;

	if (!BrotliEncoderSetParameter(e, BROTLI_PARAM_QUALITY, (uint32_t)levels[effort].brotli) ||
	    !BrotliEncoderSetParameter(e, BROTLI_PARAM_LGWIN, (uint32_t)levels[effort].window) ||
	    !BrotliEncoderSetParameter(e, BROTLI_PARAM_MODE, BROTLI_MODE_TEXT) ||
	    !BrotliEncoderSetParameter(e, BROTLI_PARAM_SIZE_HINT, in.len < 1 << 30 ? (uint32_t)in.len : 0))
		return false;
	if (!BrotliEncoderCompressStream(e, BROTLI_OPERATION_FINISH, &in_left, &from, &out_left, &to, NULL) ||
	    !BrotliEncoderIsFinished(e))
		return false;
	out->len = out->cap - out_left;
	return true;
}

static bool
brotli_body(struct compressor *c, enum compress_effort effort, struct str in, struct buf *out)
{
	bool keep = effort == COMPRESS_QUICK, ok;
	BrotliEncoderState *e;

	if (!buf_reserve(out, BrotliEncoderMaxCompressedSize(in.len) + 1))
		return false;
	e = keep ? BrotliEncoderCreateInstance(block_take, block_leave, c)
	         : BrotliEncoderCreateInstance(NULL, NULL, NULL);
	if (e == NULL)
		return false;
	ok = brotli_stream(e, effort, in, out);
	BrotliEncoderDestroyInstance(e);
	return ok;
}

bool
compress_body(
    struct compressor *c, enum coding coding, enum compress_effort effort, struct str in, struct buf *out)
{
	if (out->failed)
		return false;
	switch (coding) {
	case CODING_GZIP: return gzip_body(c, effort, in, out);
	case CODING_BR: return effort != COMPRESS_FAST && brotli_body(c, effort, in, out);
	case CODING_IDENTITY:
	case CODING_COUNT: break;
	}
	return false;
}

struct buf *
compress_room(struct compressor *c)
{
	if (c->room.cap > ROOM_MOST)
		buf_free(&c->room);
	buf_clear(&c->room);
	return &c->room;
}

bool
compress_undo(struct compressor *c, struct str gzip, char *out, size_t n)
{
	size_t got = 0;

	if (c->undo == NULL)
		c->undo = libdeflate_alloc_decompressor();
	return c->undo != NULL &&
	       libdeflate_gzip_decompress(c->undo, gzip.at, gzip.len, out, n, &got) == LIBDEFLATE_SUCCESS &&
	       got == n;
}

bool
compress_worth(enum coding coding, size_t packed, size_t best)
{
	size_t header = sizeof "Content-Encoding: \r\n" - 1 + strlen(http_coding_name(coding));

	return packed + header < best;
}
