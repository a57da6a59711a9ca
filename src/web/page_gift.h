/* page_gift.h: giving an article (POST /gift), opening a gift (/gift/TOKEN), and the giver's list (/account/gifts). */
#ifndef WEB_PAGE_GIFT_H
#define WEB_PAGE_GIFT_H

#include "web/response.h"

enum status page_give(struct context *cx, const struct request *req, struct response *res);
enum status page_gift(struct context *cx, const struct request *req, struct response *res);
enum status page_gifts(struct context *cx, const struct request *req, struct response *res);

#endif
