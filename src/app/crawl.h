/* crawl.h: the addresses of one site, each once, in the order in which they were found. */
#ifndef APP_CRAWL_H
#define APP_CRAWL_H

#include "base/arena.h"
#include "base/str.h"

#define CRAWL_ADDRESS 2000 /* longest */

struct crawl; /* lifetime: crawl_open … crawl_close */

/* target: where the site is reached; site_url: what it calls itself in its pages. At most max addresses. */
struct crawl *crawl_open(const char *target, const char *site_url, size_t max); /* NULL: no memory */
void crawl_close(struct crawl *c);                                              /* NULL is fine */

/* An address of the site, as a page writes it or without the host. Others, files of the style and what was there before
 * are passed over; pages of forms are taken once, whatever is behind their "?". */
void crawl_add(struct crawl *c, struct str address);

/* Adds what the text leads to: attributes, srcset, <loc>, JSON, Location. */
void crawl_links(struct crawl *c, struct str text);

/* The next one, a path with its query; false: that was all. */
bool crawl_next(struct crawl *c, struct str *path);

bool crawl_full(const struct crawl *c);   /* there was more than max */
bool crawl_failed(const struct crawl *c); /* memory ran out */
size_t crawl_count(const struct crawl *c);

#endif
