/* cli_reader.h: the reader whom a verb's first argument names. */
#ifndef APP_CLI_READER_H
#define APP_CLI_READER_H

#include "app/cli.h"
#include "store/subscriber_store.h"

/* ERR_NOT_FOUND, ERR_INVALID (no address) with the sentence. Not DB_PUBLIC. */
enum err cli_reader_find(struct cli *cli, struct db *db, struct subscriber *out, struct fault *f);

#endif
