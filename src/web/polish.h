/* polish.h: pages that are asked for again and again are compressed as well as can be, in an idle thread. */
#ifndef WEB_POLISH_H
#define WEB_POLISH_H

#include "base/memo.h"
#include "web/page_cache.h"

/* Hits after which a page is worth half a millisecond of an idle processor, and 40. */
#define POLISH_QUICK 4u
#define POLISH_BEST 64u

struct polish;

enum err polish_start(struct polish **out, struct memo *pages);
void polish_stop(struct polish *p); /* NULL is fine */

/* Asks for a better form of the page kept under key; forgotten when many are waiting. Takes a reference of its own. */
void polish_want(struct polish *p, struct str key, struct page *page);

#endif
