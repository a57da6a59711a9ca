/* payment_export.h: what a provider's own list of subscriptions says against what is known here. Changes nothing. */
#ifndef APP_PAYMENT_EXPORT_H
#define APP_PAYMENT_EXPORT_H

#include <jansson.h>

#include "base/arena.h"
#include "base/err.h"
#include "store/db.h"

/* text: a CSV with the columns id and Status, and if there are Customer ID and Current Period End (UTC), as Stripe writes
 * its subscriptions. Appends an object {line, subscription, drift, there, here} a difference to rows. ERR_INVALID with
 * "LABEL:LINE: why" when it cannot be read. */
enum err payment_export_compare(
    struct db *db, struct arena *a, struct str text, const char *label, json_t *rows, struct fault *f);

#endif
