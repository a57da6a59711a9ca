/* view_image.h: an image with its smaller versions, as templates and other sites are given it. */
#ifndef WEB_VIEW_IMAGE_H
#define WEB_VIEW_IMAGE_H

#include <jansson.h>

#include "base/arena.h"
#include "base/str.h"

struct view_image {
	struct str name; /* below the media folder; empty: none */
	struct str alt, credit, versions;
	int64_t width, height; /* 0: not known */
};

/* Sets image: null, or url, alt, credit, width, height and sources, a list of type and srcset. */
bool view_image(json_t *object, const struct view_image *image);

/* The version for cards of other sites; url.at NULL: there is none that they would show. */
struct view_share {
	struct str url; /* absolute */
	uint32_t width, height;
};
struct view_share view_image_share(struct arena *a, const char *site_url, const struct view_image *image);

#endif
