/* mailroom.h: the worker's threads that take mail from the outbox and hand it to the mail server. */
#ifndef APP_MAILROOM_H
#define APP_MAILROOM_H

#include "web/site.h"

struct mailroom;

/* Opens [mail] connections desks, each with its own database connection, and starts them. setup must outlive them. */
enum err mailroom_open(struct mailroom **out, struct setup *setup, struct fault *f);
void mailroom_close(struct mailroom *room); /* lets each desk finish the mail in its hands; NULL is fine */

/* Sends what is due and returns, for work --once. */
enum err mailroom_once(struct setup *setup, struct fault *f);

#endif
