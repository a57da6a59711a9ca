/* config.h: the publication's settings: default < file < POTERNE_SECTION_KEY < flag. Documented in poterne.conf(5). */
#ifndef FORMAT_CONFIG_H
#define FORMAT_CONFIG_H

#include "base/arena.h"
#include "base/err.h"

struct config {
	/* [site] */
	const char *site_name, *site_tagline;
	const char *site_url;       /* scheme and host, no trailing slash: every link is built from it */
	const char *site_language;  /* fr, en: picks templates/locales/LANGUAGE.json and the typography */
	const char *site_timezone;  /* Europe/Paris */
	const char *site_publisher; /* who is responsible for the data, in the privacy notice */
	const char *site_contact;   /* address for readers' questions */
	/* [paths] */
	const char *database;  /* the SQLite file */
	const char *keys;      /* folder of the session key ring, 0700 */
	const char *templates; /* shipped templates */
	const char *theme;     /* the publication's own templates, may be empty */
	const char *media;     /* images of articles, served below /media/ */
	const char *sql;       /* shipped migrations */
	const char *scripts;   /* the publication's own numbered SQL scripts, may be empty */
	const char *statics;   /* [paths] static: files served by nginx below /static/; read for their hashes */
	/* [server] */
	const char *socket; /* FastCGI socket when none is passed in */
	int64_t socket_mode; /* 0660, written in octal */
	int64_t threads;    /* size of the pool */
	int64_t timeout_s;  /* a peer that neither sends nor reads for so long is dropped */
	int64_t peer_uid;   /* uid that may connect besides root and our own; -1: any that can open the socket */
	/* [cache] */
	int64_t cache_pages; /* bytes; written with a unit: 32MiB */
	int64_t cache_facts;
	int64_t cache_seconds; /* life of anonymous pages in nginx */
	/* [reading] */
	const char *teaser; /* default limit: "20%", "3 paragraphs", "120 words" */
	int64_t words_per_minute;
	int64_t related; /* cards below an article, 3 to 6 */
	int64_t page_size; /* cards on a list page */
	/* [session] */
	int64_t session_idle_s, session_life_s; /* durations; written with a unit: 30d */
	int64_t link_life_s;
};

/* One NAME=VALUE of the environment or --set section.key=value of the command line. */
struct config_override {
	struct str name, value;
};

/* Fills cfg from defaults, then text (the file's content, label for messages; text.at NULL: no file), then the
 * overrides in order. Strings live in the arena. ERR_INVALID with "FILE:LINE: what and what would be right". */
enum err config_read(struct config *cfg, struct arena *a, struct str text, const char *label,
    const struct config_override *overrides, size_t n, struct fault *f);

/* Picks POTERNE_SECTION_KEY entries out of environ, NULL-terminated; unknown ones are refused like unknown keys. */
enum err config_environment(struct arena *a, char *const *environment, struct config_override **out, size_t *n,
    struct fault *f);

#endif
