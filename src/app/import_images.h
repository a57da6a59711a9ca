/* import_images.h: the images that lie beside an article's file brought into the media folder. */
#ifndef APP_IMPORT_IMAGES_H
#define APP_IMPORT_IMAGES_H

#include "app/versions.h"
#include "base/arena.h"
#include "format/config.h"
#include "format/frontmatter.h"
#include "format/markdown.h"

#define IMPORT_IMAGES_MAX 200 /* of one article */

struct import_images {
	const struct config *config;
	struct versions *versions;
	bool dry_run; /* judges, copies nothing */
	struct arena *arena;
	const char *path; /* the article's file */
	struct fault *f;
	unsigned body_line;
	size_t n;
	struct {
		struct str name; /* in the media folder */
		struct picture picture;
	} known[IMPORT_IMAGES_MAX];
};

/* Gives every image of fm and its body its name in the media folder: what lies beside the file is copied there under a
 * name of its own and of its content, so that the same name is always the same image; what is there already stays. Each gets its smaller versions.
 * ERR_INVALID, "FILE:LINE: …", for what is neither, or no image that browsers may show. */
enum err import_images_take(struct import_images *im, struct frontmatter *fm);

/* Measures and versions for the renderer; ctx is the struct import_images. */
bool import_images_look(void *ctx, struct str name, struct picture *out);

#endif
