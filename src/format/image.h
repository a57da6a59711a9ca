/* image.h: what kind of image some bytes are, and how large; hostile bytes are only refused. */
#ifndef FORMAT_IMAGE_H
#define FORMAT_IMAGE_H

#include "base/err.h"
#include "base/str.h"

enum image_kind { IMAGE_PNG, IMAGE_JPEG, IMAGE_WEBP, IMAGE_AVIF, IMAGE_SVG };

#define IMAGE_MAX ((size_t)16 << 20) /* bytes of a file */
#define IMAGE_SIDE_MAX 20000         /* pixels */

struct image {
	enum image_kind kind;
	uint32_t width, height; /* 0 and 0: a drawing without a size of its own */
};

/* By content, never by name. ERR_INVALID says what is wrong and what would be right. */
enum err image_read(struct str bytes, struct image *out, struct fault *f);

const char *image_extension(enum image_kind kind); /* "png", without a dot */

#endif
