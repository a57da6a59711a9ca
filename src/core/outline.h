/* outline.h: the headings of what is not shown, where the publication gives them away. */
#ifndef CORE_OUTLINE_H
#define CORE_OUTLINE_H

#include "base/buf.h"

/* Appends the text of every h2 of html that teaser_html has not, one a line. Both as markdown_html wrote them. */
void outline_of(struct buf *out, struct str html, struct str teaser_html);

#endif
