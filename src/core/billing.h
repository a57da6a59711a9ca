/* billing.h: from stored messages of payment providers to periods of readers. */
#ifndef CORE_BILLING_H
#define CORE_BILLING_H

#include "format/config.h"
#include "store/db.h"

/* Works off what has arrived, for at most budget_us, and gives customers who have an account by now what they paid for.
 * A transaction takes a batch whole: a message and its effect are committed together, and two workers never work on the
 * same. *done: messages worked off. */
enum err billing_run(
    struct db *db, const struct config *cfg, int64_t now, int64_t budget_us, int64_t *done, struct fault *f);

/* Empties and forgets what is too old to be of use. */
enum err billing_purge(struct db *db, int64_t now, int64_t *n, struct fault *f);

#endif
