/* cli_history.h: two verbs below `article`: what it was, and what readers are told. */
#ifndef APP_CLI_HISTORY_H
#define APP_CLI_HISTORY_H

#include "app/cli.h"

int cli_article_correct(struct cli *cli); /* SLUG NOTE */
int cli_article_history(struct cli *cli); /* SLUG [--show ID] */

/* The article whose slug is the verb's first argument. */
enum err cli_article_id(struct cli *cli, struct db *db, int64_t *id, struct fault *f);

#endif
