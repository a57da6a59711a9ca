/* glyphs.c: one pass from left to right, looking behind and ahead. */
#include "format/glyphs.h"

#include <stdlib.h>
#include <string.h>
#include <unictype.h>
#include <unistr.h>

struct pass {
	const struct glyphs *in;
	struct glyphs *out;
	size_t at; /* next of in to be read */
	bool french;
};

void
glyphs_put(struct glyphs *g, uint32_t code, uint32_t part, bool fixed)
{
	if (g->n == g->cap) {
		size_t cap = g->cap == 0 ? 512 : g->cap * 2;
		struct glyph *at = cap > SIZE_MAX / sizeof *at ? NULL : realloc(g->at, cap * sizeof *at);

		if (at == NULL) {
			g->failed = true;
			return;
		}
		g->at = at;
		g->cap = cap;
	}
	g->at[g->n++] = (struct glyph){.code = code, .part = part & 0x7fffffffu, .fixed = fixed};
}

void
glyphs_put_utf8(struct glyphs *g, struct str text, uint32_t part)
{
	const uint8_t *p = (const uint8_t *)text.at;
	size_t left = text.len;

	while (left > 0) {
		ucs4_t code = *p;
		int step = code < 0x80 ? 1 : u8_mbtouc(&code, p, left);

		glyphs_put(g, code, part, false);
		p += step;
		left -= (size_t)step;
	}
}

void
glyphs_clear(struct glyphs *g)
{
	g->n = 0;
	g->failed = false;
}

void
glyphs_free(struct glyphs *g)
{
	free(g->at);
	*g = (struct glyphs){NULL, 0, 0, false};
}

static bool
is_one_of(uint32_t c, const uint32_t *set)
{
	while (*set != 0 && *set != c)
		set++;
	return *set != 0;
}

static bool
is_space(uint32_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == GLYPH_NBSP || c == GLYPH_NNBSP ||
	       c == 0x2009;
}

static bool
is_digit(uint32_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(uint32_t c)
{
	if (c < 0x80)
		return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
	return c == GLYPH_OBJECT || uc_is_alpha(c);
}

static bool
is_word(uint32_t c)
{
	return is_digit(c) || is_letter(c);
}

/* The code at index i of in; 0 beyond either end. */
static uint32_t
seen(const struct pass *p, size_t i)
{
	return i < p->in->n ? p->in->at[i].code : 0;
}

static uint32_t
behind(const struct pass *p)
{
	return p->out->n == 0 ? 0 : p->out->at[p->out->n - 1].code;
}

/* What may follow the mark at index i when it is a mark, and not part of an address, a time or a program. */
static bool
ends_after(const struct pass *p, size_t i)
{
	static const uint32_t closing[] = {
	    0xbb, ')', ']', '}', 0x201d, '"', 0x2019, '\'', '.', ',', 0x2026, '!', '?', 0};
	uint32_t next = seen(p, i + 1);

	return next == 0 || is_space(next) || is_one_of(next, closing);
}

/* The space that belongs before the sign at index i, 0 for none of ours. */
static uint32_t
space_before_mark(const struct pass *p, size_t i)
{
	switch (seen(p, i)) {
	case 0xbb: return GLYPH_NNBSP;
	case ';':
	case '!':
	case '?': return ends_after(p, i) ? GLYPH_NNBSP : 0;
	case ':': return ends_after(p, i) ? GLYPH_NBSP : 0;
	default: return 0;
	}
}

static bool
matches(const struct pass *p, size_t i, const char *ascii)
{
	for (; *ascii != '\0'; ascii++, i++)
		if (seen(p, i) != (unsigned char)*ascii)
			return false;
	return true;
}

/* The space between a number and the unit that begins at index i, 0 when there is none. */
static uint32_t
space_before_unit(const struct pass *p, size_t i)
{
	static const uint32_t money[] = {0x20ac, '$', 0xa3, 0};
	static const char *const units[] = {"km", "kg", "m", "cm", "mm", "ha", "h", "min", "kWh", "MWh",
	    "GWh", "kW", "MW", "Mo", "Go", "t", "euros", "millions", "milliards", NULL};
	uint32_t c = seen(p, i);

	if (is_one_of(c, money))
		return is_word(seen(p, i + 1)) ? 0 : GLYPH_NNBSP;
	if (c == '%' || c == 0x2030)
		return is_word(seen(p, i + 1)) ? 0 : GLYPH_NBSP;
	for (size_t u = 0; units[u] != NULL; u++) {
		size_t end = i + strlen(units[u]);

		if (matches(p, i, units[u]) && seen(p, end) != '\'' && seen(p, end) != 0x2019 &&
		    (!is_word(seen(p, end)) || seen(p, end) == 0xb2 || seen(p, end) == 0xb3))
			return GLYPH_NBSP;
	}
	return c == 0xb0 && seen(p, i + 1) == 'C' ? GLYPH_NBSP : 0;
}

/* True when the single space at index i parts a number in groups of three: 10 000, 1 234 567. */
static bool
parts_number(const struct pass *p, size_t i)
{
	size_t before = 0, after = 0;
	uint32_t edge;

	while (before < i && before < 4 && is_digit(seen(p, i - before - 1)))
		before++;
	while (after < 4 && is_digit(seen(p, i + 1 + after)))
		after++;
	edge = before < i ? seen(p, i - before - 1) : 0;
	return before >= 1 && before <= 3 && after == 3 && !is_word(edge) && edge != ',' && edge != '.' &&
	       edge != '/' && edge != 0x2026;
}

/* True when what ends before index end is a short form that keeps to the word after it, which begins at next.
 */
static bool
keeps_next(const struct pass *p, size_t end, size_t next)
{
	static const struct {
		const char *text;
		bool number; /* stands before a number, else before a name */
	} forms[] = {{"M.", false}, {"MM.", false}, {"Mme", false}, {"Mmes", false}, {"Mlle", false},
	    {"Dr", false}, {"Pr", false}, {"Me", false}, {"p.", true}, {"art.", true}, {"vol.", true}};
	uint32_t first = seen(p, next);

	if (end >= 2 && seen(p, end - 1) == 0xb0 && (seen(p, end - 2) | 0x20) == 'n' && is_digit(first))
		return end == 2 || !is_word(seen(p, end - 3));
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		size_t n = strlen(forms[i].text);

		if (end < n || !matches(p, end - n, forms[i].text) ||
		    (end > n && is_word(seen(p, end - n - 1))))
			continue;
		if (forms[i].number ? is_digit(first) : is_letter(first) && uc_is_upper(first))
			return true;
	}
	return false;
}

/* The space that must replace the run of spaces from .. to, 0 to leave it. */
static uint32_t
space_for_run(const struct pass *p, size_t from, size_t to)
{
	uint32_t last = behind(p), space;

	if (!p->french || last == 0 || to >= p->in->n)
		return 0;
	if (last == 0xab)
		return GLYPH_NNBSP;
	if ((space = space_before_mark(p, to)) != 0)
		return space;
	if (is_digit(last) && to == from + 1 && parts_number(p, from))
		return GLYPH_NNBSP;
	if (is_digit(last) && (space = space_before_unit(p, to)) != 0)
		return space;
	return keeps_next(p, from, to) ? GLYPH_NBSP : 0;
}

static void
set_spaces(struct pass *p)
{
	size_t from = p->at, to = p->at;
	uint32_t space;

	while (to < p->in->n && !p->in->at[to].fixed && is_space(seen(p, to)))
		to++;
	space = space_for_run(p, from, to);
	if (space != 0)
		glyphs_put(p->out, space, p->in->at[from].part, false);
	for (size_t i = from; i < to && space == 0; i++)
		glyphs_put(p->out, seen(p, i), p->in->at[i].part, false);
	p->at = to;
}

/* The length of the web address that begins here, without the marks of the sentence around it. */
static size_t
address_length(const struct pass *p)
{
	static const char *const starts[] = {"http://", "https://", "www.", "ftp://", "mailto:", NULL};
	static const uint32_t trailing[] = {
	    '.', ',', ';', ':', '!', '?', ')', 0xbb, 0x201d, 0x2026, '"', '\'', 0};
	size_t end = p->at, s = 0;

	if (is_word(p->at == 0 ? 0 : seen(p, p->at - 1)))
		return 0;
	while (starts[s] != NULL && !matches(p, p->at, starts[s]))
		s++;
	if (starts[s] == NULL)
		return 0;
	while (end < p->in->n && !is_space(seen(p, end)) && !p->in->at[end].fixed)
		end++;
	while (end > p->at && is_one_of(seen(p, end - 1), trailing))
		end--;
	return end - p->at;
}

/* Puts in the space that a French mark wants when the writer left none: "mot?" and "80%". */
static void
set_missing_space(struct pass *p, uint32_t part)
{
	static const uint32_t after[] = {0xbb, ')', ']', 0x201d, 0x2019, '%', 0x20ac, 0x2026, 0xb0, 0};
	uint32_t last = behind(p), c = seen(p, p->at), space = 0;

	if (last == 0 || is_space(last) || last == '\n')
		return;
	if (c == 0xbb || is_word(last) || is_one_of(last, after))
		space = space_before_mark(p, p->at);
	if (space == 0 && is_digit(last) && !is_letter(c))
		space = space_before_unit(p, p->at);
	if (space == 0 && is_digit(c) && keeps_next(p, p->at, p->at) && last == 0xb0)
		space = GLYPH_NBSP;
	if (space != 0)
		glyphs_put(p->out, space, part, false);
}

static bool
joins_years(const struct pass *p)
{
	for (size_t k = 1; k <= 4; k++)
		if (p->at < k || !is_digit(seen(p, p->at - k)) || !is_digit(seen(p, p->at + k)))
			return false;
	return seen(p, p->at + 1) <= '2' && seen(p, p->at - 4) <= '2' && seen(p, p->at + 1) > '0' &&
	       seen(p, p->at - 4) > '0' && !is_word(seen(p, p->at + 5)) && seen(p, p->at + 5) != '-' &&
	       (p->at == 4 || (!is_word(seen(p, p->at - 5)) && seen(p, p->at - 5) != '-'));
}

/* How many of in the sign here takes, and in *code what is set in their place. */
static size_t
sign(const struct pass *p, uint32_t *code)
{
	uint32_t last = p->at == 0 ? 0 : seen(p, p->at - 1), next = seen(p, p->at + 1);

	*code = seen(p, p->at);
	if (*code == '\'' && is_letter(last) && (is_word(next) || next == 0xab)) {
		*code = 0x2019;
	} else if (*code == '.' && last != '.' && matches(p, p->at, "...") && seen(p, p->at + 3) != '.') {
		*code = 0x2026;
		return 3;
	} else if (*code == '-' && next == '-' && (is_space(last) || (p->french && last == 0xab)) &&
	           (is_space(seen(p, p->at + 2)) || (p->french && seen(p, p->at + 2) == 0xbb))) {
		*code = 0x2013;
		return 2;
	} else if (*code == '-' && joins_years(p)) {
		*code = 0x2013;
	}
	return 1;
}

static void
set_sign(struct pass *p)
{
	struct glyph g = p->in->at[p->at];
	uint32_t code;
	size_t taken;

	if (p->french)
		set_missing_space(p, g.part);
	taken = sign(p, &code);
	glyphs_put(p->out, code, g.part, false);
	p->at += taken;
	if (p->french && code == 0xab && p->at < p->in->n && !is_space(seen(p, p->at)))
		glyphs_put(p->out, GLYPH_NNBSP, g.part, false);
}

void
glyphs_set(const char *language, const struct glyphs *in, struct glyphs *out)
{
	struct pass p = {.in = in, .out = out, .french = strncmp(language, "fr", 2) == 0};

	glyphs_clear(out);
	while (p.at < in->n && !out->failed) {
		size_t address = in->at[p.at].fixed ? 1 : address_length(&p);

		for (; address > 0; address--, p.at++)
			glyphs_put(out, in->at[p.at].code, in->at[p.at].part, in->at[p.at].fixed);
		if (p.at == in->n || in->at[p.at].fixed)
			continue;
		if (is_space(in->at[p.at].code))
			set_spaces(&p);
		else
			set_sign(&p);
	}
}
