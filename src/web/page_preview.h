/* page_preview.h: an article as it will be, for whoever has the editor's link. */
#ifndef WEB_PAGE_PREVIEW_H
#define WEB_PAGE_PREVIEW_H

#include "web/response.h"

enum status page_preview(struct context *cx, const struct request *req, struct response *res);

#endif
