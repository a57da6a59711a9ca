/* page_subscribe.h: what there is to subscribe to, what it costs, and the way to pay. */
#ifndef WEB_PAGE_SUBSCRIBE_H
#define WEB_PAGE_SUBSCRIBE_H

#include "web/response.h"

enum status page_subscribe(struct context *cx, const struct request *req, struct response *res);

#endif
