/* page_discovery.h: what machines look for at known addresses: sitemaps, robots, security, manifest. */
#ifndef WEB_PAGE_DISCOVERY_H
#define WEB_PAGE_DISCOVERY_H

#include "web/response.h"

enum status page_sitemap(struct context *cx, const struct request *req, struct response *res);
enum status page_sitemap_part(struct context *cx, const struct request *req, struct response *res);
enum status page_sitemap_news(struct context *cx, const struct request *req, struct response *res);
enum status page_robots(struct context *cx, const struct request *req, struct response *res);
enum status page_security(struct context *cx, const struct request *req, struct response *res);
enum status page_manifest(struct context *cx, const struct request *req, struct response *res);

#endif
