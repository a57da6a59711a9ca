/* publish.h: an article's source made into all that is stored of it. */
#ifndef CORE_PUBLISH_H
#define CORE_PUBLISH_H

#include "format/config.h"
#include "format/frontmatter.h"
#include "format/markdown.h"
#include "store/article_write.h"

/* A whole article from a file that was read; label is its name for refusals, "LABEL:LINE: …". Views into fm stay. */
enum err publish_draft(struct arena *a, const struct config *cfg, const struct frontmatter *fm,
    const char *label, const struct markdown_media *media, struct article_draft *out, struct fault *f);

struct publish_media {
	const char *folder, *widths; /* [paths] media, [images] widths */
};

/* Measures and versions of an image in the media folder; ctx is a struct publish_media. */
bool publish_media_look(void *ctx, struct str name, struct picture *out);

/* Leaves in p, out of what picture_plan says, the versions that are there. */
void publish_media_versions(const struct publish_media *media, struct str name, struct picture *p);

/* Renders every article that waits for it, as after a change by SQL. Any number may do so at once: what another did
 * meanwhile is left alone. An article that cannot be rendered keeps its reason in render_error. DB_WRITER. */
enum err publish_stale(struct db *db, const struct config *cfg, struct fault *f);

#endif
