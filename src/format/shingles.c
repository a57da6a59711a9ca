/* shingles.c: decode, divide, hash. */
#include "format/shingles.h"

#include <string.h>

/* What lies beyond the first plane, as emoji do, divides words. */
static void
put_plain(struct buf *out, uint32_t c)
{
	buf_put_code(out, c < 0x10000 ? c : ' ');
}

/* Up to max digits of the base at i; -1 without any. */
static int32_t
number_at(struct str s, size_t *i, size_t max, int32_t base)
{
	int32_t n = 0;
	size_t from = *i;

	for (; *i < s.len && *i - from < max; ++*i) {
		char c = (char)(s.at[*i] | 0x20);
		int32_t digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;

		if (digit >= base)
			break;
		n = n * base + digit;
	}
	return *i == from ? -1 : n;
}

/* The character that an entity at i stands for; 0: it is none. *i moves behind it. */
static uint32_t
entity_at(struct str s, size_t *i)
{
	static const struct {
		struct str name;
		uint32_t c;
	} names[] = {{STR_LITERAL("amp;"), '&'}, {STR_LITERAL("lt;"), '<'}, {STR_LITERAL("gt;"), '>'},
	    {STR_LITERAL("quot;"), '"'}, {STR_LITERAL("apos;"), '\''}, {STR_LITERAL("nbsp;"), ' '}};
	struct str rest = str_slice(s, *i + 1, s.len);
	size_t at = *i + 2;
	int32_t n;

	for (size_t k = 0; k < sizeof names / sizeof *names; k++)
		if (str_starts(rest, names[k].name)) {
			*i += 1 + names[k].name.len;
			return names[k].c;
		}
	if (rest.len < 3 || rest.at[0] != '#')
		return 0;
	if ((rest.at[1] | 0x20) == 'x') {
		at++;
		n = number_at(s, &at, 6, 16);
	} else {
		n = number_at(s, &at, 7, 10);
	}
	if (n <= 0 || at == s.len || s.at[at] != ';')
		return 0;
	*i = at + 1;
	return (uint32_t)n;
}

/* Entities, and what JSON escapes: \n and its like divide words, \u00e9 is é. */
static void
decode(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len;) {
		uint32_t c = s.at[i] == '&' ? entity_at(s, &i) : 0;

		if (c != 0) {
			put_plain(out, c);
		} else if (s.at[i] == '\\' && i + 1 < s.len) {
			size_t at = i + 2;
			int32_t n = s.at[i + 1] == 'u' ? number_at(s, &at, 4, 16) : -1;

			put_plain(out, n > 0 && (n < 0xd800 || n > 0xdfff) ? (uint32_t)n : ' ');
			i = at;
		} else {
			buf_putc(out, s.at[i++]);
		}
	}
}

/* How many bytes of a character that belongs to a word stand at i; 0: none. Of what is not ASCII, spaces, quotation
 * marks and general punctuation (U+00A0 to U+00BF, U+2000 to U+206F) divide. */
static size_t
letter_at(struct str s, size_t i)
{
	unsigned char c = (unsigned char)s.at[i], next = i + 1 < s.len ? (unsigned char)s.at[i + 1] : 0;

	if (c < 0x80)
		return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
	if (c == 0xc2 || (c == 0xe2 && (next == 0x80 || next == 0x81)))
		return 0;
	return c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 0;
}

static void
put_words(struct buf *out, struct str s, bool tags)
{
	bool in_word = false;

	for (size_t i = 0; i < s.len;) {
		size_t n = letter_at(s, i);

		if (!tags && s.at[i] == '<' && i + 1 < s.len &&
		    (letter_at(s, i + 1) == 1 || s.at[i + 1] == '/' || s.at[i + 1] == '!'))
			i += str_find(str_slice(s, i, s.len), STR(">"));
		if (n > s.len - i)
			n = 0;
		for (size_t k = 0; k < n; k++) {
			char c = s.at[i + k];

			buf_putc(out, c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c);
		}
		if (n == 0 && in_word)
			buf_putc(out, ' ');
		in_word = n > 0;
		i += n > 0 ? n : 1;
	}
	if (in_word)
		buf_putc(out, ' ');
}

void
shingles_words(struct buf *out, struct str bytes, bool tags)
{
	struct buf once = BUF_EMPTY, twice = BUF_EMPTY;

	/* A feed escapes HTML that holds entities itself. */
	decode(&once, bytes);
	decode(&twice, buf_str(&once));
	put_words(out, buf_str(&twice), tags);
	if (once.failed || twice.failed)
		out->failed = true;
	buf_free(&once);
	buf_free(&twice);
}

/* FNV-1a, and a last stir so that its low bits are as good as its high ones. */
static uint64_t
hash_of(struct str s)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (unsigned char)s.at[i]) * 0x100000001b3u;
	return h ^ h >> 29;
}

void
shingles_each(struct str words, shingle_found *found, void *ctx)
{
	size_t starts[SHINGLE_WORDS], n = 0, from = 0;

	for (size_t i = 0; i < words.len; i++) {
		struct str run;

		if (words.at[i] != ' ')
			continue;
		starts[n++ % SHINGLE_WORDS] = from;
		from = i + 1;
		if (n < SHINGLE_WORDS)
			continue;
		run = str_slice(words, starts[n % SHINGLE_WORDS], i);
		if (!found(ctx, hash_of(run), run))
			return;
	}
}
