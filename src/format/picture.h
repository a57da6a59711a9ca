/* picture.h: the smaller versions of an image: which there may be, what they are called, how a page offers them. */
#ifndef FORMAT_PICTURE_H
#define FORMAT_PICTURE_H

#include "base/buf.h"

/* In the order in which a browser is offered them. JPEG is for those who only take that: cards of other sites. */
enum picture_kind { PICTURE_AVIF, PICTURE_WEBP, PICTURE_JPEG, PICTURE_KINDS };

#define PICTURE_WIDTHS 6
#define PICTURE_SHARE 1200 /* width of the version for cards of other sites */

struct picture {
	uint32_t width, height; /* of the original; 0: not known */
	struct {
		uint32_t widths[PICTURE_WIDTHS]; /* ascending */
		size_t n;
	} made[PICTURE_KINDS];
};

const char *picture_type(enum picture_kind kind); /* "image/avif" */

/* "a.png.480.avif", the version of a.png that is 480 wide. */
void picture_name(struct buf *out, struct str original, enum picture_kind kind, uint32_t width);

/* The other way round; false for a name that is no version's. */
bool picture_original(struct str name, struct str *original);

/* "480 800 1200 1600": at most PICTURE_WIDTHS widths from 16 to 4000, ascending. Empty: none. */
bool picture_widths_valid(struct str widths);

/* What there should be of an image of this name and width: the widths below its own and its own, if that is not above
 * them all, and a JPEG to be shared when the original is none that everybody takes. Drawings and what is not known by
 * its extension have no versions. */
void picture_plan(struct picture *p, struct str name, struct str widths);

/* As a row keeps it: "avif:480,800 webp:480,800 jpg:1200". Sizes are not in it. */
void picture_put(struct buf *out, const struct picture *p);
void picture_read(struct picture *p, struct str text); /* what is not understood is left out */

/* "/media/a.webp.480.avif 480w, …"; an original of the same kind is one of them. Nothing without versions. */
void picture_srcset(struct buf *out, const struct picture *p, enum picture_kind kind, struct str name);

/* "<picture><source …>" and so on, up to the <img> that closes it; false, and nothing, without versions. A browser takes
 * the first kind that it knows, and of that the width that sizes asks for. */
bool picture_sources(struct buf *out, const struct picture *p, struct str name, const char *sizes);

/* The file that other sites are given, with its width; the original itself, or none (false) when nobody would show it. */
bool picture_share(
    struct buf *out, const struct picture *p, struct str name, uint32_t *width, uint32_t *height);

#endif
