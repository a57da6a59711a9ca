#ifndef CORE_PUBLISH_H
#define CORE_PUBLISH_H
#include "format/config.h"
#include "store/db.h"
enum err publish_stale(struct db *db, const struct config *cfg, struct fault *f);
#endif
