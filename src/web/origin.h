/* origin.h: refuses requests that another site made a browser send. */
#ifndef WEB_ORIGIN_H
#define WEB_ORIGIN_H

#include <stdbool.h>

#include "web/request.h"

/* Whether an unsafe method may act: Sec-Fetch-Site decides when the browser sends it, else Origin, which must be the
 * site's own URL. Neither: not a browser of this decade, and SameSite=Lax keeps the cookie at home (SE10). */
bool origin_ours(const struct request *req, const char *site_url);

#endif
