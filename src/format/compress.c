/* compress.c: gzip by libdeflate, brotli by its own encoder. */
#include "format/compress.h"

#include <brotli/encode.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_MOST ((size_t)256 * 1024)

struct compressor {
	struct libdeflate_compressor *fast, *good; /* made when first asked for */
	struct libdeflate_decompressor *undo;      /* the same */
	struct buf room;
};

/* A window of 16 bits makes level 5 choose the hasher that needs half the memory, and packs text no worse. */
static const struct {
	int quality, window;
} brotli[] = {
    [COMPRESS_FAST] = {0, 16},
    [COMPRESS_QUICK] = {5, 16},
    [COMPRESS_BEST] = {11, 18},
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
	if (c->fast != NULL)
		libdeflate_free_compressor(c->fast);
	if (c->good != NULL)
		libdeflate_free_compressor(c->good);
	if (c->undo != NULL)
		libdeflate_free_decompressor(c->undo);
	buf_free(&c->room);
	free(c);
}

static bool
gzip_body(struct compressor *c, enum compress_effort effort, struct str in, struct buf *out)
{
	struct libdeflate_compressor **kept = effort == COMPRESS_FAST ? &c->fast : &c->good, *d = *kept;
	size_t bound, n;

	/* From 10 on the tables are 9 MB, for a few bytes less. */
	if (d == NULL)
		d = *kept = libdeflate_alloc_compressor(effort == COMPRESS_FAST ? 1 : 9);
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

	if (!BrotliEncoderSetParameter(e, BROTLI_PARAM_QUALITY, (uint32_t)brotli[effort].quality) ||
	    !BrotliEncoderSetParameter(e, BROTLI_PARAM_LGWIN, (uint32_t)brotli[effort].window) ||
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
brotli_body(enum compress_effort effort, struct str in, struct buf *out)
{
	BrotliEncoderState *e;
	bool ok;

	if (!buf_reserve(out, BrotliEncoderMaxCompressedSize(in.len) + 1))
		return false;
	e = BrotliEncoderCreateInstance(NULL, NULL, NULL);
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
	case CODING_BR: return effort != COMPRESS_FAST && brotli_body(effort, in, out);
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
