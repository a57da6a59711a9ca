/* plain.c: tags to line breaks and signs. */
#include "format/plain.h"

#include <string.h>

struct writer {
	struct buf *out;
	unsigned newlines; /* wanted before the next word */
	bool space;        /* a space is wanted before the next word */
	bool started;
	unsigned quotes;  /* open block quotes */
	struct str href;  /* of the open link */
	size_t link_from; /* where its text begins */
};

/* "#39" or "#x27": 0 when it is no character that may stand in text. */
static uint32_t
numbered(struct str digits)
{
	uint32_t c = 0, base = digits.len > 0 && (digits.at[0] == 'x' || digits.at[0] == 'X') ? 16 : 10;

	for (size_t i = base == 16 ? 1 : 0; i < digits.len; i++) {
		char d = digits.at[i];
		uint32_t v = d >= '0' && d <= '9'   ? (uint32_t)(d - '0')
		             : d >= 'a' && d <= 'f' ? (uint32_t)(d - 'a' + 10)
		             : d >= 'A' && d <= 'F' ? (uint32_t)(d - 'A' + 10)
		                                    : 99;

		if (v >= base || c > 0x10ffff)
			return 0;
		c = c * base + v;
	}
	return c > 0x10ffff || (c >= 0xd800 && c < 0xe000) || (c < ' ' && c != '\n' && c != '\t') || c == 0x7f
	           ? 0
	           : c;
}

/* The character of an entity at the start of s, and how long it is; 0: it is none. */
static uint32_t
entity(struct str s, size_t *n)
{
	static const struct {
		struct str name;
		uint32_t c;
	} named[] = {{STR_LITERAL("amp"), '&'}, {STR_LITERAL("lt"), '<'}, {STR_LITERAL("gt"), '>'},
	    {STR_LITERAL("quot"), '"'}, {STR_LITERAL("apos"), '\''}, {STR_LITERAL("nbsp"), 0xa0},
	    {STR_LITERAL("hellip"), 0x2026}, {STR_LITERAL("copy"), 0xa9}};
	size_t end = str_find(str_slice(s, 0, 12), STR(";"));
	struct str name = str_slice(s, 1, end);

	if (end >= s.len || end >= 12 || name.len == 0)
		return 0;
	*n = end + 1;
	if (name.at[0] == '#')
		return numbered(str_slice(name, 1, name.len));
	for (size_t i = 0; i < sizeof named / sizeof *named; i++)
		if (str_eq(name, named[i].name))
			return named[i].c;
	return 0;
}

void
plain_unescape(struct buf *out, struct str text)
{
	for (size_t i = 0, n = 1; i < text.len; i += n) {
		uint32_t c = text.at[i] == '&' ? entity(str_slice(text, i, text.len), &n) : 0;

		if (c != 0) {
			buf_put_code(out, c);
		} else {
			buf_putc(out, text.at[i]);
			n = 1;
		}
	}
}

static void
want_lines(struct writer *w, unsigned n)
{
	if (w->newlines < n)
		w->newlines = n;
	w->space = false;
}

static void
before_word(struct writer *w)
{
	if (w->started && w->newlines > 0) {
		for (unsigned i = 0; i < w->newlines; i++) {
			buf_putc(w->out, '\n');
			for (unsigned q = 0; i + 1 == w->newlines && q < w->quotes; q++)
				buf_puts(w->out, "> ");
		}
	} else if (w->started && w->space) {
		buf_putc(w->out, ' ');
	} else if (!w->started) {
		for (unsigned q = 0; q < w->quotes; q++)
			buf_puts(w->out, "> ");
	}
	w->started = true;
	w->newlines = 0;
	w->space = false;
}

static void
put_text(struct writer *w, struct str text)
{
	for (size_t i = 0, n = 1; i < text.len; i += n) {
		uint32_t c;

		n = 1;
		if (text.at[i] == ' ' || text.at[i] == '\n' || text.at[i] == '\t' || text.at[i] == '\r') {
			w->space = w->newlines == 0;
			continue;
		}
		before_word(w);
		c = text.at[i] == '&' ? entity(str_slice(text, i, text.len), &n) : 0;
		if (c != 0) {
			buf_put_code(w->out, c);
		} else {
			buf_putc(w->out, text.at[i]);
			n = 1;
		}
	}
}

/* The value of an attribute of our own writing: name="…". */
static struct str
attribute(struct str tag, struct str name)
{
	size_t at = str_find(tag, name);
	struct str rest = str_slice(tag, at + name.len, tag.len);

	return at == tag.len ? STR_NONE : str_slice(rest, 0, str_find(rest, STR("\"")));
}

static void
end_link(struct writer *w)
{
	struct str shown = str_slice(buf_str(w->out), w->link_from, w->out->len);

	if (w->href.len > 0 && str_find(shown, w->href) == shown.len) {
		buf_puts(w->out, " <");
		plain_unescape(w->out, w->href);
		buf_puts(w->out, ">");
	}
	w->href = STR_NONE;
}

static bool
is_one_of(struct str name, const char *words)
{
	struct str rest = str_of(words), word;

	while (str_split(&rest, ' ', &word))
		if (str_eq(name, word))
			return true;
	return false;
}

static void
take_tag(struct writer *w, struct str tag)
{
	bool closing = str_starts(tag, STR("/"));
	struct str name = str_slice(tag, closing ? 1 : 0, tag.len);

	for (size_t i = 0; i < name.len; i++)
		if (name.at[i] == ' ' || name.at[i] == '/' || name.at[i] == '\n')
			name.len = i;
	if (str_eq(name, STR("blockquote"))) {
		want_lines(w, 2);
		if (closing && w->quotes > 0)
			w->quotes--;
		else if (!closing && w->quotes < 8)
			w->quotes++;
	} else if (is_one_of(name, "p h1 h2 h3 h4 ul ol figure pre section article table")) {
		want_lines(w, 2);
	} else if (is_one_of(name, "br div tr figcaption li")) {
		want_lines(w, 1);
		if (!closing && str_eq(name, STR("li"))) {
			before_word(w);
			buf_puts(w->out, "- ");
		}
	} else if (str_eq(name, STR("hr"))) {
		want_lines(w, 2);
		before_word(w);
		buf_puts(w->out, "* * *");
		want_lines(w, 2);
	} else if (str_eq(name, STR("a"))) {
		if (closing)
			end_link(w);
		else {
			w->href = attribute(tag, STR("href=\""));
			w->link_from = w->out->len;
		}
	}
}

void
plain_from_html(struct buf *out, struct str html)
{
	struct writer w = {.out = out, .href = STR_NONE};
	size_t at = 0;

	while (at < html.len) {
		struct str rest = str_slice(html, at, html.len);
		size_t open = str_find(rest, STR("<")), shut;

		put_text(&w, str_slice(rest, 0, open));
		if (open == rest.len)
			break;
		shut = str_find(str_slice(rest, open, rest.len), STR(">"));
		take_tag(&w, str_slice(rest, open + 1, open + shut));
		at += open + shut + 1;
	}
	if (w.started)
		buf_putc(out, '\n');
}
