/* reader_batch.h: runs of imports of readers, each undone as a whole. DB_WRITER. */
#ifndef STORE_READER_BATCH_H
#define STORE_READER_BATCH_H

#include "store/db.h"

/* These three within the caller's transaction. subscription_id 0: the account itself was added. */
enum err reader_batch_begin(struct db *db, struct str file, int64_t *id);
enum err reader_batch_item(struct db *db, int64_t id, int64_t subscriber_id, int64_t subscription_id);
enum err reader_batch_done(struct db *db, int64_t id, int64_t accounts, int64_t periods);

/* Ends the periods of the run, and removes the accounts that it made and that nobody has used for anything since; in one
 * transaction. ERR_NOT_FOUND: no such run, or undone before. */
struct reader_undone {
	int64_t periods, accounts;
	int64_t kept; /* accounts that are in use */
};
enum err reader_batch_undo(
    struct db *db, int64_t id, int64_t now, struct reader_undone *out, struct fault *f);

#endif
