/* polish.h: pages that are asked for again and again are compressed as well as can be, in an idle thread. */
#ifndef WEB_POLISH_H
#define WEB_POLISH_H

#include "base/memo.h"
#include "web/page_cache.h"

#define POLISH_AFTER 16u /* hits */

struct polish;

enum err polish_start(struct polish **out, struct memo *pages);
void polish_stop(struct polish *p); /* NULL is fine */

/* Asks for a better form of the page kept under key; forgotten when many are waiting. Takes a reference of its own. */
void polish_want(struct polish *p, struct str key, struct page *page);

#endif
