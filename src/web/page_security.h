/* page_security.h: /account/password, /account/email, /account/email/TOKEN. */
#ifndef WEB_PAGE_SECURITY_H
#define WEB_PAGE_SECURITY_H

#include "web/router.h"

enum status page_password(struct context *cx, const struct request *req, struct response *res);
enum status page_email(struct context *cx, const struct request *req, struct response *res);
enum status page_email_link(struct context *cx, const struct request *req, struct response *res);
enum status page_change_password(struct context *cx, const struct request *req, struct response *res);

#endif
