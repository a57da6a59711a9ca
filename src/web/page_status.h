/* page_status.h: the pages of errors and redirects, and what machines ask the daemon about itself. */
#ifndef WEB_PAGE_STATUS_H
#define WEB_PAGE_STATUS_H

#include "web/response.h"

/* Fills res with the site's page for res->status; a bare sentence when even that cannot be made. */
void page_status(struct context *cx, const struct request *req, struct response *res);

enum status page_healthz(struct context *cx, const struct request *req, struct response *res);
enum status page_metrics(struct context *cx, const struct request *req, struct response *res);

#endif
