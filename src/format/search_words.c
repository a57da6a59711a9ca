/* search_words.c: words out of a query, marks into HTML. */
#include "format/search_words.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "format/escape.h"

/* Not été, which is a season too. */
static const char *const common[] = {"a", "ai", "as", "au", "aux", "avec", "c", "ce", "ces", "d", "dans",
    "de", "des", "du", "elle", "en", "est", "et", "eu", "il", "ils", "j", "je", "l", "la", "le", "les",
    "leur", "lui", "m", "mais", "me", "ne", "nous", "n", "on", "ont", "ou", "où", "par", "pas", "pour", "qu",
    "que", "qui", "s", "sa", "se", "ses", "son", "sont", "sur", "t", "un", "une", "vous", "y", "à"};

bool
search_word_common(struct str word)
{
	if (word.len > 4)
		return false;
	for (size_t i = 0; i < sizeof common / sizeof *common; i++)
		if (str_eq(word, str_of(common[i])))
			return true;
	return false;
}

/* Letters, digits and the marks that belong to a letter before them. */
static bool
is_word_code(int32_t code)
{
	switch (utf8proc_category(code)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_ND:
	case UTF8PROC_CATEGORY_NL:
	case UTF8PROC_CATEGORY_NO: return true;
	default: return false;
	}
}

/* Bytes of the character at the head of s, at least 1; *word: it belongs to a word. */
static size_t
step(struct str s, bool *word)
{
	utf8proc_int32_t code = -1;
	utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)s.at, (utf8proc_ssize_t)s.len, &code);

	*word = n > 0 && is_word_code(code);
	return n > 0 ? (size_t)n : 1;
}

static void
add(struct search_words *out, struct str word)
{
	char folded[SEARCH_QUERY_MAX + 1], other[SEARCH_QUERY_MAX + 1];
	size_t n, m;

	if (word.len == 0 || out->count == SEARCH_WORDS_MAX ||
	    !search_word_fold(word, folded, sizeof folded, &n) || search_word_common((struct str){folded, n}))
		return;
	for (size_t i = 0; i < out->count; i++)
		if (search_word_fold(out->at[i], other, sizeof other, &m) && n == m &&
		    memcmp(folded, other, n) == 0)
			return;
	out->at[out->count++] = word;
}

void
search_words_split(struct str text, struct search_words *out)
{
	size_t from = 0, at = 0;

	out->count = 0;
	text = str_slice(text, 0, SEARCH_QUERY_MAX);
	while (at < text.len) {
		bool word;
		size_t n = step(str_slice(text, at, text.len), &word);

		if (!word) {
			add(out, str_slice(text, from, at));
			from = at + n;
		}
		at += n;
	}
	add(out, str_slice(text, from, text.len));
}

bool
search_words_match(struct buf *out, const struct search_words *words, bool any)
{
	for (size_t i = 0; i < words->count; i++) {
		if (i > 0)
			buf_puts(out, any ? " OR " : " AND ");
		buf_putc(out, '"'); /* a word holds letters and digits only: no quote to double */
		buf_put(out, words->at[i]);
		buf_putc(out, '"');
	}
	return words->count > 0 && !out->failed;
}

/* What decomposition leaves whole. */
static const char *
ligature(int32_t code)
{
	return code == 0x0153 ? "oe" : code == 0x00e6 ? "ae" : code == 0x00f8 ? "o" : NULL;
}

/* Most words: false when there is more to do, or no room. */
static bool
fold_ascii(struct str word, char *out, size_t size, size_t *len)
{
	if (word.len >= size)
		return false;
	for (size_t i = 0; i < word.len; i++) {
		char c = word.at[i];

		if ((unsigned char)c >= 0x80)
			return false;
		out[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	out[word.len] = '\0';
	*len = word.len;
	return true;
}

bool
search_word_fold(struct str word, char *out, size_t size, size_t *len)
{
	utf8proc_uint8_t *folded = NULL;
	utf8proc_ssize_t at = 0, n;
	bool fits;

	if (fold_ascii(word, out, size, len))
		return true;
	n = utf8proc_map((const utf8proc_uint8_t *)word.at, (utf8proc_ssize_t)word.len, &folded,
	    UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_STRIPMARK | UTF8PROC_CASEFOLD);
	fits = n >= 0;
	*len = 0;
	while (fits && at < n) {
		utf8proc_int32_t code = -1;
		utf8proc_ssize_t bytes = utf8proc_iterate(folded + at, n - at, &code);
		const char *as = bytes > 0 ? ligature(code) : NULL;
		const char *from = as != NULL ? as : (const char *)folded + at;
		size_t more = as != NULL ? strlen(as) : (size_t)(bytes > 0 ? bytes : 1);

		fits = *len + more < size;
		if (fits)
			memcpy(out + *len, from, more);
		*len += fits ? more : 0;
		at += bytes > 0 ? bytes : 1;
	}
	free(folded);
	if (fits)
		out[*len] = '\0';
	return fits;
}

void
search_words_mark(struct buf *out, struct str text)
{
	bool open = false;

	while (text.len > 0) {
		size_t n = 0;

		while (n < text.len && text.at[n] != SEARCH_MARK[0] && text.at[n] != SEARCH_UNMARK[0])
			n++;
		escape_text(out, str_slice(text, 0, n));
		if (n < text.len && (text.at[n] == SEARCH_MARK[0]) != open) {
			open = !open;
			buf_puts(out, open ? "<mark>" : "</mark>");
		}
		text = str_slice(text, n + 1, text.len);
	}
	if (open)
		buf_puts(out, "</mark>");
}
