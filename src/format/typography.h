/* typography.h: a language's spaces, apostrophes and dashes set in plain text or in the text of a document.
 */
#ifndef FORMAT_TYPOGRAPHY_H
#define FORMAT_TYPOGRAPHY_H

#include "base/buf.h"
#include "base/err.h"

struct cmark_node;

/* Appends text, set by the rules of the language ("fr", "en"); text must be UTF-8. Addresses, times and "::"
 * are left alone; a second run changes nothing. Failure sticks in out. */
void typography_apply(const char *language, struct str text, struct buf *out);

/* The same on every run of inline text below root, across emphasis and links, never on code; the text that stands for an
 * image is a run of its own. Text nodes are consolidated. ERR_MEMORY leaves a document that is only partly set. */
enum err typography_tree(const char *language, struct cmark_node *root);

#endif
