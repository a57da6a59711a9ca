/* theme_css.c: tokens that exist, colours that can be read, faces that are there and light enough. */
#include <stdio.h>
#include <string.h>

#include "app/theme_css.h"
#include "base/file.h"
#include "format/css.h"
#include "format/nearest.h"

#define TOKENS_MAX 80
#define CSS_BYTES ((size_t)256 * 1024)
#define FONT_BYTES ((size_t)1 << 20)
#define FONTS_MOST ((size_t)48 * 1024) /* leaves 12 KB of the 60 for HTML and CSS, as they are sent */

struct token {
	struct str name, light, dark;
	unsigned light_line, dark_line; /* in theme.css; 0: as shipped */
};

struct sheet {
	struct theme *t;
	struct str label; /* of the theme's file; at NULL while the shipped one is read */
	struct token tokens[TOKENS_MAX];
	size_t n, font_bytes;
};

/* Every pair that carries text: WCAG 2.2, 1.4.3; line-form: 1.4.11. */
static const struct {
	struct str ink, ground;
	double least;
} pairs[] = {
    {STR_LITERAL("--ink"), STR_LITERAL("--paper"), 4.5},
    {STR_LITERAL("--ink"), STR_LITERAL("--paper-low"), 4.5},
    {STR_LITERAL("--ink"), STR_LITERAL("--panel"), 4.5},
    {STR_LITERAL("--ink-low"), STR_LITERAL("--paper"), 4.5},
    {STR_LITERAL("--ink-low"), STR_LITERAL("--paper-low"), 4.5},
    {STR_LITERAL("--ink-low"), STR_LITERAL("--panel"), 4.5},
    {STR_LITERAL("--accent"), STR_LITERAL("--paper"), 4.5},
    {STR_LITERAL("--accent"), STR_LITERAL("--paper-low"), 4.5},
    {STR_LITERAL("--accent"), STR_LITERAL("--panel"), 4.5},
    {STR_LITERAL("--accent-ink"), STR_LITERAL("--accent"), 4.5},
    {STR_LITERAL("--sun-ink"), STR_LITERAL("--sun"), 4.5},
    {STR_LITERAL("--band-ink"), STR_LITERAL("--band"), 4.5},
    {STR_LITERAL("--band-low"), STR_LITERAL("--band"), 4.5},
    {STR_LITERAL("--alarm"), STR_LITERAL("--paper"), 3},
    {STR_LITERAL("--line-form"), STR_LITERAL("--paper"), 3},
};

static struct token *
token_of(struct sheet *s, struct str name)
{
	for (size_t i = 0; i < s->n; i++)
		if (str_eq(s->tokens[i].name, name))
			return &s->tokens[i];
	return NULL;
}

static void
unknown_token(struct sheet *s, const struct css_item *item)
{
	struct nearest near = NEAREST_NONE;

	for (size_t i = 0; i < s->n; i++)
		nearest_consider(&near, item->name, arena_cstr(s->t->arena, s->tokens[i].name));
	theme_say(s->t, true, STR_FMT ":%u: there is no token " STR_FMT "%s%s%s", STR_ARG(s->label),
	    item->line, STR_ARG(item->name),
	    near.best == NULL ? "; poterne.css lists them at its top" : "; did you mean ",
	    near.best == NULL ? "" : near.best, near.best == NULL ? "" : "?");
}

/* Later rules win, as in a browser: one that is not for the dark sets the dark value as well. */
static void
set_token(struct sheet *s, const struct css_item *item)
{
	bool dark = str_find(item->media, STR("dark")) < item->media.len;
	struct token *token = token_of(s, item->name);
	unsigned line = s->label.at == NULL ? 0 : item->line;

	if (token == NULL && s->label.at != NULL) {
		unknown_token(s, item);
		return;
	}
	if (item->media.len > 0 && !dark)
		return; /* more contrast, paper: other rules */
	if (token == NULL && s->n < TOKENS_MAX) {
		token = &s->tokens[s->n++];
		*token = (struct token){.name = item->name};
	}
	if (token == NULL)
		return;
	if (!dark) {
		token->light = item->value;
		token->light_line = line;
	}
	token->dark = item->value;
	token->dark_line = line;
}

static void
check_font(struct sheet *s, struct str url, struct str bytes, unsigned line)
{
	if (!str_ends(url, STR(".woff2")))
		return;
	if (!str_starts(bytes, STR("wOF2")))
		theme_say(s->t, true, STR_FMT ":%u: " STR_FMT " is no WOFF2 file", STR_ARG(s->label), line,
		    STR_ARG(url));
	s->font_bytes += bytes.len;
}

static void
check_url(struct sheet *s, struct str url, const struct css_item *item)
{
	struct str path, bytes, file = str_slice(url, 0, str_find(url, STR("?")));

	if (str_starts(url, STR("http:")) || str_starts(url, STR("https:")) || str_starts(url, STR("//"))) {
		theme_say(s->t, true,
		    STR_FMT ":%u: " STR_FMT
		            " is another site's; browsers are told to fetch nothing there: put the file "
		            "into static/",
		    STR_ARG(s->label), item->line, STR_ARG(url));
		return;
	}
	if (str_starts(url, STR("data:")) || str_starts(url, STR("#")))
		return;
	if (str_starts(url, STR("/static/")))
		path = arena_printf(s->t->arena, "%s" STR_FMT, s->t->config->statics,
		    STR_ARG(str_slice(file, sizeof "/static" - 1, file.len)));
	else
		path = arena_printf(s->t->arena, "%s/static/" STR_FMT, s->t->folder,
		    STR_ARG(str_starts(file, STR("/theme/")) ? str_slice(file, 7, file.len) : file));
	if (path.at == NULL || file_read(s->t->arena, path.at, FONT_BYTES, &bytes, NULL) != ERR_NONE)
		theme_say(s->t, true, STR_FMT ":%u: there is no file " STR_FMT, STR_ARG(s->label), item->line,
		    STR_ARG(path));
	else
		check_font(s, file, bytes, item->line);
}

static bool
each(void *ctx, const struct css_item *item)
{
	struct sheet *s = ctx;
	struct str rest = item->value, url;

	if (str_starts(item->name, STR("--"))) {
		set_token(s, item);
		return true;
	}
	if (s->label.at == NULL)
		return true;
	if (str_eq(item->name, STR("@import"))) {
		theme_say(s->t, true,
		    STR_FMT ":%u: @import makes readers wait for another file; write it into this one",
		    STR_ARG(s->label), item->line);
		return true;
	}
	while (str_find(rest, STR("url(")) < rest.len && css_url(&rest, &url))
		check_url(s, url, item);
	return true;
}

/* The value of a token, through var(); false: it is no colour that can be computed here. */
static bool
colour_of(struct sheet *s, const struct token *token, bool dark, struct css_colour *out)
{
	for (int i = 0; i < 4 && token != NULL; i++) {
		struct str value = dark ? token->dark : token->light;

		if (css_colour(value, out))
			return true;
		if (!str_starts(value, STR("var(")))
			return false;
		token = token_of(s, str_trim(str_slice(value, 4, str_find(value, STR(")")))));
	}
	return false;
}

static unsigned
line_of(const struct token *token, bool dark)
{
	return dark ? token->dark_line : token->light_line;
}

static void
check_pair(struct sheet *s, size_t i, bool dark)
{
	const struct token *ink = token_of(s, pairs[i].ink), *ground = token_of(s, pairs[i].ground);
	struct css_colour a, b;
	unsigned line;
	double ratio;

	if (ink == NULL || ground == NULL || (line_of(ink, dark) == 0 && line_of(ground, dark) == 0))
		return;
	line = line_of(ink, dark) != 0 ? line_of(ink, dark) : line_of(ground, dark);
	if (!colour_of(s, ink, dark, &a) || !colour_of(s, ground, dark, &b)) {
		theme_say(s->t, true,
		    STR_FMT ":%u: " STR_FMT " on " STR_FMT " cannot be computed; write colours as #rrggbb",
		    STR_ARG(s->label), line, STR_ARG(ink->name), STR_ARG(ground->name));
		return;
	}
	ratio = css_contrast(a, b);
	if (ratio < pairs[i].least)
		theme_say(s->t, true,
		    STR_FMT ":%u: " STR_FMT " (" STR_FMT ") on " STR_FMT " (" STR_FMT
		            ") %s has a contrast of %.2f:1; %.1f:1 is the "
		            "least%s",
		    STR_ARG(s->label), line, STR_ARG(ink->name), STR_ARG(dark ? ink->dark : ink->light),
		    STR_ARG(ground->name), STR_ARG(dark ? ground->dark : ground->light),
		    dark ? "in the dark" : "by day", ratio, pairs[i].least,
		    dark && (ink->dark_line == ink->light_line && ground->dark_line == ground->light_line)
		        ? "; set it again in @media (prefers-color-scheme: dark)"
		        : "");
}

/* Faces that a theme brings come beside the shipped ones that it leaves in place. */
static void
check_weight(struct sheet *s)
{
	static const struct {
		struct str token;
		const char *files[2];
	} shipped[] = {
	    {STR_LITERAL("--font-text"), {"newsreader-regular-2.woff2", "newsreader-italic-2.woff2"}},
	    {STR_LITERAL("--font-title"), {"bricolage-bold-2.woff2", NULL}}};
	size_t total = s->font_bytes;

	if (s->font_bytes == 0)
		return;
	for (size_t i = 0; i < 2; i++) {
		const struct token *token = token_of(s, shipped[i].token);

		for (size_t k = 0;
		     k < 2 && shipped[i].files[k] != NULL && (token == NULL || token->light_line == 0); k++) {
			struct str path = arena_printf(s->t->arena, "%s/fonts/%s", s->t->config->statics,
			               shipped[i].files[k]),
			           bytes;

			if (path.at != NULL &&
			    file_read(s->t->arena, path.at, FONT_BYTES, &bytes, NULL) == ERR_NONE)
				total += bytes.len;
		}
	}
	theme_say(s->t, total > FONTS_MOST, STR_FMT ": the faces of a page weigh %zu KB%s", STR_ARG(s->label),
	    (total + 1023) / 1024,
	    total > FONTS_MOST ? "; 48 KB is the most: cut them to the letters that are used" : "");
}

static enum err
judge(struct sheet *s, struct str text, struct fault *why)
{
	enum err e = css_read(text, each, s, why);

	for (size_t i = 0; e == ERR_NONE && i < sizeof pairs / sizeof *pairs; i++) {
		check_pair(s, i, false);
		check_pair(s, i, true);
	}
	if (e == ERR_NONE)
		check_weight(s);
	return e;
}

enum err
theme_check_css(struct theme *t, struct fault *f)
{
	struct sheet s = {.t = t};
	struct str shipped = arena_printf(t->arena, "%s/poterne.css", t->config->statics),
	           own = arena_printf(t->arena, "%s/static/theme.css", t->folder), text;
	struct fault why = {""};
	enum err e;

	if (shipped.at == NULL || own.at == NULL)
		return fault_set(f, ERR_MEMORY, "no memory to judge the theme");
	if ((e = file_read(t->arena, shipped.at, CSS_BYTES, &text, f)) != ERR_NONE ||
	    (e = css_read(text, each, &s, f)) != ERR_NONE)
		return e;
	e = file_read(t->arena, own.at, CSS_BYTES, &text, &why);
	s.label = own;
	if (e == ERR_NOT_FOUND) {
		theme_say(t, false, STR_FMT ": there is none; colours and faces are the shipped ones",
		    STR_ARG(own));
		return ERR_NONE;
	}
	if (e != ERR_NONE || judge(&s, text, &why) != ERR_NONE)
		theme_say(t, true, STR_FMT ": %s", STR_ARG(own), why.text);
	return ERR_NONE;
}
