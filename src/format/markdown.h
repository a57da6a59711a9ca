/* markdown.h: CommonMark to a document that is safe, set and ready to be cut, and from there to HTML. */
#ifndef FORMAT_MARKDOWN_H
#define FORMAT_MARKDOWN_H

#include "base/buf.h"
#include "base/err.h"
#include "format/markdown_bounds.h"
#include "format/picture.h"

struct cmark_node;

/* Raw HTML is dropped but for <!--more--> alone on a line, which becomes a block marked MARK_MORE; links lead only to
 * http, https, mailto or this site, others become their text; images come only from the media folder; headings begin
 * at h2 and skip no level; figures and pull quotes are made; text is set in the language. ERR_TOO_LARGE over
 * MARKDOWN_MAX; ERR_INVALID with "line N: …" for what is not UTF-8 or nested beyond reason. */
enum err markdown_read(struct str source, const char *language, struct cmark_node **out, struct fault *f);
void markdown_free(struct cmark_node *doc); /* NULL is fine */

/* The same with a bound of its own on libcmark's memory; ERR_MEMORY, and all of it is given back, when that is not
 * enough or the machine has no more. */
enum err markdown_read_within(
    size_t memory, struct str source, const char *language, struct cmark_node **out, struct fault *f);

/* Runs work, which calls libcmark on the document. */
enum err markdown_run(struct cmark_node *doc, enum err (*work)(void *arg), void *arg);

/* Where the measures and smaller versions of images come from; all of it may be NULL. */
struct markdown_media {
	bool (*look)(void *ctx, struct str name, struct picture *out); /* false: not known */
	void *ctx;
};

/* Appends the document as HTML: ids on headings, rel=noopener on links abroad, measures and smaller versions on images. ERR_TOO_LARGE when
 * the source was made to explode. */
enum err markdown_html(struct cmark_node *doc, const struct markdown_media *media, struct buf *out);

/* Appends the text of one block's inline nodes; breaks are spaces, images are nothing. */
void markdown_text(struct cmark_node *block, struct buf *out);

#endif
