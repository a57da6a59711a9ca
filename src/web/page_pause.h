/* page_pause.h: /account/pause: a reader's subscription rests for some days, as far as the plan allows; pauses to come. */
#ifndef WEB_PAGE_PAUSE_H
#define WEB_PAGE_PAUSE_H

#include "web/response.h"

enum status page_pause(struct context *cx, const struct request *req, struct response *res);

#endif
