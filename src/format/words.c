/* words.c: libunistring's boundaries, and which of them a text may end at. */
#include "format/words.h"

#include <stdlib.h>
#include <string.h>
#include <unictype.h>
#include <unigbrk.h>
#include <unistr.h>
#include <uniwbrk.h>

static const uint8_t *
bytes(struct str s)
{
	return (const uint8_t *)s.at;
}

static bool
is_word_code(ucs4_t c)
{
	if (c < 0x80)
		return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
	return uc_is_general_category_withtable(c, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N);
}

static ucs4_t
code_at(struct str s, size_t i, size_t *step)
{
	ucs4_t c = (uint8_t)s.at[i];
	int n = c < 0x80 ? 1 : u8_mbtouc(&c, bytes(s) + i, s.len - i);

	*step = n < 1 ? 1 : (size_t)n;
	return c;
}

enum err
words_count(struct str text, size_t *count)
{
	char *breaks;
	bool counted = false;
	size_t step;

	*count = 0;
	if (text.len == 0)
		return ERR_NONE;
	breaks = malloc(text.len);
	if (breaks == NULL)
		return ERR_MEMORY;
	u8_wordbreaks(bytes(text), text.len, breaks);
	for (size_t i = 0; i < text.len; i += step) {
		bool word = is_word_code(code_at(text, i, &step));

		if (breaks[i] != 0)
			counted = false;
		if (word && !counted) {
			++*count;
			counted = true;
		}
	}
	free(breaks);
	return ERR_NONE;
}

/* A line may end before this character; never before a no-break space. */
static bool
is_break_space(ucs4_t c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == 0x3000 ||
	       (c >= 0x2000 && c <= 0x200a && c != 0x2007);
}

/* Scripts that are written without spaces: han, kana, and Thai to Khmer. */
static bool
is_unspaced(ucs4_t c)
{
	return (c >= 0x2e80 && c < 0xac00) || (c >= 0xf900 && c < 0xfb00) || (c >= 0x20000 && c < 0x40000) ||
	       (c >= 0x0e00 && c < 0x0f00) || (c >= 0x1000 && c < 0x10a0) || (c >= 0x1780 && c < 0x1800);
}

/* A sign that a cut text does not end with. What closes, as » and ), may stay. */
static bool
is_left_hanging(ucs4_t c)
{
	static const uint32_t hanging = UC_CATEGORY_MASK_Pc | UC_CATEGORY_MASK_Pd | UC_CATEGORY_MASK_Ps |
	                                UC_CATEGORY_MASK_Pi | UC_CATEGORY_MASK_Po | UC_CATEGORY_MASK_Z |
	                                UC_CATEGORY_MASK_Cc;

	if (c == '%' || c == 0x2030)
		return false;
	return uc_is_general_category_withtable(c, hanging);
}

static size_t
trim(struct str text, const char *fixed, size_t end)
{
	while (end > 0) {
		size_t i = end - 1, step;

		while (i > 0 && ((uint8_t)text.at[i] & 0xc0) == 0x80)
			i--;
		if (!is_left_hanging(code_at(text, i, &step)) || (fixed != NULL && i > 0 && fixed[i] != 0))
			break;
		end = i;
	}
	return end;
}

struct cutter {
	struct str text;
	const char *fixed;
	struct words_limit limit;
	char *words, *graphemes; /* 1 at each byte where one begins */
	size_t seen_words, seen_characters;
	size_t place; /* the last place to cut at */
};

/* Reads on until the limit is passed; true when the text ended before. */
static bool
cutter_run(struct cutter *c)
{
	bool counted = false;
	ucs4_t before = 0;
	size_t step;

	for (size_t i = 0; i < c->text.len; i += step) {
		ucs4_t code = code_at(c->text, i, &step);

		if (c->words[i] != 0)
			counted = false;
		if (c->words[i] != 0 && c->graphemes[i] != 0 && (c->fixed == NULL || c->fixed[i] == 0) &&
		    (is_break_space(code) || is_unspaced(before)))
			c->place = i;
		if (!counted && is_word_code(code)) {
			counted = true;
			c->seen_words++;
		}
		if (c->graphemes[i] != 0)
			c->seen_characters++;
		if (c->seen_words > c->limit.words || c->seen_characters > c->limit.characters)
			return false;
		before = code;
	}
	return true;
}

enum err
words_cut(struct str text, const char *fixed, struct words_limit limit, size_t *end)
{
	struct cutter c = {.text = text, .fixed = fixed, .limit = limit};
	enum err e = ERR_MEMORY;

	*end = 0;
	if (text.len == 0)
		return ERR_NONE;
	c.words = malloc(text.len);
	c.graphemes = malloc(text.len);
	if (c.words != NULL && c.graphemes != NULL) {
		u8_wordbreaks(bytes(text), text.len, c.words);
		u8_grapheme_breaks(bytes(text), text.len, c.graphemes);
		*end = cutter_run(&c) ? text.len : trim(text, fixed, c.place);
		e = ERR_NONE;
	}
	free(c.words);
	free(c.graphemes);
	return e;
}

/* The length of the first so many graphemes. */
static size_t
first_graphemes(struct str text, size_t characters)
{
	const uint8_t *p = bytes(text), *end = p + text.len;

	while (characters-- > 0 && p < end)
		p = u8_grapheme_next(p, end);
	return (size_t)(p - bytes(text));
}

enum err
words_excerpt(struct str text, size_t characters, struct buf *out)
{
	struct words_limit limit = {SIZE_MAX, characters};
	size_t end;
	enum err e = words_cut(text, NULL, limit, &end);

	if (e != ERR_NONE)
		return e;
	if (end == text.len) {
		buf_put(out, text);
		return ERR_NONE;
	}
	if (end == 0)
		end = first_graphemes(text, characters);
	buf_put(out, str_slice(text, 0, end));
	buf_puts(out, "…");
	return ERR_NONE;
}
