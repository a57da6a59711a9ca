/* mime.c: the letters of mail. */
#include "format/mime.h"

#include <string.h>

#define LINE 76 /* RFC 2045 6.7 (5), without CRLF */
#define FOLD 76 /* RFC 5322 2.1.1 asks for at most 78 */
#define WORD 75 /* RFC 2047 2 */
#define WORD_OPEN "=?UTF-8?Q?"
#define WORD_SHUT "?="
#define HEADER_MOST 4000

static const char digits[] = "0123456789ABCDEF";

static bool
is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool
atom(struct str s, const char *more)
{
	if (s.len == 0 || s.at[0] == '.' || s.at[s.len - 1] == '.' || str_find(s, STR("..")) != s.len)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] != '.' && !is_alnum(s.at[i]) &&
		    (s.at[i] == '\0' || strchr(more, s.at[i]) == NULL))
			return false;
	return true;
}

bool
mime_address(struct str s)
{
	struct str domain = s, local, label, rest;

	if (s.len > 254 || !str_split(&domain, '@', &local) || domain.at == NULL || local.len > 64 ||
	    !atom(local, "!#$%&'*+-/=?^_`{|}~") || !atom(domain, "-") || !str_has(domain, '.'))
		return false;
	rest = domain;
	while (str_split(&rest, '.', &label))
		if (label.len > 63 || label.at[0] == '-' || label.at[label.len - 1] == '-')
			return false;
	return true;
}

/* Quoted-printable --------------------------------------------------------------------------------------------- */

/* Bytes that stand for themselves anywhere in a line. */
static bool
plain(unsigned char c)
{
	return (c > ' ' && c < 0x7f && c != '=');
}

static size_t
line_end(struct str text, size_t at)
{
	if (at >= text.len)
		return 0;
	if (text.at[at] == '\r')
		return at + 1 < text.len && text.at[at + 1] == '\n' ? 2 : 1;
	return text.at[at] == '\n' ? 1 : 0;
}

/* Must the byte be written as =XX? White space before a line end would get lost; a dot or From at the start of a line
 * means something to some mail servers. */
static bool
must_quote(struct str text, size_t at, size_t column)
{
	unsigned char c = (unsigned char)text.at[at];

	if (c == ' ' || c == '\t')
		return at + 1 == text.len || line_end(text, at + 1) > 0;
	if (column == 0 && (c == '.' || c == 'F'))
		return true;
	return !plain(c);
}

void
mime_quoted_printable(struct buf *out, struct str text)
{
	size_t column = 0, at = 0;
	char *to;

	/* at worst every byte becomes three, and a soft line end of three comes after every 73rd */
	if (out->failed || !buf_reserve(out, text.len * 3 + text.len / 8 + 64)) {
		out->failed = true;
		return;
	}
	to = out->data + out->len;
	while (at < text.len) {
		size_t end = line_end(text, at);
		bool quote;

		if (end > 0) {
			*to++ = '\r', *to++ = '\n';
			at += end;
			column = 0;
			continue;
		}
		quote = must_quote(text, at, column);
		if (column + (quote ? 3 : 1) > LINE - 1) {
			memcpy(to, "=\r\n", 3);
			to += 3;
			column = 0;
			quote = must_quote(text, at, column);
		}
		if (quote) {
			*to++ = '=';
			*to++ = digits[(unsigned char)text.at[at] >> 4];
			*to++ = digits[(unsigned char)text.at[at] & 15];
		} else {
			*to++ = text.at[at];
		}
		column += quote ? 3 : 1;
		at++;
	}
	out->len = (size_t)(to - out->data);
	if (column > 0)
		buf_puts(out, "\r\n");
}

/* Headers ------------------------------------------------------------------------------------------------------ */

/* The bytes of the character at s.at[at], in UTF-8 that was checked. */
static size_t
character(struct str s, size_t at)
{
	size_t n = 1;

	while (at + n < s.len && ((unsigned char)s.at[at + n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* RFC 2047 5 (3): what may stand unquoted in a phrase, the narrowest of the places. */
static bool
word_plain(char c)
{
	return is_alnum(c) || c == '!' || c == '*' || c == '+' || c == '-' || c == '/';
}

static size_t
word_cost(struct str s, size_t at, size_t n)
{
	return n == 1 && (word_plain(s.at[at]) || s.at[at] == ' ') ? 1 : 3 * n;
}

/* Encoded words, as many as it takes; column is where the line stands. */
static size_t
put_words(struct buf *out, struct str text, size_t column)
{
	size_t used = 0; /* octets of the open word, 0: none is open */

	for (size_t at = 0, n; at < text.len; at += n) {
		size_t cost;

		n = character(text, at);
		cost = word_cost(text, at, n);
		if (used > 0 && (used + cost + 2 > WORD || column + cost + 2 > FOLD)) {
			buf_puts(out, WORD_SHUT "\r\n ");
			column = 1;
			used = 0;
		}
		if (used == 0) {
			if (column > 1 && column + 12 + cost > FOLD) {
				buf_puts(out, "\r\n ");
				column = 1;
			}
			buf_puts(out, WORD_OPEN);
			used = sizeof WORD_OPEN - 1;
			column += used;
		}
		for (size_t i = at; i < at + n; i++) {
			unsigned char c = (unsigned char)text.at[i];

			if (c == ' ')
				buf_putc(out, '_');
			else if (word_plain((char)c))
				buf_putc(out, (char)c);
			else
				buf_put(out, (struct str){(char[]){'=', digits[c >> 4], digits[c & 15]}, 3});
		}
		used += cost;
		column += cost;
	}
	if (used > 0)
		buf_puts(out, WORD_SHUT);
	return column + 2;
}

static bool
value_ok(struct str s)
{
	return s.len <= HEADER_MOST && str_is_utf8(s) && !str_has_control(s);
}

/* ASCII whose words fit a line and that no reader takes for encoded words. Runs of spaces would not survive folding. */
static bool
stays_ascii(struct str s)
{
	size_t word = 0;

	if (s.len > 0 && (s.at[0] == ' ' || s.at[s.len - 1] == ' '))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if ((unsigned char)s.at[i] >= 0x7f ||
		    (s.at[i] == '=' && i + 1 < s.len && s.at[i + 1] == '?') ||
		    (s.at[i] == ' ' && s.at[i + 1] == ' '))
			return false;
		word = s.at[i] == ' ' ? 0 : word + 1;
		if (word > FOLD / 2)
			return false;
	}
	return true;
}

static size_t
put_folded(struct buf *out, struct str text, size_t column)
{
	struct str rest = text, word;
	bool first = true;

	while (str_split(&rest, ' ', &word)) {
		if (!first && column + 1 + word.len > FOLD) {
			buf_puts(out, "\r\n");
			column = 0;
		}
		if (!first)
			buf_putc(out, ' ');
		buf_put(out, word);
		column += word.len + (first ? 0 : 1);
		first = false;
	}
	return column;
}

bool
mime_header_text(struct buf *out, const char *name, struct str text)
{
	size_t column = strlen(name) + 2;

	if (!value_ok(text))
		return false;
	buf_printf(out, "%s: ", name);
	if (stays_ascii(text))
		(void)put_folded(out, text, column);
	else
		(void)put_words(out, text, column);
	buf_puts(out, "\r\n");
	return true;
}

bool
mime_header_address(struct buf *out, const char *name, struct str display, struct str address)
{
	size_t column = strlen(name) + 2;
	bool quiet = true;

	if (!value_ok(display) || !mime_address(address))
		return false;
	buf_printf(out, "%s: ", name);
	for (size_t i = 0; i < display.len; i++)
		quiet = quiet && (is_alnum(display.at[i]) || display.at[i] == ' ');
	if (display.len > 0)
		column = quiet && stays_ascii(display) ? put_folded(out, display, column)
		                                       : put_words(out, display, column);
	if (display.len > 0)
		buf_puts(out, column + address.len + 3 > FOLD ? "\r\n " : " ");
	buf_printf(out, "<" STR_FMT ">\r\n", STR_ARG(address));
	return true;
}

bool
mime_header_plain(struct buf *out, const char *name, struct str value)
{
	if (value.len > 900 || value.len == 0)
		return false;
	for (size_t i = 0; i < value.len; i++)
		if (value.at[i] < ' ' || value.at[i] >= 0x7f)
			return false;
	buf_printf(out, "%s:%s" STR_FMT "\r\n", name, strlen(name) + value.len + 2 > FOLD ? "\r\n " : " ",
	    STR_ARG(value));
	return true;
}
