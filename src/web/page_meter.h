/* page_meter.h: POST /free-read: spends a free read on one metered article, and goes back to it. */
#ifndef WEB_PAGE_METER_H
#define WEB_PAGE_METER_H

#include "web/visit.h"
#include "web/response.h"

enum status page_free_read(struct context *cx, const struct request *req, struct response *res);

/* Hands the card to the browser, until nothing in it counts any more. */
enum err page_meter_cookie(
    struct context *cx, struct response *res, const struct meter_card *card, int64_t now);

#endif
