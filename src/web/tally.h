/* tally.h: one more of what readers do, as a sum; a browser that objects is not counted (AU3). */
#ifndef WEB_TALLY_H
#define WEB_TALLY_H

#include "core/counters.h"
#include "web/request.h"
#include "web/site.h"

/* article_id 0: of the site as a whole. */
void tally_add(struct context *cx, const struct request *req, enum counter kind, int64_t article_id);

/* Of the article at an own path; any other path: of the site. */
void tally_add_from(struct context *cx, const struct request *req, enum counter kind, struct str path);

#endif
