/* page_institution.h: /account/institution: contact persons look after the seats of theirs; the invited accept. */
#ifndef WEB_PAGE_INSTITUTION_H
#define WEB_PAGE_INSTITUTION_H

#include "web/response.h"

enum status page_institution(struct context *cx, const struct request *req, struct response *res);

#endif
