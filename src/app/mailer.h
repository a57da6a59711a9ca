/* mailer.h: hands one finished message to the mail server, or writes it into a folder. By libcurl. */
#ifndef APP_MAILER_H
#define APP_MAILER_H

#include "format/config.h"

struct mailer; /* one connection, reused; belongs to one thread */

enum mailer_end {
	MAILER_TAKEN,      /* the server has taken it over */
	MAILER_LATER,      /* the server says to come again (4xx) */
	MAILER_AWAY,       /* no server, no TLS, no sign-in: nothing about this mail */
	MAILER_NO_ADDRESS, /* the server knows no such address (5xx at RCPT) */
	MAILER_REFUSED     /* the server refuses this mail for good */
};

/* Once, before any thread. */
enum err mailer_start(struct fault *f);

/* Checks [mail]; opens no connection yet. ERR_INVALID: a setting is wrong. */
enum err mailer_open(struct mailer **out, const struct config *cfg, struct fault *f);
void mailer_close(struct mailer *m); /* NULL is fine */
struct str mailer_from(const struct mailer *m);

/* One envelope with one recipient. message: as message_write makes it. name: of the file, where there is one.
 * reason gets the server's words. */
enum mailer_end mailer_send(
    struct mailer *m, struct str to, const char *name, struct str message, struct fault *reason);

/* One form to another server by HTTP, as WebSub asks. ERR_BUSY: it was not taken. */
enum err mailer_post(const char *url, struct str form, struct fault *f);

#endif
