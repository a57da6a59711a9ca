/* cache_room.h: the caches as the configuration wants them: so much memory, so much of the disk. */
#ifndef WEB_CACHE_ROOM_H
#define WEB_CACHE_ROOM_H

#include "base/memo.h"
#include "core/paywall.h"
#include "format/settings.h"

enum err cache_room_pages(struct memo **out, const struct config *cfg);

/* Gives pages and the rights of articles a file each. Starts threads. Without a file, which is logged, there is memory alone. */
void cache_room_deepen(struct memo *pages, struct paywall *pw, const struct config *cfg);

#endif
