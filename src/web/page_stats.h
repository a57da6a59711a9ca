/* page_stats.h: the editors' page of figures: sums a day and an article, drawn, about nobody. */
#ifndef WEB_PAGE_STATS_H
#define WEB_PAGE_STATS_H

#include "web/response.h"

enum status page_stats(
    struct context *cx, const struct request *req, struct response *res); /* 404 but for staff */

#endif
