/* words.h: text counted in words and cut between them, by UAX 29. */
#ifndef FORMAT_WORDS_H
#define FORMAT_WORDS_H

#include "base/err.h"
#include "base/buf.h"

/* Segments with a letter or a digit: "aujourd’hui" is one word, "porte-monnaie" two. */
enum err words_count(struct str text, size_t *count);

struct words_limit {
	size_t words, characters; /* at most; SIZE_MAX for no limit */
};

/* Where text is to end so that it keeps within the limit: after a whole word, before a space that may break a line,
 * with no sign or opening quote left hanging. Bytes at which fixed (one char a byte, may be NULL) is not 0 are no
 * place to cut before. *end 0: there is no such place; text.len: all of it keeps within the limit. */
enum err words_cut(struct str text, const char *fixed, struct words_limit limit, size_t *end);

/* Plain text of at most so many characters, and "…" where it was cut; a first word that is longer is cut itself,
 * between graphemes. */
enum err words_excerpt(struct str text, size_t characters, struct buf *out);

#endif
