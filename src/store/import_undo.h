/* import_undo.h: a run of an import is undone once, and as a whole. DB_WRITER. */
#ifndef STORE_IMPORT_UNDO_H
#define STORE_IMPORT_UNDO_H

#include "store/db.h"

/* Takes back what run `id` has added, into *out what that was; within the transaction. */
typedef enum err import_undo_rows(struct db *db, int64_t id, int64_t now, void *out);

/* mark: the statement that sets undone_at = $1 of run $2 unless it is set. ERR_NOT_FOUND: no such run, or undone before. */
enum err import_undo(struct db *db, const char *mark, import_undo_rows *rows, int64_t id, int64_t now,
    void *out, struct fault *f);

#endif
