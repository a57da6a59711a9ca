/* response.h: what a handler fills, and the one place that sends it. */
#ifndef WEB_RESPONSE_H
#define WEB_RESPONSE_H

#include "web/fastcgi.h"
#include "web/page_cache.h"
#include "web/request.h"
#include "web/site.h"

enum cache_rule {
	CACHE_NONE,    /* no-store: accounts, tokens, errors of ours */
	CACHE_PRIVATE, /* private, no-cache: the reader's browser may keep it, and asks each time */
	CACHE_FILE,    /* public for a day: a file whose name changes with its content */
	CACHE_SHARED   /* public for [cache] seconds: the same bytes for everybody without a cookie */
};

struct response {
	enum status status;
	enum cache_rule cache;
	const struct page *page; /* a finished page, released after sending; else: */
	const char *type;
	struct str body;  /* the arena's */
	struct str lines; /* further header lines */
};

/* Adds "NAME: VALUE"; ERR_INVALID when a byte of it may not stand in a header, ERR_MEMORY. */
enum err response_line(struct response *res, struct arena *a, const char *name, struct str value);

/* Location: the site's own URL and path (canonical, escaped), with query when it is not empty. */
enum status response_redirect(
    struct response *res, struct context *cx, enum status status, struct str path, struct str query);

/* What a store's error comes to: 200, 404, 503, or 500, which is logged as event with the engine's sentence. */
enum status response_error(const struct db *db, const char *event, enum err e);

/* A 304 when the reader has the page already (RFC 9110 13.2). Always sends exactly one answer. */
void response_send(
    struct response *res, const struct request *req, struct context *cx, struct fastcgi_request *fcgi);

#endif
