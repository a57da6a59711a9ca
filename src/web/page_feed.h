/* page_feed.h: Atom and JSON feeds of the site, a section, an author, a tag: what is free of each article. */
#ifndef WEB_PAGE_FEED_H
#define WEB_PAGE_FEED_H

#include "web/response.h"

enum status page_feed_site(struct context *cx, const struct request *req, struct response *res);
enum status page_feed_section(struct context *cx, const struct request *req, struct response *res);
enum status page_feed_author(struct context *cx, const struct request *req, struct response *res);
enum status page_feed_tag(struct context *cx, const struct request *req, struct response *res);

#endif
