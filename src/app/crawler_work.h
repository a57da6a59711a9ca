/* crawler_work.h: the worker's part of knowing search engines: reads their list, looks up addresses. */
#ifndef APP_CRAWLER_WORK_H
#define APP_CRAWLER_WORK_H

#include "base/buf.h"
#include "format/config.h"
#include "store/db.h"

/* The published ranges into the table, or out of it when the setting is empty. A list that is wrong or gone leaves the one
 * before it, for a week. */
enum err crawler_work_list(struct db *db, const struct config *cfg, struct fault *f);

/* A few of the addresses that asked. */
enum err crawler_work_lookups(struct db *db, const struct config *cfg, struct fault *f);

/* Adds the verified networks to nginx's list, as lines "192.0.2.0/24 1;". Nothing when [crawlers] is off. */
enum err crawler_networks_text(struct db *db, const struct config *cfg, struct buf *out, struct fault *f);

#endif
