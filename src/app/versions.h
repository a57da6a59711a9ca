/* versions.h: an image of the media folder gets its smaller versions, once. */
#ifndef APP_VERSIONS_H
#define APP_VERSIONS_H

#include "format/config.h"
#include "format/image.h"
#include "format/picture.h"

struct versions {
	const struct config *config;
	bool no_library; /* said already: libvips is not there, nothing is tried any more */
	bool no_avif;    /* said already */
};

/* p has the size of the image; it leaves with the versions that are there then: those found, and those made because they
 * were missing. lead: it is an article's own, which other sites show too. What cannot be made is said on standard error,
 * label (a file, a folder) before it, and the image is served as it is. True: some were made now. */
bool versions_make(struct versions *v, const char *label, struct str name, enum image_kind kind, bool lead,
    struct picture *p);

#endif
