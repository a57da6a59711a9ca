/* theme_words.c: templates that fit among the shipped ones, and texts that exist. */
#include <jansson.h>
#include <string.h>

#include "app/theme_words.h"
#include "base/file.h"
#include "format/nearest.h"
#include "format/template.h"

#define TEMPLATE_BYTES ((size_t)256 * 1024)
#define SUFFIX ".mustache"

/* What a template of that name cannot do without: who replaces it must bring it too. */
static const struct {
	struct str name;
	char sign; /* before the name in the tag: '>' partial, '$' block, '#' section, '{' raw, 0: any */
	struct str wanted;
	const char *why;
} needs[] = {
    {STR_LITERAL("layout"), '$', STR_LITERAL("head"), "pages put their own metadata there"},
    {STR_LITERAL("layout"), '$', STR_LITERAL("main"), "pages put themselves there"},
    {STR_LITERAL("layout"), '>', STR_LITERAL("head"), "title, description and canonical address stand in it"},
    {STR_LITERAL("layout"), '>', STR_LITERAL("newsletter_form"), "every page has it"},
    {STR_LITERAL("layout"), '>', STR_LITERAL("footer"), "the legal pages are led to from there"},
    {STR_LITERAL("head"), 0, STR_LITERAL("page.canonical"), "one article has one address"},
    {STR_LITERAL("head"), 0, STR_LITERAL("page.noindex"), "private pages must not be found"},
    {STR_LITERAL("head"), 0, STR_LITERAL("page.noarchive"), "paid pages must not be kept by others"},
    {STR_LITERAL("head"), 0, STR_LITERAL("asset.css"), "the style sheet is asked for there"},
    {STR_LITERAL("head"), 0, STR_LITERAL("asset.theme_css"), "theme.css is asked for there"},
    {STR_LITERAL("article"), '{', STR_LITERAL("body_html"), "the teaser or the whole text"},
    {STR_LITERAL("article"), '{', STR_LITERAL("jsonld_html"),
        "search engines are told there that it is paid for"},
    {STR_LITERAL("article"), '>', STR_LITERAL("panel"), "the way in for who may not read on"},
    {STR_LITERAL("article"), '>', STR_LITERAL("remaining"), "how much is left"},
    {STR_LITERAL("article"), 0, STR_LITERAL("gated"),
        "the class paywall, by which search engines know the paid part"},
    {STR_LITERAL("panel"), 0, STR_LITERAL("login_url"), "the way in for who has an account"},
    {STR_LITERAL("panel"), 0, STR_LITERAL("subscribe_url"), "the way to a subscription"},
    {STR_LITERAL("panel"), '>', STR_LITERAL("free_read"), "free reads are spent there"},
    {STR_LITERAL("remaining"), 0, STR_LITERAL("percent_left"), "how much is left"},
    {STR_LITERAL("newsletter_form"), '>', STR_LITERAL("newsletter_notice"), "the wording that is agreed to"},
    {STR_LITERAL("newsletter_form"), 0, STR_LITERAL("newsletter.notice_version"),
        "which wording was agreed to"},
    {STR_LITERAL("card"), 0, STR_LITERAL("url"), "where it leads"},
};

/* What the browser is told not to do (Content-Security-Policy), so that it would silently be missing. */
static const struct {
	struct str mark;
	const char *what;
} forbidden[] = {
    {STR_LITERAL(" style="), "a style of its own is not applied; write it into theme.css"},
    {STR_LITERAL("<style"), "styles are not applied here; write them into theme.css"},
    {STR_LITERAL(" onclick="), "scripts do not run"},
    {STR_LITERAL(" onload="), "scripts do not run"},
    {STR_LITERAL(" onsubmit="), "scripts do not run"},
    {STR_LITERAL("<iframe"), "frames are not shown"},
    {STR_LITERAL(" src=\"http"), "another site's file is not loaded; put it into static/"},
    {STR_LITERAL(" src=\"//"), "another site's file is not loaded; put it into static/"},
    {STR_LITERAL(" srcset=\"http"), "another site's file is not loaded; put it into static/"},
    {STR_LITERAL(" action=\"http"), "forms go to this site only"},
};

static unsigned
line_at(struct str text, size_t at)
{
	unsigned line = 1;

	for (size_t i = 0; i < at && i < text.len; i++)
		line += text.at[i] == '\n';
	return line;
}

static bool
is_sign(char c)
{
	return strchr("#^>$<{&/", c) != NULL && c != '\0';
}

/* A tag of that name with that sign. Comments do not count. */
static bool
has_tag(struct str text, char sign, struct str name)
{
	while (text.len > 0) {
		size_t open = str_find(text, STR("{{")), close;
		struct str tag;
		char first;

		text = str_slice(text, open + 2, text.len);
		close = str_find(text, STR("}}"));
		tag = str_trim(str_slice(text, 0, close));
		first = tag.len > 0 && is_sign(tag.at[0]) ? tag.at[0] : '\0';
		if (first != '\0')
			tag = str_trim(str_slice(tag, 1, tag.len));
		if (str_eq(tag, name) && (sign == 0 || sign == first || (sign == '{' && first == '&')))
			return true;
		text = str_slice(text, close + 2, text.len);
	}
	return false;
}

static void
check_template(struct theme *t, struct str label, struct str name, struct str text)
{
	bool mail = str_starts(name, STR("mail_"));
	size_t script = 0;

	for (size_t i = 0; i < sizeof needs / sizeof *needs; i++) {
		const char sign[2] = {needs[i].sign, '\0'};

		if (str_eq(name, needs[i].name) && !has_tag(text, needs[i].sign, needs[i].wanted))
			theme_say(t, true, STR_FMT ":1: {{%s" STR_FMT "%s}} is missing: %s", STR_ARG(label),
			    sign, STR_ARG(needs[i].wanted), needs[i].sign == '{' ? "}" : "", needs[i].why);
	}
	for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
		size_t at = str_find(text, forbidden[i].mark);

		if (at < text.len && !(mail && i < 2)) /* mail has no style sheet beside it */
			theme_say(
			    t, true, STR_FMT ":%u: %s", STR_ARG(label), line_at(text, at), forbidden[i].what);
	}
	while ((script += str_find(str_slice(text, script, text.len), STR("<script"))) < text.len) {
		if (!str_starts(
		        str_slice(text, script, text.len), STR("<script type=\"application/ld+json\"")))
			theme_say(t, true, STR_FMT ":%u: scripts do not run", STR_ARG(label),
			    line_at(text, script));
		script += 7;
	}
}

/* One folder's templates; of the theme's, each is looked at. */
static enum err
add_folder(struct theme *t, struct template_set *set, const char *folder, bool own, struct fault *f)
{
	char **names;
	size_t n;
	enum err e = file_list(t->arena, folder, SUFFIX, &names, &n, f);

	for (size_t i = 0; e == ERR_NONE && i < n; i++) {
		struct str path = arena_printf(t->arena, "%s/%s", folder, names[i]), text;
		struct str name = str_slice(str_of(names[i]), 0, strlen(names[i]) - strlen(SUFFIX));
		char *stem = arena_cstr(t->arena, name);
		struct fault why = {""};

		if (path.at == NULL || stem == NULL)
			return fault_set(f, ERR_MEMORY, "no memory to judge the theme");
		if ((e = file_read(t->arena, path.at, TEMPLATE_BYTES, &text, f)) != ERR_NONE)
			return e;
		if (own)
			check_template(t, path, name, text);
		e = template_add(set, stem, text, path.at, &why);
		if (e == ERR_INVALID && own) {
			theme_say(t, true, "%s", why.text);
			e = ERR_NONE;
		} else if (e != ERR_NONE) {
			(void)fault_set(f, e, "%s", why.text);
		}
	}
	return e;
}

/* NULL without the file. Texts are JSON; what is wrong with the theme's is told. */
static json_t *
read_texts(struct theme *t, const char *folder, const char *language, struct str *path, struct str *text)
{
	json_error_t error;
	json_t *texts;

	*path = arena_printf(t->arena, "%s/locales/%s.json", folder, language);
	if (path->at == NULL || file_read(t->arena, path->at, TEMPLATE_BYTES, text, NULL) != ERR_NONE)
		return NULL;
	texts = json_loadb(text->at, text->len, JSON_REJECT_DUPLICATES, &error);
	if (texts == NULL)
		theme_say(t, true, STR_FMT ":%d: %s", STR_ARG(*path), error.line, error.text);
	return texts;
}

static unsigned
line_of_key(struct theme *t, struct str text, const char *key)
{
	struct str quoted = arena_printf(t->arena, "\"%s\"", key);

	return quoted.at == NULL ? 1 : line_at(text, str_find(text, quoted));
}

static void
unknown_key(struct theme *t, struct str path, unsigned line, const char *key, const json_t *known)
{
	struct nearest near = NEAREST_NONE;
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)known, name, value)
	{
		nearest_consider(&near, str_of(key), name);
	}
	theme_say(t, true, STR_FMT ":%u: no template asks for a text \"%s\"%s%s%s", STR_ARG(path), line, key,
	    near.best == NULL ? "" : "; did you mean ", near.best == NULL ? "" : near.best,
	    near.best == NULL ? "" : "?");
}

/* Texts of one language: shipped, then the theme's own over them. other: the theme's of the other language. */
static enum err
check_texts(
    struct theme *t, struct template_set *set, const char *language, const char *other, struct fault *f)
{
	struct str path, text, shipped_path, shipped_text, other_path, other_text;
	json_t *known = read_texts(t, t->config->templates, language, &shipped_path, &shipped_text), *value;
	json_t *own = read_texts(t, t->folder, language, &path, &text);
	json_t *theirs = read_texts(t, t->folder, other, &other_path, &other_text);
	bool in_use = strcmp(language, t->config->site_language) == 0;
	const char *key;
	enum err e = ERR_NONE;

	json_object_foreach(known, key, value)
	{
		struct str name = arena_printf(t->arena, "t/%s", key);

		if (e == ERR_NONE && in_use && name.at != NULL && json_is_string(value))
			e = template_add(set, name.at, str_of(json_string_value(value)), name.at, f);
	}
	json_object_foreach(own, key, value)
	{
		unsigned line = line_of_key(t, text, key);
		struct str name = arena_printf(t->arena, "t/%s", key),
		           label = arena_printf(t->arena, STR_FMT, STR_ARG(path));
		struct fault why = {""};

		if (known != NULL && json_object_get(known, key) == NULL)
			unknown_key(t, path, line, key, known);
		if (theirs != NULL && json_object_get(theirs, key) == NULL)
			theme_say(t, true, STR_FMT ":%u: \"%s\" has no text in " STR_FMT, STR_ARG(path), line,
			    key, STR_ARG(other_path));
		if (!json_is_string(value))
			theme_say(t, true, STR_FMT ":%u: \"%s\" must be a text in quotes", STR_ARG(path),
			    line, key);
		else if (name.at != NULL && label.at != NULL && in_use &&
		         template_add(set, name.at, str_of(json_string_value(value)), label.at, &why) !=
		             ERR_NONE)
			theme_say(t, true, STR_FMT ":%u: \"%s\": %s", STR_ARG(path), line, key, why.text);
	}
	json_decref(known);
	json_decref(own);
	json_decref(theirs);
	return e;
}

enum err
theme_check_words(struct theme *t, struct fault *f)
{
	struct template_set *set = NULL;
	struct fault why = {""};
	enum err e = template_set_new(&set, (struct template_options){.strict = false});

	if (e == ERR_NONE)
		e = add_folder(t, set, t->config->templates, false, f);
	if (e == ERR_NONE)
		e = add_folder(t, set, t->folder, true, f);
	if (e == ERR_NONE)
		e = check_texts(t, set, "fr", "en", f);
	if (e == ERR_NONE)
		e = check_texts(t, set, "en", "fr", f);
	if (e == ERR_NONE && template_link(set, &why) != ERR_NONE)
		theme_say(t, true, "%s", why.text);
	template_set_free(set);
	return e;
}
