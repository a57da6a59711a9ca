/* teaser.h: a document cut down to its free part, and how much of it that is. */
#ifndef FORMAT_TEASER_H
#define FORMAT_TEASER_H

#include "base/buf.h"
#include "base/err.h"
#include "format/teaser_limit.h"

struct cmark_node;

struct teaser {
	size_t words, shown;   /* of the whole text; of the free part */
	unsigned percent_left; /* 1..99; 100 when nothing is shown, 0 when the article is open */
};

/* Cuts a document of markdown_read in place. A block marked MARK_MORE wins over the limit. Unless open, at least a
 * third of the words is kept back, whatever the limit, and of a text without words all of it; an open article's facts
 * say that all of it is shown. Percent and words end inside a paragraph, with "…" after the last word. */
enum err teaser_cut(struct cmark_node *doc, struct teaser_limit limit, bool open, struct teaser *out);

/* Appends the paragraphs as plain text, a space between them: for excerpts and descriptions. */
void teaser_text(struct cmark_node *doc, struct buf *out);

#endif
