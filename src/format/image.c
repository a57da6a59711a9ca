/* image.c: the headers of the formats that browsers show, read with every offset checked. */
#include "format/image.h"

#include "format/svg.h"

static const char *const extensions[] = {
    [IMAGE_PNG] = "png",
    [IMAGE_JPEG] = "jpg",
    [IMAGE_WEBP] = "webp",
    [IMAGE_AVIF] = "avif",
    [IMAGE_SVG] = "svg",
};

const char *
image_extension(enum image_kind kind)
{
	return extensions[kind];
}

/* The big-endian number of n bytes at i; 0 when they are not all there. */
static uint32_t
big(struct str s, size_t i, size_t n)
{
	uint32_t v = 0;

	if (i + n > s.len)
		return 0;
	for (size_t k = 0; k < n; k++)
		v = v << 8 | (uint8_t)s.at[i + k];
	return v;
}

static uint32_t
little(struct str s, size_t i, size_t n)
{
	uint32_t v = 0;

	if (i + n > s.len)
		return 0;
	for (size_t k = n; k > 0; k--)
		v = v << 8 | (uint8_t)s.at[i + k - 1];
	return v;
}

static bool
has_at(struct str s, size_t i, struct str mark)
{
	return i + mark.len <= s.len && str_eq(str_slice(s, i, i + mark.len), mark);
}

/* ISO 10918-1 B.2.2: the size stands in the frame header, behind segments of stated length. */
static void
read_jpeg(struct str s, struct image *out)
{
	size_t i = 2;

	while (i + 4 <= s.len && (uint8_t)s.at[i] == 0xff) {
		uint8_t mark = (uint8_t)s.at[i + 1];

		if (mark == 0xff || mark == 0x01 || (mark >= 0xd0 && mark <= 0xd7)) {
			i += mark == 0xff ? 1 : 2;
			continue;
		}
		if (mark >= 0xc0 && mark <= 0xcf && mark != 0xc4 && mark != 0xc8 && mark != 0xcc) {
			out->height = big(s, i + 5, 2);
			out->width = big(s, i + 7, 2);
			return;
		}
		if (mark == 0xd9 || mark == 0xda || big(s, i + 2, 2) < 2)
			return;
		i += 2 + big(s, i + 2, 2);
	}
}

/* RFC 9649 2.5 to 2.7. */
static void
read_webp(struct str s, struct image *out)
{
	if (has_at(s, 12, STR("VP8X"))) {
		out->width = little(s, 24, 3) + 1;
		out->height = little(s, 27, 3) + 1;
	} else if (has_at(s, 12, STR("VP8L")) && has_at(s, 20, STR("\x2f"))) {
		uint32_t bits = little(s, 21, 4);

		out->width = (bits & 0x3fff) + 1;
		out->height = (bits >> 14 & 0x3fff) + 1;
	} else if (has_at(s, 12, STR("VP8 ")) && has_at(s, 23, STR("\x9d\x01\x2a"))) {
		out->width = little(s, 26, 2) & 0x3fff;
		out->height = little(s, 28, 2) & 0x3fff;
	}
}

/* The largest of the ispe boxes (ISO/IEC 23008-12 6.5.3); they stand near the beginning. */
static void
read_avif(struct str s, struct image *out)
{
	struct str head = str_slice(s, 0, 65536);

	for (size_t i = 12; i + 16 <= head.len; i++) {
		if (!has_at(head, i, STR("ispe")) || big(head, i - 4, 4) != 20)
			continue;
		if ((uint64_t)big(head, i + 8, 4) * big(head, i + 12, 4) >
		    (uint64_t)out->width * out->height) {
			out->width = big(head, i + 8, 4);
			out->height = big(head, i + 12, 4);
		}
	}
}

static enum err
read_svg(struct str bytes, struct image *out, struct fault *f)
{
	double width, height;
	enum err e = svg_read(bytes, &width, &height, f);

	if (e == ERR_NONE && width >= 1 && width <= IMAGE_SIDE_MAX && height >= 1 &&
	    height <= IMAGE_SIDE_MAX) {
		out->width = (uint32_t)(width + 0.5);
		out->height = (uint32_t)(height + 0.5);
	}
	return e;
}

enum err
image_read(struct str s, struct image *out, struct fault *f)
{
	*out = (struct image){IMAGE_PNG, 0, 0};
	if (s.len > IMAGE_MAX)
		return fault_set(
		    f, ERR_TOO_LARGE, "the image has %zu bytes, at most %zu are allowed", s.len, IMAGE_MAX);
	if (svg_is(s)) {
		out->kind = IMAGE_SVG;
		return read_svg(s, out, f);
	}
	if (has_at(s, 0, STR("\x89PNG\r\n\x1a\n")) && has_at(s, 12, STR("IHDR"))) {
		out->width = big(s, 16, 4);
		out->height = big(s, 20, 4);
	} else if (has_at(s, 0, STR("\xff\xd8\xff"))) {
		out->kind = IMAGE_JPEG;
		read_jpeg(s, out);
	} else if (has_at(s, 0, STR("RIFF")) && has_at(s, 8, STR("WEBP"))) {
		out->kind = IMAGE_WEBP;
		read_webp(s, out);
	} else if (has_at(s, 4, STR("ftypavif")) || has_at(s, 4, STR("ftypavis"))) {
		out->kind = IMAGE_AVIF;
		read_avif(s, out);
	} else {
		return fault_set(
		    f, ERR_INVALID, "not an image that browsers show: WebP, AVIF, JPEG, PNG or SVG are");
	}
	if (out->width < 1 || out->width > IMAGE_SIDE_MAX || out->height < 1 || out->height > IMAGE_SIDE_MAX)
		return fault_set(
		    f, ERR_INVALID, "a damaged image, or one with a side over %d pixels", IMAGE_SIDE_MAX);
	return ERR_NONE;
}
