/* settings.h: what poterne.conf says, as the program reads it. */
#ifndef FORMAT_SETTINGS_H
#define FORMAT_SETTINGS_H

#include <stdint.h>

/* Texts are never NULL; empty where poterne.conf(5) says that nothing is needed. Paths are as they were written. */
struct config {
	const char *site_name, *site_tagline;
	const char *site_url;          /* scheme and host, no trailing slash: every link is built from it */
	const char *site_language;     /* picks templates/locales/LANGUAGE.json and the typography */
	const char *site_timezone;     /* spelt like a zone; clock_zone knows whether there is one */
	const char *site_publisher;    /* who is responsible for the data, in the privacy notice */
	const char *site_contact;      /* address for readers' questions */
	const char *database, *keys;   /* SQLite file; folder of the session key ring, 0700 */
	const char *templates, *theme; /* shipped; the publication's own, may be empty */
	const char *media;             /* images of articles, served below /media/ */
	const char *sql, *scripts;     /* shipped migrations; the publication's own, may be empty */
	const char *statics;           /* [paths] static: served by nginx; read here for hashes */
	const char *passwords;         /* file of those that nobody may choose */
	const char *socket;            /* FastCGI socket when none is passed in */
	int64_t socket_mode, threads;  /* mode bits; size of the pool */
	const char *log;               /* error, warning, info or debug */
	int64_t timeout_s;             /* a peer that neither sends nor reads for so long is dropped */
	int64_t peer_uid;              /* may connect besides root and our own; -1: any */
	int64_t cache_pages, cache_disk, cache_facts; /* bytes */
	int64_t cache_seconds;                        /* life of anonymous pages in nginx */
	const char *teaser;                           /* default limit: "20%", "3 paragraphs", "120 words" */
	int64_t words_per_minute;
	int64_t outline;                            /* 1: headings of hidden parts are free */
	const char *image_widths;                   /* of the smaller versions */
	int64_t related, page_size;                 /* cards below an article, 3 to 6; cards on a list page */
	const char *feeds_hub;                      /* WebSub hub; empty: none */
	const char *mail_transport, *mail_folder;   /* file or smtp; where file writes */
	const char *mail_smtp_url, *mail_tls;       /* smtp:// or smtps://; yes, or no to this machine */
	const char *mail_ca_file;                   /* empty: the system's authorities */
	const char *mail_user, *mail_password_file; /* empty: no sign-in */
	const char *mail_from, *mail_from_name;     /* empty: site_contact, site_name */
	const char *mail_dkim_selector;             /* of the key that the mail server signs with */
	int64_t mail_per_day;                       /* mails that forms may cause in a day */
	int64_t mail_pace, mail_connections;        /* newsletters a second; at the same time */
	int64_t mail_timeout_s;
	int64_t meter_free_reads;      /* a month, of readers with an account; 0: none */
	int64_t meter_anonymous_reads; /* a month, of strangers; 0: none */
	int64_t meter_network_reads;   /* a month, of all strangers of a network together; 0: no limit */
	int64_t gift_per_month, gift_life_s, gift_readers; /* per_month 0: no gifts */
	const char *payment_stripe_secrets;                /* a file, one secret a line; empty: no webhook */
	const char *payment_mode;                          /* live or test: which messages count */
	const char *payment_account; /* of the messages that name one; empty: none may */
	int64_t payment_grace_s;     /* reading goes on for so long after a paid period */
	const char *crawler_ranges;  /* a file of published ranges; empty: none */
	const char
	    *crawler_names; /* domains of search engines, between blanks; empty: nothing is looked up */
	int64_t session_idle_s, session_life_s, link_life_s;
	int64_t signin_life_s;            /* of a mailed link and code */
	int64_t signin_registration;      /* 1: an address without an account may make one */
	int64_t signin_recent_s;          /* what needs a recent sign-in needs one that is younger */
	int64_t widest_ipv4, widest_ipv6; /* of institutions' networks: shortest lengths */
	const char *nginx_networks; /* covered networks for nginx, written by the worker; may be empty */
};

#endif
