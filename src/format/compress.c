/* compress.c: gzip by libdeflate, brotli by its own encoder. */
#include "format/compress.h"

#include <brotli/encode.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

struct compressor {
	struct libdeflate_compressor *gzip[2]; /* by effort, made when first asked for */
};

static const struct {
	int gzip, brotli, window;
} levels[] = {
    [COMPRESS_QUICK] = {6, 5, 18},
    [COMPRESS_BEST] = {12, 11, 20},
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
	for (size_t i = 0; i < 2; i++)
		if (c->gzip[i] != NULL)
			libdeflate_free_compressor(c->gzip[i]);
	free(c);
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
brotli_body(enum compress_effort effort, struct str in, struct buf *out)
{
	size_t n = BrotliEncoderMaxCompressedSize(in.len);

	if (n == 0 || !buf_reserve(out, n))
		return false;
	if (!BrotliEncoderCompress(levels[effort].brotli, levels[effort].window, BROTLI_MODE_TEXT, in.len,
	        (const uint8_t *)in.at, &n, (uint8_t *)out->data + out->len))
		return false;
	out->len += n;
	return true;
}

bool
compress_body(
    struct compressor *c, enum coding coding, enum compress_effort effort, struct str in, struct buf *out)
{
	if (out->failed)
		return false;
	switch (coding) {
	case CODING_GZIP: return gzip_body(c, effort, in, out);
	case CODING_BR: return brotli_body(effort, in, out);
	case CODING_IDENTITY:
	case CODING_COUNT: break;
	}
	return false;
}

bool
compress_worth(enum coding coding, size_t packed, size_t best)
{
	size_t header = sizeof "Content-Encoding: \r\n" - 1 + strlen(http_coding_name(coding));

	return packed + header < best;
}
