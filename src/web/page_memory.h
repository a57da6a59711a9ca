/* page_memory.h: the cache of pages as the configuration wants it: so much memory, so much of the disk. */
#ifndef WEB_PAGE_MEMORY_H
#define WEB_PAGE_MEMORY_H

#include "base/memo.h"
#include "format/settings.h"

enum err page_memory_open(struct memo **out, const struct config *cfg);

/* Starts a thread. Without a file, which is logged, there is memory alone. */
void page_memory_deepen(struct memo *pages, const struct config *cfg);

#endif
