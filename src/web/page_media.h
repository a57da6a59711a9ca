/* page_media.h: images of articles, behind the same decision as their text (LK7). */
#ifndef WEB_PAGE_MEDIA_H
#define WEB_PAGE_MEDIA_H

#include "web/response.h"

enum status page_media(struct context *cx, const struct request *req, struct response *res);

#endif
