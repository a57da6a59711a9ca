/* plain.h: our own HTML as plain text, for the text part of mail. */
#ifndef FORMAT_PLAIN_H
#define FORMAT_PLAIN_H

#include "base/buf.h"

/* Paragraphs with an empty line between them, items with "- ", quotations with "> ", links with their address behind
 * them. Made for what markdown.h and our templates write: anything else comes out readable, never as markup. */
void plain_from_html(struct buf *out, struct str html);

/* Entities as characters: what a template escaped, for places that know no HTML. */
void plain_unescape(struct buf *out, struct str text);

#endif
