/* escape.c: text made harmless for the place it goes to. */
#include "format/escape.h"

static const char *
html_entity(unsigned char c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\'': return "&#39;";
	default: return NULL;
	}
}

/* Bytes between two that need a substitute are copied as one run. */
static void
substitute(struct buf *out, struct str s, const char *(*entity)(unsigned char))
{
	size_t from = 0;

	for (size_t i = 0; i < s.len; i++) {
		const char *to = entity((unsigned char)s.at[i]);

		if (to == NULL)
			continue;
		buf_put(out, str_slice(s, from, i));
		buf_puts(out, to);
		from = i + 1;
	}
	buf_put(out, str_slice(s, from, s.len));
}

void
escape_text(struct buf *out, struct str s)
{
	substitute(out, s, html_entity);
}

/* Length of the character at s.at[i] when XML 1.0 (2.2 Char) can hold it, else 0. */
static size_t
xml_char(struct str s, size_t i)
{
	unsigned char c = (unsigned char)s.at[i];
	size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	struct str one = str_slice(s, i, i + n);

	if (c < 0x20)
		return c == '\t' || c == '\n' || c == '\r' ? 1 : 0;
	if (one.len != n || !str_is_utf8(one))
		return 0;
	return str_eq(one, STR("\xef\xbf\xbe")) || str_eq(one, STR("\xef\xbf\xbf")) ? 0 : n;
}

void
escape_xml(struct buf *out, struct str s)
{
	size_t from = 0;

	for (size_t i = 0; i < s.len;) {
		size_t n = xml_char(s, i);
		const char *to = n == 0 ? "\xef\xbf\xbd" : html_entity((unsigned char)s.at[i]);

		if (to != NULL) {
			buf_put(out, str_slice(s, from, i));
			buf_puts(out, to);
			from = i + 1;
		}
		i += n == 0 ? 1 : n;
	}
	buf_put(out, str_slice(s, from, s.len));
}

/* RFC 3986 2.3 */
static bool
is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
	       c == '.' || c == '_' || c == '~';
}

void
escape_url_query(struct buf *out, struct str s)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];
		const char code[3] = {'%', hex[c >> 4], hex[c & 15]};

		if (is_unreserved(s.at[i]))
			buf_putc(out, s.at[i]);
		else
			buf_put(out, (struct str){code, sizeof code});
	}
}

/* Bytes of s.at[i] that JSON or a <script> must not hold as they are, 0 for none. */
static size_t
json_unfit(struct str s, size_t i)
{
	unsigned char c = (unsigned char)s.at[i];

	if (c < 0x20 || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&')
		return 1;
	if (c != 0xe2 || s.len - i < 3 || s.at[i + 1] != '\x80')
		return 0;
	return s.at[i + 2] == '\xa8' || s.at[i + 2] == '\xa9' ? 3 : 0;
}

void
escape_json_script(struct buf *out, struct str s)
{
	size_t from = 0;

	buf_putc(out, '"');
	for (size_t i = 0; i < s.len;) {
		size_t n = json_unfit(s, i);
		unsigned code = n == 3 ? 0x2000u + (unsigned char)s.at[i + 2] - 0x80u
		                       : (unsigned char)s.at[i];

		if (n > 0) {
			buf_put(out, str_slice(s, from, i));
			buf_printf(out, "\\u%04x", code);
			from = i + n;
		}
		i += n > 0 ? n : 1;
	}
	buf_put(out, str_slice(s, from, s.len));
	buf_putc(out, '"');
}
