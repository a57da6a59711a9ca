/* page_search.h: /search?q=, and how browsers learn of it. */
#ifndef WEB_PAGE_SEARCH_H
#define WEB_PAGE_SEARCH_H

#include "web/response.h"

enum status page_search(struct context *cx, const struct request *req, struct response *res);
enum status page_opensearch(struct context *cx, const struct request *req, struct response *res);

#endif
