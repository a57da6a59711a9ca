/* media_names.h: the images that a Markdown source shows, given other names. */
#ifndef FORMAT_MEDIA_NAMES_H
#define FORMAT_MEDIA_NAMES_H

#include "base/buf.h"
#include "base/err.h"

struct media_names {
	/* Appends the new name to to, or nothing to leave from as it is; line counts from 1. */
	enum err (*name)(void *ctx, struct str from, unsigned line, struct buf *to);
	void *ctx;
};

/* Copies source with the addresses of its images, ![…](ADDRESS …), replaced. Stops at the first error of name. */
enum err media_names_replace(struct str source, const struct media_names *names, struct buf *out);

#endif
