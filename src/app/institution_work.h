/* institution_work.h: the worker's jobs for institutions. */
#ifndef APP_INSTITUTION_WORK_H
#define APP_INSTITUTION_WORK_H

#include "base/buf.h"
#include "format/cidr.h"
#include "format/config.h"
#include "store/db.h"

/* Writes to contact persons 60, 30 and 7 days before a contract ends, once each. Any number of workers. */
enum err institution_work_notices(struct db *db, const struct config *config, struct fault *f);

/* Copies the limits of the settings to the table; writes [institutions] nginx_networks when its content has changed. */
enum err institution_work_networks(struct db *db, const struct config *config, struct fault *f);

/* The networks that are covered now, each once, sorted, as lines of nginx's geo. */
enum err institution_networks_text(
    struct db *db, struct cidr_limits limits, bool nginx, struct buf *out, struct fault *f);

#endif
