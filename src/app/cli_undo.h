/* cli_undo.h: the verb `undo BATCH` of every kind of import. */
#ifndef APP_CLI_UNDO_H
#define APP_CLI_UNDO_H

#include "app/cli.h"

/* What takes a run back, and says in *out what came of it. */
typedef enum err cli_undo_act(struct db *db, int64_t batch, void *out, struct fault *f);

/* Reads the batch's number and acts on it. CLI_OK: *out is there to be told; else what was wrong is said. */
int cli_undo(struct cli *cli, cli_undo_act *act, void *out);

#endif
