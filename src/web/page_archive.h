/* page_archive.h: every month in which something appeared, and what appeared in it. */
#ifndef WEB_PAGE_ARCHIVE_H
#define WEB_PAGE_ARCHIVE_H

#include "web/response.h"

enum status page_archive(struct context *cx, const struct request *req, struct response *res);
enum status page_archive_month(struct context *cx, const struct request *req, struct response *res);

#endif
