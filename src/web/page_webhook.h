/* page_webhook.h: messages of payment providers: proved, stored, acknowledged; the worker does the rest. */
#ifndef WEB_PAGE_WEBHOOK_H
#define WEB_PAGE_WEBHOOK_H

#include "web/response.h"

#define WEBHOOK_BYTES ((size_t)256 * 1024)

/* /webhooks/PROVIDER. 200: the message is on disk, now or from before. 400: it proves nothing, or says nothing. 404: no
 * such provider here. 503: it could not be stored; the provider sends it again. */
enum status page_webhook(struct context *cx, const struct request *req, struct response *res);

#endif
