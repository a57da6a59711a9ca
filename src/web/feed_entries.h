/* feed_entries.h: articles as entries of a feed. */
#ifndef WEB_FEED_ENTRIES_H
#define WEB_FEED_ENTRIES_H

#include "format/feed.h"
#include "store/article_store.h"
#include "web/site.h"

#define FEED_ENTRIES 20 /* articles a feed */

/* html: what of it may be read. False: out of memory. */
bool feed_entry(struct context *cx, const struct article *art, struct str html, struct feed_entry *out);

struct str feed_address(struct context *cx, struct str path); /* absolute */

#endif
