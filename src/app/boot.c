/* boot.c: reads and checks all that a running site is made of, before any of it is used. */
#include "app/boot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/token.h"
#include "store/consent_store.h"

#define CONFIG_BYTES ((size_t)256 * 1024)
#define TEMPLATE_BYTES ((size_t)256 * 1024)
#define ASSET_BYTES ((size_t)4 * 1024 * 1024)
#define SECRETS_BYTES ((size_t)16 * 1024)
#define SETUP_BYTES ((size_t)16 * 1024 * 1024)
#define PASSWORDS_BYTES ((size_t)4 * 1024 * 1024)
#define SUFFIX ".mustache"

/* "section.key=value" of --set. */
static enum err
read_set(struct str set, struct config_override *out, struct fault *f)
{
	size_t at = str_find(set, STR("="));

	if (at == set.len)
		return fault_set(f, ERR_INVALID, "--set " STR_FMT ": write SECTION.KEY=VALUE", STR_ARG(set));
	*out = (struct config_override){str_slice(set, 0, at), str_slice(set, at + 1, set.len)};
	return ERR_NONE;
}

static enum err
collect_overrides(struct arena *a, const struct str *sets, size_t n, struct config_override **out,
    size_t *count, struct fault *f)
{
	struct config_override *environment, *all;
	size_t from_environment;
	enum err e = config_environment(a, environ, &environment, &from_environment, f);

	if (e != ERR_NONE)
		return e;
	all = arena_zero(a, from_environment + n + 1, sizeof *all);
	if (all == NULL)
		return ERR_MEMORY;
	if (from_environment > 0)
		memcpy(all, environment, from_environment * sizeof *all);
	for (size_t i = 0; e == ERR_NONE && i < n; i++)
		e = read_set(sets[i], &all[from_environment + i], f);
	*out = all;
	*count = from_environment + n;
	return e;
}

enum err
boot_config(
    struct config *cfg, struct arena *a, const char *file, const struct str *sets, size_t n, struct fault *f)
{
	struct config_override *overrides;
	struct str text = {NULL, 0};
	size_t count;
	enum err e = collect_overrides(a, sets, n, &overrides, &count, f);

	if (e == ERR_NONE && file != NULL)
		e = file_read(a, file, CONFIG_BYTES, &text, f);
	if (e == ERR_NONE)
		e = config_read(cfg, a, text, file != NULL ? file : "defaults", overrides, count, f);
	if (e == ERR_NONE && !clock_zone(cfg->site_timezone))
		e = fault_set(f, ERR_INVALID, "[site] timezone %s: no such zone; write one as Europe/Paris",
		    cfg->site_timezone);
	return e;
}

static enum err
add_file(struct setup *s, const char *folder, const char *name, struct fault *f)
{
	struct str path = arena_printf(&s->arena, "%s/%s", folder, name), text;
	char *stem = arena_cstr(&s->arena, str_slice(str_of(name), 0, strlen(name) - strlen(SUFFIX)));
	enum err e;

	if (path.at == NULL || stem == NULL)
		return ERR_MEMORY;
	e = file_read(&s->arena, path.at, TEMPLATE_BYTES, &text, f);
	return e != ERR_NONE ? e : template_add(s->templates, stem, text, path.at, f);
}

/* A theme's file of the same name replaces the shipped one. */
static enum err
add_folder(struct setup *s, const char *folder, struct fault *f)
{
	char **names;
	size_t n;
	enum err e = file_list(&s->arena, folder, SUFFIX, &names, &n, f);

	for (size_t i = 0; e == ERR_NONE && i < n; i++)
		e = add_file(s, folder, names[i], f);
	return e;
}

static enum err
add_locale_texts(struct setup *s, const char *label, struct fault *f)
{
	const char *key;
	json_t *value;
	enum err e = ERR_NONE;

	json_object_foreach(s->texts, key, value)
	{
		struct str name = arena_printf(&s->arena, "t/%s", key);

		if (!json_is_string(value))
			return fault_set(f, ERR_INVALID, "%s: \"%s\" must be a string", label, key);
		if (name.at == NULL)
			return ERR_MEMORY;
		e = template_add(s->templates, name.at, str_of(json_string_value(value)), name.at, f);
		if (e != ERR_NONE)
			return fault_context(f, e, "%s", label);
	}
	return e;
}

/* Merges LANGUAGE.json of a folder into the texts; the theme's may be absent or name only some keys. */
static enum err
read_locale(struct setup *s, const char *folder, bool required, struct fault *f)
{
	struct str path = arena_printf(&s->arena, "%s/locales/%s.json", folder, s->config.site_language),
	           text;
	json_error_t error;
	json_t *texts;
	enum err e = path.at == NULL ? ERR_MEMORY : file_read(&s->arena, path.at, TEMPLATE_BYTES, &text, f);

	if (e == ERR_NOT_FOUND && !required)
		return ERR_NONE;
	if (e != ERR_NONE)
		return e;
	texts = json_loadb(text.at, text.len, JSON_REJECT_DUPLICATES, &error);
	if (!json_is_object(texts)) {
		json_decref(texts);
		return fault_set(f, ERR_INVALID, "%s:%d: %s", path.at, error.line, error.text);
	}
	if (json_object_update(s->texts, texts) != 0)
		e = ERR_MEMORY;
	json_decref(texts);
	return e;
}

static enum err
read_templates(struct setup *s, struct fault *f)
{
	const char *theme = s->config.theme;
	enum err e = template_set_new(&s->templates, (struct template_options){.strict = false});

	s->texts = json_object();
	if (e != ERR_NONE || s->texts == NULL)
		return fault_set(f, ERR_MEMORY, "no memory for templates");
	if ((e = add_folder(s, s->config.templates, f)) == ERR_NONE)
		e = read_locale(s, s->config.templates, true, f);
	if (e == ERR_NONE && theme[0] != '\0')
		e = add_folder(s, theme, f);
	if (e == ERR_NONE && theme[0] != '\0')
		e = read_locale(s, theme, false, f);
	if (e == ERR_NONE)
		e = add_locale_texts(s, "locale", f);
	return e != ERR_NONE ? e : template_link(s->templates, f);
}

/* /static/NAME?v=HASH, so that a browser may keep the file for ever. json NULL: no such file. */
static json_t *
asset_url(struct setup *s, const char *folder, const char *place, const char *name)
{
	struct str path = arena_printf(&s->arena, "%s/%s", folder, name), bytes;
	char hash[TOKEN_HASH + 1];

	if (path.at == NULL || file_read(&s->arena, path.at, ASSET_BYTES, &bytes, NULL) != ERR_NONE)
		return NULL;
	token_hash(bytes, hash);
	return json_sprintf("/%s/%s?v=%.12s", place, name, hash);
}

/* The publication's own, from static/ of its theme. */
static json_t *
theme_url(struct setup *s, const char *name)
{
	struct str folder = arena_printf(&s->arena, "%s/static", s->config.theme);

	return s->config.theme[0] == '\0' || folder.at == NULL ? NULL
	                                                       : asset_url(s, folder.at, "theme", name);
}

static enum err
add_asset(struct setup *s, json_t *assets, const char *key, const char *name, struct fault *f)
{
	json_t *url = theme_url(s, name);

	if (url == NULL)
		url = asset_url(s, s->config.statics, "static", name);
	if (url == NULL)
		return fault_set(f, ERR_NOT_FOUND, "%s/%s cannot be read; [paths] static names its folder",
		    s->config.statics, name);
	return json_object_set_new(assets, key, url) == 0 ? ERR_NONE : ERR_MEMORY;
}

/* theme.css, and which shipped faces are still asked for: a page begins to load those early. */
static enum err
add_theme_css(struct setup *s, json_t *assets)
{
	struct str path = arena_printf(&s->arena, "%s/static/theme.css", s->config.theme), css = STR_NONE;
	json_t *url = theme_url(s, "theme.css");

	if (path.at == NULL)
		return ERR_MEMORY;
	if (url != NULL && file_read(&s->arena, path.at, ASSET_BYTES, &css, NULL) != ERR_NONE)
		css = STR_NONE;
	return json_object_set_new(assets, "theme_css", url == NULL ? json_null() : url) == 0 &&
	               json_object_set_new(assets, "own_text_face",
	                   json_boolean(str_find(css, STR("--font-text:")) < css.len)) == 0 &&
	               json_object_set_new(assets, "own_title_face",
	                   json_boolean(str_find(css, STR("--font-title:")) < css.len)) == 0
	           ? ERR_NONE
	           : ERR_MEMORY;
}

static json_t *
text_or_null(const char *text)
{
	return text[0] == '\0' ? json_null() : json_string(text);
}

static enum err
make_common(struct setup *s, struct fault *f)
{
	const struct config *c = &s->config;
	json_t *assets = json_object();
	enum err e;

	s->common = json_pack("{s:{s:s, s:o, s:s, s:s, s:s, s:o}, s:o, s:{s:s, s:b}}", "site", "name",
	    c->site_name, "tagline", text_or_null(c->site_tagline), "url", c->site_url, "language",
	    c->site_language, "publisher", c->site_publisher[0] != '\0' ? c->site_publisher : c->site_name,
	    "contact", text_or_null(c->site_contact[0] != '\0' ? c->site_contact : c->mail_from), "asset",
	    assets, "newsletter", "notice_version", "1", "error", 0);
	if (s->common == NULL)
		return fault_set(f, ERR_MEMORY, "no memory for the setup");
	if ((e = add_theme_css(s, assets)) != ERR_NONE)
		return fault_set(f, e, "no memory for the setup");
	e = add_asset(s, assets, "css", "poterne.css", f);
	if (e == ERR_NONE)
		e = add_asset(s, assets, "logo", "logo.svg", f);
	if (e == ERR_NONE)
		e = add_asset(s, assets, "touch_icon", "touch-icon.png", f);
	return e == ERR_NONE ? add_asset(s, assets, "favicon", "favicon.svg", f) : e;
}

/* What a reader agrees to: the sentence at the box and the notice below it. The form names it by its hash. */
static enum err
make_notice(struct setup *s, struct fault *f)
{
	struct buf wording = BUF_EMPTY;
	enum err e = template_render(s->templates, "t/letter_consent", s->common, &wording, f);

	buf_putc(&wording, '\n');
	if (e == ERR_NONE)
		e = template_render(s->templates, "newsletter_notice", s->common, &wording, f);
	s->notice.wording = arena_copy(&s->arena, buf_str(&wording));
	if (e == ERR_NONE && (wording.failed || s->notice.wording.at == NULL))
		e = fault_set(f, ERR_MEMORY, "no memory for the setup");
	buf_free(&wording);
	if (e != ERR_NONE)
		return e;
	token_hash(s->notice.wording, s->notice.hash);
	(void)snprintf(s->notice.version, sizeof s->notice.version, "%.*s", CONSENT_VERSION, s->notice.hash);
	return json_object_set_new(json_object_get(s->common, "newsletter"), "notice_version",
	           json_string(s->notice.version)) == 0
	           ? ERR_NONE
	           : fault_set(f, ERR_MEMORY, "no memory for the setup");
}

static enum err
make_headers(struct setup *s)
{
	bool https = str_starts(str_of(s->config.site_url), STR("https://"));

	s->security = arena_printf(&s->arena,
	    "Content-Security-Policy: default-src 'none'; style-src 'self'; img-src 'self' data:; font-src "
	    "'self'; "
	    "connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri "
	    "'none'; "
	    "object-src 'none'\r\n"
	    "X-Content-Type-Options: nosniff\r\n"
	    "Referrer-Policy: strict-origin\r\n"
	    "Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()\r\n"
	    "Cross-Origin-Opener-Policy: same-origin\r\n%s",
	    https ? "Strict-Transport-Security: max-age=63072000; includeSubDomains\r\n" : "");
	s->shared = arena_printf(&s->arena,
	    "Cache-Control: public, max-age=0, s-maxage=%lld\r\nVary: Cookie, Accept-Encoding\r\n",
	    (long long)s->config.cache_seconds);
	return s->security.at == NULL || s->shared.at == NULL ? ERR_MEMORY : ERR_NONE;
}

static enum err
read_passwords(struct setup *s, struct fault *f)
{
	enum err e = file_read(&s->arena, s->config.passwords, PASSWORDS_BYTES, &s->common_passwords, f);

	return e == ERR_NONE ? e : fault_context(f, e, "[paths] passwords");
}

/* The signing secrets of webhooks. */
static enum err
read_payment_secrets(struct setup *s, struct fault *f)
{
	const char *path = s->config.payment_stripe_secrets;
	struct str text;
	enum err e;

	if (path[0] == '\0')
		return ERR_NONE;
	e = file_read(&s->arena, path, SECRETS_BYTES, &text, f);
	if (e == ERR_NONE && (!signature_secrets_read(text, &s->stripe_secrets) || s->stripe_secrets.n == 0))
		e = fault_set(f, ERR_INVALID,
		    "%s: one to %d secrets are wanted, one a line, each of 16 bytes or more", path,
		    SIGNATURE_SECRETS);
	return e == ERR_NONE ? e : fault_context(f, e, "[payment] stripe_secrets");
}

enum err
boot_setup(struct setup **out, const char *file, const struct str *sets, size_t n, struct fault *f)
{
	struct setup *s = calloc(1, sizeof *s);
	enum err e;

	if (s == NULL)
		return fault_set(f, ERR_MEMORY, "no memory for the setup");
	s->refs = 1;
	arena_init(&s->arena, SETUP_BYTES);
	if ((e = boot_config(&s->config, &s->arena, file, sets, n, f)) == ERR_NONE &&
	    (e = read_templates(s, f)) == ERR_NONE && (e = make_common(s, f)) == ERR_NONE &&
	    (e = make_notice(s, f)) == ERR_NONE && (e = make_headers(s)) == ERR_NONE)
		e = keyring_load(&s->keyring, s->config.keys, f);
	if (e == ERR_NONE)
		e = read_passwords(s, f);
	if (e == ERR_NONE)
		e = lasting_load(s->config.keys, &s->lasting, f);
	if (e == ERR_NONE)
		e = read_payment_secrets(s, f);
	if (e != ERR_NONE) {
		setup_release(s);
		return e;
	}
	log_set_level(str_of(s->config.log));
	*out = s;
	return ERR_NONE;
}
