/* page_link.h: the one-time link that signs in: GET shows a button, POST sets the cookie. And signing out. */
#ifndef WEB_PAGE_LINK_H
#define WEB_PAGE_LINK_H

#include "web/response.h"

enum status page_link(struct context *cx, const struct request *req, struct response *res);

#endif
