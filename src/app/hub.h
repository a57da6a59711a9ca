/* hub.h: tells the publication's WebSub hub which feeds have changed. */
#ifndef APP_HUB_H
#define APP_HUB_H

#include "format/config.h"
#include "store/db.h"

/* Every feed of the site and its sections that changed since the hub was last told. Nothing without [feeds] hub.
 * ERR_BUSY: the hub did not take it; told again later. DB_WRITER. */
enum err hub_tell(struct db *db, const struct config *cfg, int64_t now, struct fault *f);

#endif
