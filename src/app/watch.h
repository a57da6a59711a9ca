/* watch.h: the daemon's own thread that follows the database: caches, scheduled articles, renderings, last uses. */
#ifndef APP_WATCH_H
#define APP_WATCH_H

#include "web/site.h"

struct watch;

enum err watch_start(struct watch **out, struct site *site, struct fault *f);
void watch_stop(struct watch *w);  /* NULL is fine */
bool watch_moves(struct watch *w); /* has come round since the last call */

#endif
