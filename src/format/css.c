/* css.c: blocks, declarations, colours. */
#include "format/css.h"

#include <math.h>

#define DEEPEST 8

struct reader {
	struct str css;
	size_t at, from; /* where we are; where what is being read began */
	unsigned line, from_line;
	struct str preludes[DEEPEST];
	size_t depth;
	bool (*each)(void *ctx, const struct css_item *item);
	void *ctx;
	bool stop;
};

/* Behind a comment or string that begins here; 0: it does not end. Otherwise one byte. */
static size_t
step(struct str rest)
{
	size_t n;

	if (str_starts(rest, STR("/*"))) {
		n = str_find(str_slice(rest, 2, rest.len), STR("*/"));
		return n + 4 > rest.len ? 0 : n + 4;
	}
	if (rest.at[0] != '"' && rest.at[0] != '\'')
		return 1;
	for (n = 1; n < rest.len; n++) {
		if (rest.at[n] == '\\')
			n++;
		else if (rest.at[n] == rest.at[0])
			return n + 1;
	}
	return 0;
}

/* Without the space and the comments before it. */
static struct str
begin_of(struct str s)
{
	for (;;) {
		size_t n;

		s = str_trim(s);
		if (!str_starts(s, STR("/*")) || (n = step(s)) == 0)
			return s;
		s = str_slice(s, n, s.len);
	}
}

static void
give(struct reader *r)
{
	struct str text = begin_of(str_slice(r->css, r->from, r->at));
	size_t split = str_find(text, text.len > 0 && text.at[0] == '@' ? STR(" ") : STR(":"));
	struct css_item item = {.name = str_trim(str_slice(text, 0, split)),
	    .value = str_trim(str_slice(text, split + 1, text.len)),
	    .rule = r->depth > 0 ? r->preludes[r->depth - 1] : STR_NONE,
	    .line = r->from_line};

	for (const char *c = r->css.at + r->from; c < text.at && text.len > 0; c++)
		item.line += *c == '\n';
	for (size_t i = r->depth; i > 0 && item.media.len == 0; i--)
		if (str_starts(r->preludes[i - 1], STR("@media")))
			item.media = r->preludes[i - 1];
	if (text.len > 0 && !r->each(r->ctx, &item))
		r->stop = true;
}

static void
begin(struct reader *r, size_t at)
{
	r->from = at;
	r->from_line = r->line;
}

/* Takes a sign that divides. False: it does not fit. */
static bool
take(struct reader *r, char c)
{
	if (c == '{') {
		if (r->depth == DEEPEST)
			return false;
		r->preludes[r->depth++] = begin_of(str_slice(r->css, r->from, r->at));
	} else {
		give(r);
		if (c == '}' && r->depth-- == 0)
			return false;
	}
	begin(r, r->at + 1);
	return true;
}

enum err
css_read(struct str css, bool (*each)(void *ctx, const struct css_item *item), void *ctx, struct fault *f)
{
	struct reader r = {.css = css, .line = 1, .from_line = 1, .each = each, .ctx = ctx};

	while (r.at < css.len && !r.stop) {
		char c = css.at[r.at];
		size_t n = step(str_slice(css, r.at, css.len));

		if (n == 0)
			return fault_set(f, ERR_INVALID, "line %u: %s that does not end", r.line,
			    c == '/' ? "a comment" : "a text in quotes");
		if ((c == '{' || c == '}' || c == ';') && !take(&r, c))
			return fault_set(f, ERR_INVALID, "line %u: a %c that does not fit", r.line, c);
		for (size_t i = 0; i < n; i++)
			r.line += css.at[r.at + i] == '\n';
		r.at += n;
	}
	return r.depth == 0 || r.stop
	           ? ERR_NONE
	           : fault_set(f, ERR_INVALID, "line %u: a { that is never closed", r.line);
}

bool
css_url(struct str *value, struct str *url)
{
	size_t at = str_find(*value, STR("url(")), quote = str_find(*value, STR("\""));
	struct str rest;

	if (at < value->len) {
		rest = str_trim(str_slice(*value, at + 4, value->len));
		if (rest.len > 0 && (rest.at[0] == '"' || rest.at[0] == '\'')) {
			char sign[2] = {rest.at[0], '\0'};

			rest = str_slice(rest, 1, rest.len);
			*url = str_slice(rest, 0, str_find(rest, str_of(sign)));
		} else {
			*url = str_trim(str_slice(rest, 0, str_find(rest, STR(")"))));
		}
	} else if (quote < value->len) {
		rest = str_slice(*value, quote + 1, value->len);
		*url = str_slice(rest, 0, str_find(rest, STR("\"")));
	} else {
		return false;
	}
	*value = str_slice(rest, url->len, rest.len);
	*value = str_slice(*value, value->len > 0 ? 1 : 0, value->len);
	return true;
}

static int
hex(char c)
{
	return c >= '0' && c <= '9'                     ? c - '0'
	       : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
	                                                : -1;
}

static bool
read_hex(struct str s, double out[3])
{
	size_t digits = s.len == 3 ? 1 : s.len == 6 ? 2 : 0;

	for (size_t i = 0; i < 3 && digits > 0; i++) {
		int high = hex(s.at[i * digits]), low = hex(s.at[i * digits + digits - 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (high * 16 + low) / 255.0;
	}
	return digits > 0;
}

/* "10 20 30" or "10, 20, 30". */
static bool
read_rgb(struct str s, double out[3])
{
	size_t i = 0;

	for (size_t k = 0; k < 3; k++) {
		int n = 0;
		size_t from;

		while (i < s.len && (s.at[i] == ' ' || s.at[i] == ','))
			i++;
		for (from = i; i < s.len && s.at[i] >= '0' && s.at[i] <= '9' && i - from < 3; i++)
			n = n * 10 + (s.at[i] - '0');
		if (i == from || n > 255)
			return false;
		out[k] = n / 255.0;
	}
	return str_trim(str_slice(s, i, s.len)).len == 0;
}

bool
css_colour(struct str value, struct css_colour *out)
{
	double c[3] = {0, 0, 0};
	bool ok = true;

	value = str_trim(value);
	if (str_starts(value, STR("#")))
		ok = read_hex(str_slice(value, 1, value.len), c);
	else if (str_starts(value, STR("rgb(")) && str_ends(value, STR(")")))
		ok = read_rgb(str_slice(value, 4, value.len - 1), c);
	else if (str_eq_nocase(value, STR("white")))
		c[0] = c[1] = c[2] = 1;
	else
		ok = str_eq_nocase(value, STR("black"));
	*out = (struct css_colour){c[0], c[1], c[2]};
	return ok;
}

static double
linear(double c)
{
	return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double
luminance(struct css_colour c)
{
	return 0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b);
}

double
css_contrast(struct css_colour a, struct css_colour b)
{
	double x = luminance(a), y = luminance(b);

	return x > y ? (x + 0.05) / (y + 0.05) : (y + 0.05) / (x + 0.05);
}
