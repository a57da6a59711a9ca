/* origin.c: cross-site refusal by what browsers say of themselves. */
#include "web/origin.h"

bool
origin_ours(const struct request *req, const char *site_url)
{
	if (req->fetch_site.len > 0)
		return str_eq(req->fetch_site, STR("same-origin")) || str_eq(req->fetch_site, STR("none"));
	return req->origin.len == 0 || str_eq(req->origin, str_of(site_url));
}
