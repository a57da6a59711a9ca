/* invalidate.h: which pages and facts a committed change ends. */
#ifndef WEB_INVALIDATE_H
#define WEB_INVALIDATE_H

#include "store/changes.h"
#include "web/site.h"

/* db: any connection of the calling thread; it tells which lists an article stands in now. */
void invalidate_change(struct site *site, struct db *db, const struct change *change);

/* A scheduled article has appeared: every list may have to show it. */
void invalidate_lists(struct site *site);

#endif
