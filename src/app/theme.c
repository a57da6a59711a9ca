/* theme.c: what lies in the folder, and its logo. */
#include "app/theme.h"

#include "app/theme_css.h"
#include "app/theme_words.h"
#include "base/file.h"
#include "format/image.h"

#define LOGO_BYTES ((size_t)20 * 1024)

/* A picture of the page's head: every page waits for it. */
static void
check_logo(struct theme *t, const char *name)
{
	struct str path = arena_printf(t->arena, "%s/static/%s", t->folder, name), bytes;
	struct fault why = {""};
	struct image image;

	if (path.at == NULL || file_read(t->arena, path.at, IMAGE_MAX, &bytes, NULL) != ERR_NONE)
		return;
	if (image_read(bytes, &image, &why) != ERR_NONE)
		theme_say(t, true, STR_FMT ": %s", STR_ARG(path), why.text);
	else if (image.kind != IMAGE_SVG)
		theme_say(t, true, STR_FMT ": it is no SVG, which its name says", STR_ARG(path));
	else if (bytes.len > LOGO_BYTES)
		theme_say(t, true, STR_FMT ": %zu KB; 20 KB is the most for what every page waits for",
		    STR_ARG(path), bytes.len / 1024);
	else if (image.width == 0)
		theme_say(t, true, STR_FMT ": it has no size: write width, height or viewBox", STR_ARG(path));
	else if (image.width != image.height)
		theme_say(t, false, STR_FMT ": %u by %u; it is shown as a square", STR_ARG(path), image.width,
		    image.height);
}

/* A template that nothing is called like is a partial of the theme's own, or a name mistyped. */
static enum err
check_names(struct theme *t, struct fault *f)
{
	char **names;
	size_t n;
	enum err e = file_list(t->arena, t->folder, "", &names, &n, f);

	for (size_t i = 0; e == ERR_NONE && i < n; i++) {
		struct str name = str_of(names[i]), path;

		if (str_eq(name, STR("static")) || str_eq(name, STR("locales")) ||
		    str_starts(name, STR("README")))
			continue;
		if (!str_ends(name, STR(".mustache"))) {
			theme_say(t, false,
			    "%s/%s: nothing looks at it; files for browsers belong into static/", t->folder,
			    names[i]);
			continue;
		}
		path = arena_printf(t->arena, "%s/%s", t->config->templates, names[i]);
		if (path.at != NULL && !file_exists(path.at))
			theme_say(t, false,
			    "%s/%s: no shipped template has this name; it is used where one of yours asks "
			    "for it",
			    t->folder, names[i]);
	}
	return e;
}

enum err
theme_check(const struct config *cfg, struct arena *a, const char *folder, struct theme_report *report,
    struct fault *f)
{
	struct theme t = {cfg, a, folder, report};
	enum err e = check_names(&t, f);

	if (e != ERR_NONE)
		return e;
	check_logo(&t, "logo.svg");
	check_logo(&t, "favicon.svg");
	if ((e = theme_check_words(&t, f)) == ERR_NONE)
		e = theme_check_css(&t, f);
	return e;
}
