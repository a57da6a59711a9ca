/* issue_send.h: an issue of a newsletter from its file to the outbox. */
#ifndef APP_ISSUE_SEND_H
#define APP_ISSUE_SEND_H

#include "app/cli.h"
#include "store/newsletter_store.h"

struct issue_sending {
	const char *file;
	const char *test; /* the one address that gets it for a trial; NULL: all readers of the list */
	bool dry;         /* only tells what would happen */
};

/* Queues the issue, and says so on standard output. The same file again goes on where it was broken off. */
enum err issue_send(struct cli *cli, struct db *db, const struct newsletter_row *list,
    const struct issue_sending *what, struct fault *f);

#endif
