/* page_static.h: pages that are all words: privacy, legal, accessibility, those of the publication. */
#ifndef WEB_PAGE_STATIC_H
#define WEB_PAGE_STATIC_H

#include "web/response.h"

/* At /SLUG, from table page; 404 when there is none. */
enum status page_written(struct context *cx, const struct request *req, struct response *res);
enum status page_words(struct context *cx, const struct request *req, struct response *res);

#endif
