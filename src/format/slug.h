/* slug.h: the readable last part of an address, made from a title. */
#ifndef FORMAT_SLUG_H
#define FORMAT_SLUG_H

#include "base/str.h"

#define SLUG_MAX 80

/* Lower-case ASCII words joined by "-": accents stripped, œ as oe, whole words kept where 80 bytes allow.
 * Returns the length, 0 when the text holds nothing that a slug can (the caller must ask for one) or no
 * memory. */
size_t slug_make(struct str text, char out[SLUG_MAX + 1]);

/* [a-z0-9] words joined by single "-", 1 to 80 bytes: what the tables and the router accept. */
bool slug_valid(struct str s);

#endif
