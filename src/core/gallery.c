/* gallery.c: src="/media/…" as markdown_html writes it. */
#include "core/gallery.h"

#include "base/buf.h"

static const struct str mark = STR_LITERAL(" src=\"/media/");

/* The next image's name, taken off *html; false at the end. */
static bool
next_name(struct str *html, struct str *name)
{
	size_t at = str_find(*html, mark);

	if (at == html->len)
		return false;
	*html = str_slice(*html, at + mark.len, html->len);
	*name = str_slice(*html, 0, str_find(*html, STR("\"")));
	return true;
}

static bool
shows(struct str html, struct str name)
{
	struct str other;

	while (next_name(&html, &other))
		if (str_eq(other, name))
			return true;
	return false;
}

enum err
gallery_of(struct arena *a, struct str html, struct str teaser_html, const struct media_name **out, size_t *n)
{
	struct media_name *names = arena_zero(a, GALLERY_MAX, sizeof *names);
	struct str name;

	*n = 0;
	*out = names;
	if (names == NULL)
		return ERR_MEMORY;
	while (*n < GALLERY_MAX && next_name(&html, &name))
		names[(*n)++] = (struct media_name){name, !shows(teaser_html, name)};
	return ERR_NONE;
}
