/* mail_write.h: a row of the outbox made into the message that leaves. */
#ifndef APP_MAIL_WRITE_H
#define APP_MAIL_WRITE_H

#include "core/letter.h"
#include "core/press.h"
#include "store/outbox_store.h"
#include "web/site.h"

/* One thread's. All but setup may be zero. */
struct mail_writer {
	const struct setup *setup;
	struct letter letter;
	struct press *press; /* opened at the first newsletter */
	struct buf message;
};

void mail_writer_close(struct mail_writer *w);

/* The mail's name, the same each time it is tried: Message-ID, part boundary, file name. */
#define MAIL_NAME 40
void mail_name(const struct mail_writer *w, const struct outbox_row *row, char out[MAIL_NAME + 1]);

/* Fills w->message. ERR_DENIED: a list for subscribers, and the reader is none; ERR_MEMORY, ERR_BUSY: later; other errors:
 * it can never be written. */
enum err mail_write(
    struct mail_writer *w, const struct outbox_row *row, const char *id, struct str from, struct fault *f);

#endif
