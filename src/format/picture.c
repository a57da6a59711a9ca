/* picture.c: names, widths and lists of an image's versions. */
#include "format/picture.h"

#include <string.h>

#define WIDTH_MIN 16
#define WIDTH_MAX 4000

static const struct {
	const char *type;
	struct str extension;
} kinds[] = {
    [PICTURE_AVIF] = {"image/avif", STR_LITERAL(".avif")},
    [PICTURE_WEBP] = {"image/webp", STR_LITERAL(".webp")},
    [PICTURE_JPEG] = {"image/jpeg", STR_LITERAL(".jpg")},
};
_Static_assert(sizeof kinds / sizeof *kinds == PICTURE_KINDS, "describe every kind");

const char *
picture_type(enum picture_kind kind)
{
	return kinds[kind].type;
}

void
picture_name(struct buf *out, struct str original, enum picture_kind kind, uint32_t width)
{
	buf_put(out, original);
	buf_printf(out, ".%u" STR_FMT, width, STR_ARG(kinds[kind].extension));
}

/* Takes a number off the front; 0 when there is none that a width could be. */
static uint32_t
take_width(struct str *s)
{
	uint32_t n = 0;
	size_t i = 0;

	while (i < s->len && i < 5 && s->at[i] >= '0' && s->at[i] <= '9')
		n = n * 10 + (uint32_t)(s->at[i++] - '0');
	if (i == 0 || s->at[0] == '0' || n < WIDTH_MIN || n > WIDTH_MAX)
		return 0;
	*s = str_slice(*s, i, s->len);
	return n;
}

bool
picture_original(struct str name, struct str *original)
{
	for (size_t kind = 0; kind < PICTURE_KINDS; kind++) {
		struct str rest = str_slice(name, 0, name.len - kinds[kind].extension.len), width;
		size_t dot = rest.len;

		if (!str_ends(name, kinds[kind].extension))
			continue;
		while (dot > 0 && rest.at[dot - 1] != '.')
			dot--;
		width = str_slice(rest, dot, rest.len);
		if (dot < 2 || take_width(&width) == 0 || width.len > 0)
			return false;
		*original = str_slice(rest, 0, dot - 1);
		return true;
	}
	return false;
}

bool
picture_widths_valid(struct str widths)
{
	uint32_t last = 0, width;
	struct str word;
	size_t n = 0;

	widths = str_trim(widths);
	while (widths.len > 0 && str_split(&widths, ' ', &word)) {
		if (word.len == 0)
			continue;
		width = take_width(&word);
		if (width <= last || word.len > 0 || ++n > PICTURE_WIDTHS)
			return false;
		last = width;
	}
	return true;
}

static void
add(struct picture *p, enum picture_kind kind, uint32_t width)
{
	if (p->made[kind].n < PICTURE_WIDTHS)
		p->made[kind].widths[p->made[kind].n++] = width;
}

static bool
is_kind(struct str name, enum picture_kind kind)
{
	return str_ends(name, kinds[kind].extension);
}

static bool
has_versions(struct str name)
{
	return is_kind(name, PICTURE_JPEG) || is_kind(name, PICTURE_WEBP) || is_kind(name, PICTURE_AVIF) ||
	       str_ends(name, STR(".png")) || str_ends(name, STR(".jpeg"));
}

/* Everybody takes these as they are, unless they are far larger than any card. */
static bool
is_shared_as_it_is(const struct picture *p, struct str name)
{
	return p->width <= 2 * PICTURE_SHARE &&
	       (is_kind(name, PICTURE_JPEG) || str_ends(name, STR(".png")) || str_ends(name, STR(".jpeg")));
}

void
picture_plan(struct picture *p, struct str name, struct str widths)
{
	uint32_t width, largest = 0;
	struct str word;

	memset(p->made, 0, sizeof p->made);
	if (p->width == 0 || widths.len == 0 || !has_versions(name))
		return;
	while (str_split(&widths, ' ', &word)) {
		if ((width = take_width(&word)) == 0)
			continue;
		largest = width;
		if (width < p->width) {
			add(p, PICTURE_AVIF, width);
			add(p, PICTURE_WEBP, width);
		}
	}
	for (int kind = PICTURE_AVIF; kind <= PICTURE_WEBP; kind++)
		if (p->width >= WIDTH_MIN && p->width <= largest && !is_kind(name, (enum picture_kind)kind))
			add(p, (enum picture_kind)kind, p->width);
	if (!is_shared_as_it_is(p, name))
		add(p, PICTURE_JPEG, p->width < PICTURE_SHARE ? p->width : PICTURE_SHARE);
}

void
picture_put(struct buf *out, const struct picture *p)
{
	const char *gap = "";

	for (size_t kind = 0; kind < PICTURE_KINDS; kind++) {
		if (p->made[kind].n == 0)
			continue;
		buf_printf(out, "%s%s:", gap, kinds[kind].extension.at + 1);
		for (size_t i = 0; i < p->made[kind].n; i++)
			buf_printf(out, "%s%u", i == 0 ? "" : ",", p->made[kind].widths[i]);
		gap = " ";
	}
}

void
picture_read(struct picture *p, struct str text)
{
	struct str word, name, width;
	uint32_t n;

	memset(p->made, 0, sizeof p->made);
	while (text.len > 0 && str_split(&text, ' ', &word)) {
		(void)str_split(&word, ':', &name);
		for (size_t kind = 0; kind < PICTURE_KINDS; kind++)
			while (str_eq(name, str_of(kinds[kind].extension.at + 1)) && word.len > 0 &&
			       str_split(&word, ',', &width))
				if ((n = take_width(&width)) > 0)
					add(p, (enum picture_kind)kind, n);
	}
}

void
picture_srcset(struct buf *out, const struct picture *p, enum picture_kind kind, struct str name)
{
	const char *gap = "";

	for (size_t i = 0; i < p->made[kind].n; i++) {
		buf_printf(out, "%s/media/", gap);
		picture_name(out, name, kind, p->made[kind].widths[i]);
		buf_printf(out, " %uw", p->made[kind].widths[i]);
		gap = ", ";
	}
	if (p->made[kind].n > 0 && is_kind(name, kind) && p->width > 0)
		buf_printf(out, "%s/media/" STR_FMT " %uw", gap, STR_ARG(name), p->width);
}

bool
picture_sources(struct buf *out, const struct picture *p, struct str name, const char *sizes)
{
	bool any = false;

	for (int kind = PICTURE_AVIF; kind <= PICTURE_WEBP; kind++) {
		if (p->made[kind].n == 0)
			continue;
		buf_printf(out, "%s<source type=\"%s\" srcset=\"", any ? "" : "<picture>", kinds[kind].type);
		picture_srcset(out, p, (enum picture_kind)kind, name);
		buf_printf(out, "\" sizes=\"%s\">", sizes);
		any = true;
	}
	return any;
}

bool
picture_share(struct buf *out, const struct picture *p, struct str name, uint32_t *width, uint32_t *height)
{
	*width = p->width;
	*height = p->height;
	if (p->made[PICTURE_JPEG].n > 0 && p->width > 0) {
		uint32_t to = p->made[PICTURE_JPEG].widths[0];

		picture_name(out, name, PICTURE_JPEG, to);
		*width = to;
		*height = (uint32_t)(((uint64_t)p->height * to + p->width / 2) / p->width);
		return true;
	}
	buf_put(out, name);
	return has_versions(name) && !is_kind(name, PICTURE_AVIF);
}
