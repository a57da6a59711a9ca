/* page_login.h: /login, /login/code, /login/password, /login/TOKEN and /logout. */
#ifndef WEB_PAGE_LOGIN_H
#define WEB_PAGE_LOGIN_H

#include "web/router.h"

enum status page_login(struct context *cx, const struct request *req, struct response *res);
enum status page_login_code(struct context *cx, const struct request *req, struct response *res);
enum status page_login_password(struct context *cx, const struct request *req, struct response *res);
enum status page_login_link(struct context *cx, const struct request *req, struct response *res);
enum status page_logout(struct context *cx, const struct request *req, struct response *res);

#endif
