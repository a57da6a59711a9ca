/* config_table.c: every setting there is, with its type, bounds and default. */
#include "format/config_table.h"

#include <stdio.h>
#include <string.h>

#include "format/config_value.h"
#include "format/nearest.h"

struct setting {
	const char *section, *key;
	struct config_limits limits;
	size_t offset;
	const char *fallback;
};

#define ROW(section, key, kind, min, max, member, fallback)                                              \
	{                                                                                                \
		section, key, {CONFIG_##kind, min, max, NULL}, offsetof(struct config, member), fallback \
	}
#define CHOICE(section, key, choices, member, fallback)                                                  \
	{                                                                                                \
		section, key, {CONFIG_CHOICE, 1, 20, choices}, offsetof(struct config, member), fallback \
	}
#define KIB ((int64_t)1024)
#define MINUTE ((int64_t)60)
#define DAY ((int64_t)86400)

/* A new key is a row here, a member of struct config and its words in poterne.conf(5) and deploy/poterne.conf. */
/* clang-format off */
static const struct setting settings[] = {
	ROW("site", "name", TEXT, 1, 200, site_name, "Poterne"),
	ROW("site", "tagline", TEXT, 0, 300, site_tagline, ""),
	ROW("site", "url", URL, 1, 300, site_url, "http://localhost:8080"),
	ROW("site", "language", LANGUAGE, 1, 35, site_language, "fr"),
	ROW("site", "timezone", ZONE, 1, 64, site_timezone, "Europe/Paris"),
	ROW("site", "publisher", TEXT, 0, 300, site_publisher, ""),
	ROW("site", "contact", TEXT, 0, 254, site_contact, ""),
	ROW("paths", "database", PATH, 1, 4000, database, "var/poterne.db"),
	ROW("paths", "keys", PATH, 1, 4000, keys, "var/keys"),
	ROW("paths", "templates", PATH, 1, 4000, templates, POTERNE_SHARE "/templates"),
	ROW("paths", "theme", PATH, 0, 4000, theme, ""),
	ROW("paths", "media", PATH, 1, 4000, media, "var/media"),
	ROW("paths", "sql", PATH, 1, 4000, sql, POTERNE_SHARE "/sql"),
	ROW("paths", "scripts", PATH, 0, 4000, scripts, ""),
	ROW("paths", "static", PATH, 1, 4000, statics, POTERNE_SHARE "/static"),
	ROW("paths", "passwords", PATH, 1, 4000, passwords, POTERNE_SHARE "/common-passwords.txt"),
	ROW("server", "socket", PATH, 1, 107, socket, "var/poterne.sock"), /* sun_path of unix(7) */
	ROW("server", "socket_mode", OCTAL, 0600, 0777, socket_mode, "0660"),
	ROW("server", "threads", COUNT, 1, 64, threads, "4"),
	CHOICE("server", "log", "error warning info debug", log, "info"),
	ROW("server", "timeout", DURATION, 1, 5 * MINUTE, timeout_s, "10s"),
	ROW("server", "peer_uid", COUNT, -1, 4294967294, peer_uid, "-1"),
	ROW("cache", "pages", SIZE, 0, 4 * KIB * KIB * KIB, cache_pages, "32MiB"),
	ROW("cache", "disk", SIZE, 0, KIB * KIB * KIB * KIB, cache_disk, "1GiB"),
	ROW("cache", "facts", SIZE, 64 * KIB, 4 * KIB * KIB * KIB, cache_facts, "4MiB"),
	ROW("cache", "seconds", COUNT, 0, 60, cache_seconds, "1"),
	ROW("reading", "teaser", TEASER, 1, 40, teaser, "20%"),
	ROW("reading", "outline", SWITCH, 0, 1, outline, "off"),
	ROW("reading", "words_per_minute", COUNT, 50, 1000, words_per_minute, "220"),
	ROW("reading", "related", COUNT, 3, 6, related, "4"),
	ROW("reading", "page_size", COUNT, 1, 100, page_size, "20"),
	ROW("images", "widths", WIDTHS, 0, 60, image_widths, "480 800 1200 1600"),
	ROW("feeds", "hub", TEXT, 0, 300, feeds_hub, ""),
	CHOICE("mail", "transport", "file smtp", mail_transport, "file"),
	ROW("mail", "folder", PATH, 1, 4000, mail_folder, "var/mail"),
	ROW("mail", "smtp_url", TEXT, 1, 300, mail_smtp_url, "smtp://localhost:25"),
	CHOICE("mail", "tls", "yes no", mail_tls, "yes"),
	ROW("mail", "ca_file", PATH, 0, 4000, mail_ca_file, ""),
	ROW("mail", "user", TEXT, 0, 200, mail_user, ""),
	ROW("mail", "password_file", PATH, 0, 4000, mail_password_file, ""),
	ROW("mail", "from", TEXT, 0, 254, mail_from, ""),
	ROW("mail", "from_name", TEXT, 0, 100, mail_from_name, ""),
	ROW("mail", "dkim_selector", TEXT, 0, 63, mail_dkim_selector, ""),
	ROW("mail", "per_day", COUNT, 1, 10000000, mail_per_day, "5000"),
	ROW("mail", "pace", COUNT, 1, 100000, mail_pace, "50"),
	ROW("mail", "connections", COUNT, 1, 16, mail_connections, "2"),
	ROW("mail", "timeout", DURATION, 1, 5 * MINUTE, mail_timeout_s, "30s"),
	ROW("meter", "free_reads", COUNT, 0, 30, meter_free_reads, "10"),
	ROW("meter", "anonymous_reads", COUNT, 0, 30, meter_anonymous_reads, "3"),
	ROW("meter", "network_reads", COUNT, 0, 1000000, meter_network_reads, "300"),
	ROW("gift", "per_month", COUNT, 0, 1000, gift_per_month, "10"),
	ROW("gift", "life", DURATION, DAY, 90 * DAY, gift_life_s, "14d"),
	ROW("gift", "readers", COUNT, 1, 1000, gift_readers, "10"),
	ROW("payment", "stripe_secrets", PATH, 0, 4000, payment_stripe_secrets, ""),
	CHOICE("payment", "mode", "live test", payment_mode, "live"),
	ROW("payment", "account", TEXT, 0, 255, payment_account, ""),
	ROW("payment", "grace", DURATION, 0, 90 * DAY, payment_grace_s, "14d"),
	ROW("crawlers", "ranges_file", PATH, 0, 4000, crawler_ranges, ""),
	ROW("crawlers", "names", TEXT, 0, 1000, crawler_names, ""),
	ROW("session", "idle", DURATION, MINUTE, 366 * DAY, session_idle_s, "30d"),
	ROW("session", "life", DURATION, MINUTE, 3660 * DAY, session_life_s, "180d"),
	ROW("session", "link", DURATION, MINUTE, 7 * DAY, link_life_s, "30m"),
	ROW("signin", "life", DURATION, MINUTE, 10 * MINUTE, signin_life_s, "10m"),
	ROW("signin", "registration", SWITCH, 0, 1, signin_registration, "on"),
	ROW("signin", "recent", DURATION, MINUTE, DAY, signin_recent_s, "15m"),
	ROW("institutions", "widest_ipv4", COUNT, 8, 32, widest_ipv4, "16"),
	ROW("institutions", "widest_ipv6", COUNT, 16, 128, widest_ipv6, "32"),
	ROW("institutions", "nginx_networks", PATH, 0, 4000, nginx_networks, ""),
};
/* clang-format on */
#define N (sizeof settings / sizeof *settings)
_Static_assert(N <= CONFIG_MOST_SETTINGS, "raise CONFIG_MOST_SETTINGS");

bool
config_table_row(size_t i, struct config_row *out)
{
	if (i >= N)
		return false;
	*out = (struct config_row){settings[i].section, settings[i].key, settings[i].fallback};
	return true;
}

bool
config_table_section(struct str name)
{
	for (size_t i = 0; i < N; i++)
		if (str_eq(name, str_of(settings[i].section)))
			return true;
	return false;
}

size_t
config_table_find(struct str section, struct str key)
{
	size_t i = 0;

	while (
	    i < N && !(str_eq(section, str_of(settings[i].section)) && str_eq(key, str_of(settings[i].key))))
		i++;
	return i < N ? i : CONFIG_NO_ROW;
}

enum err
config_table_set(struct config *cfg, struct arena *a, size_t i, struct str value, struct fault *f)
{
	const char *text = NULL;
	int64_t number = 0;
	enum err e = config_value_read(settings[i].limits, value, a, &text, &number, f);

	if (e != ERR_NONE)
		return fault_context(f, e, "[%s] %s", settings[i].section, settings[i].key);
	if (config_kind_is_text(settings[i].limits.kind))
		memcpy((char *)cfg + settings[i].offset, &text, sizeof text);
	else
		memcpy((char *)cfg + settings[i].offset, &number, sizeof number);
	return ERR_NONE;
}

enum err
config_table_no_section(struct str name, struct fault *f)
{
	struct nearest near = NEAREST_NONE;

	for (size_t i = 0; i < N; i++)
		nearest_consider(&near, name, settings[i].section);
	return fault_set(f, ERR_INVALID, "unknown section [" STR_FMT "]%s%s%s",
	    STR_ARG(str_slice(name, 0, 60)),
	    near.best == NULL ? "; poterne.conf(5) lists the sections" : "; did you mean [",
	    near.best == NULL ? "" : near.best, near.best == NULL ? "" : "]?");
}

enum err
config_table_no_key(struct str section, struct str key, struct fault *f)
{
	struct nearest near = NEAREST_NONE;

	for (size_t i = 0; i < N; i++)
		if (str_eq(section, str_of(settings[i].section)))
			nearest_consider(&near, key, settings[i].key);
	if (near.best != NULL)
		return fault_set(f, ERR_INVALID,
		    "unknown key \"" STR_FMT "\" in [" STR_FMT "]; did you mean \"%s\"?", STR_ARG(key),
		    STR_ARG(section), near.best);
	for (size_t i = 0; i < N; i++)
		if (str_eq(key, str_of(settings[i].key)))
			return fault_set(f, ERR_INVALID,
			    "unknown key \"" STR_FMT "\" in [" STR_FMT "]; it belongs to [%s]", STR_ARG(key),
			    STR_ARG(section), settings[i].section);
	return fault_set(f, ERR_INVALID,
	    "unknown key \"" STR_FMT "\" in [" STR_FMT "]; poterne.conf(5) lists the keys", STR_ARG(key),
	    STR_ARG(section));
}

/* POTERNE_SITE_NAME for the row of [site] name. */
static void
write_variable(char out[128], const struct setting *s)
{
	(void)snprintf(out, 128, "POTERNE_%s_%s", s->section, s->key);
	for (; *out != '\0'; out++)
		if (*out >= 'a' && *out <= 'z')
			*out = (char)(*out - 'a' + 'A');
}

size_t
config_table_find_variable(struct str name)
{
	char variable[128];

	for (size_t i = 0; i < N; i++) {
		write_variable(variable, &settings[i]);
		if (str_eq(name, str_of(variable)))
			return i;
	}
	return CONFIG_NO_ROW;
}

enum err
config_table_no_variable(struct str name, struct fault *f)
{
	struct nearest near = NEAREST_NONE;
	char variables[N][128];

	name = str_slice(name, 0, 100);
	for (size_t i = 0; i < N; i++) {
		write_variable(variables[i], &settings[i]);
		nearest_consider(&near, name, variables[i]);
	}
	return fault_set(f, ERR_INVALID, STR_FMT ": there is no such setting%s%s%s", STR_ARG(name),
	    near.best == NULL ? "; poterne.conf(5) lists them" : "; did you mean ",
	    near.best == NULL ? "" : near.best, near.best == NULL ? "" : "?");
}
