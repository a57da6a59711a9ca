/* router.h: from an arrived request to the one answer: spelling, route, method, origin, input, reader, handler. */
#ifndef WEB_ROUTER_H
#define WEB_ROUTER_H

#include "web/response.h"

typedef enum status (*route_handler)(struct context *cx, const struct request *req, struct response *res);

enum route_flag {
	ROUTE_GET = 1,        /* GET and HEAD */
	ROUTE_POST = 2,       /* only from our own pages, unless: */
	ROUTE_ANY_ORIGIN = 4, /* a stated exemption: the message proves itself */
	ROUTE_NO_READER = 8   /* who reads makes no difference: the cookie is not looked at */
};

struct route {
	const char *pattern; /* "/author/:slug": a :name matches one whole segment */
	unsigned flags;
	route_handler handle;
	size_t input_max; /* bytes of a POST's body */
};

extern const struct route routes[]; /* routes.c; the first match counts; ends with pattern NULL */

/* The fastcgi handler. context is a struct context *. */
void router_handle(void *context, struct fastcgi_request *fcgi);

/* Whether a canonical path matches a pattern; its :names go to args. */
bool route_match(const char *pattern, struct str path, struct str args[REQUEST_ARGS]);

#endif
