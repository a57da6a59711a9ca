/* page_letters.h: /account/newsletters: each list on or off, at once. */
#ifndef WEB_PAGE_LETTERS_H
#define WEB_PAGE_LETTERS_H

#include "web/router.h"

enum status page_letters(struct context *cx, const struct request *req, struct response *res);

#endif
