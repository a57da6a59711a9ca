/* page_access.h: /account/access: why the reader can or cannot read an article, at any date; and the end of a pause. */
#ifndef WEB_PAGE_ACCESS_H
#define WEB_PAGE_ACCESS_H

#include "web/response.h"

enum status page_access(struct context *cx, const struct request *req, struct response *res);

#endif
