/* page_fill.h: a page from memory, or made once for everybody who waits for it. */
#ifndef WEB_PAGE_FILL_H
#define WEB_PAGE_FILL_H

#include <jansson.h>

#include "web/response.h"

/* Builds the data of a page and says what it was made from. Gives the template's status, or an error's: then
 * nothing is rendered or kept. *data is the caller's to json_decref. */
typedef enum status (*page_maker)(struct context *cx, const struct request *req, const void *subject,
    json_t **data, struct page_tags *tags);

/* Appends the bytes of a page that is no template: a feed, a sitemap. */
typedef enum status (*page_writer)(struct context *cx, const struct request *req, const void *subject,
    struct buf *out, struct page_tags *tags);

struct page_plan {
	const char *template; /* and make; or write alone */
	page_writer write;
	const char *type; /* NULL: HTML */
	struct str path;  /* with the reader's standing and class this is the cache key */
	unsigned class;   /* which of several pages at one path: a reason, a page number */
	page_maker make;
	const void *subject;
};

/* Fills res with the page, and its cache rule: shared when the request is plain, else private. */
enum status page_fill(
    struct context *cx, const struct request *req, struct response *res, const struct page_plan *plan);

/* Renders without keeping: for pages that are one reader's own. The rule stays CACHE_NONE. */
enum status page_render(struct context *cx, struct response *res, const char *template, const json_t *data);

#endif
