/* page_newsletter.h: signing up, confirming, leaving, and issues online. */
#ifndef WEB_PAGE_NEWSLETTER_H
#define WEB_PAGE_NEWSLETTER_H

#include "web/response.h"

enum status page_newsletter(struct context *cx, const struct request *req, struct response *res);
enum status page_newsletter_confirm(struct context *cx, const struct request *req, struct response *res);
enum status page_newsletter_leave(struct context *cx, const struct request *req, struct response *res);

/* page_issue.c: a list with its issues, one issue; both by what everybody may read. */
enum status page_newsletter_list(struct context *cx, const struct request *req, struct response *res);
enum status page_newsletter_issue(struct context *cx, const struct request *req, struct response *res);

/* The desk of core/newsletter.h for this request. db: a writer, or the entitled connection to look only. */
struct newsletter_desk page_newsletter_desk(struct context *cx, const struct request *req, struct db *db);

#endif
