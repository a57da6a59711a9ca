/* page_feed_key.h: /account/feeds: addresses of private feeds, made and revoked. */
#ifndef WEB_PAGE_FEED_KEY_H
#define WEB_PAGE_FEED_KEY_H

#include "web/response.h"

enum status page_feed_key(struct context *cx, const struct request *req, struct response *res);

#endif
