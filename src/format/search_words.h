/* search_words.h: what a reader types into the search field, as words and as an expression for FTS5. */
#ifndef FORMAT_SEARCH_WORDS_H
#define FORMAT_SEARCH_WORDS_H

#include "base/buf.h"

#define SEARCH_QUERY_MAX ((size_t)200) /* bytes of a query that are looked at */
#define SEARCH_WORDS_MAX 8

/* Views into the text that was split. */
struct search_words {
	struct str at[SEARCH_WORDS_MAX];
	size_t count;
};

/* Letters and digits between anything else; elided articles (l’, d’, qu’) and words that say nothing (le, de, et)
 * are left out, repeats too. */
void search_words_split(struct str text, struct search_words *out);

/* Each word between quotes, which end every syntax of FTS5 in it; joined by " AND " or " OR ". False: no word. */
bool search_words_match(struct buf *out, const struct search_words *words, bool any);

/* Whether a word, in small letters, is too common to be worth a place in the index. */
bool search_word_common(struct str word);

/* Small letters without accents, œ as oe: of one word, for comparing. False when it does not fit. */
bool search_word_fold(struct str word, char *out, size_t size, size_t *len);

/* Escaped for HTML, with <mark> where the index put its marks. */
#define SEARCH_MARK "\001"
#define SEARCH_UNMARK "\002"
void search_words_mark(struct buf *out, struct str text);

#endif
