/* shingles.h: the words of anything a site sends, and every run of five of them as a number. */
#ifndef FORMAT_SHINGLES_H
#define FORMAT_SHINGLES_H

#include "base/buf.h"

#define SHINGLE_WORDS 5

/* Appends the words in small letters, one space behind each. HTML, HTML escaped in a feed, JSON and header lines give the
 * same words for the same text: entities and \u escapes become characters, punctuation and spaces of any kind divide.
 * tags false: what stands between < and > is left out; true: it counts as text, comments and attributes too. */
void shingles_words(struct buf *out, struct str bytes, bool tags);

/* Calls found for each run; words: the run itself. Stops when it says so (false). */
typedef bool shingle_found(void *ctx, uint64_t hash, struct str words);
void shingles_each(struct str words, shingle_found *found, void *ctx);

#endif
