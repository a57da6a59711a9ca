/* page_feed_private.h: /feed/TOKEN.atom and .json: the newest articles, as far as the key's owner may read them. */
#ifndef WEB_PAGE_FEED_PRIVATE_H
#define WEB_PAGE_FEED_PRIVATE_H

#include "web/response.h"

enum status page_feed_private(struct context *cx, const struct request *req, struct response *res);

#endif
