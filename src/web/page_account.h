/* page_account.h: /account: the subscription in plain words, and why an article can be read. */
#ifndef WEB_PAGE_ACCOUNT_H
#define WEB_PAGE_ACCOUNT_H

#include "web/router.h"

enum status page_account(struct context *cx, const struct request *req, struct response *res);

#endif
