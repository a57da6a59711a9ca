/* cli_reader_data.h: the verbs that move readers' data in and out. Each returns an enum cli_exit. */
#ifndef APP_CLI_READER_DATA_H
#define APP_CLI_READER_DATA_H

struct cli;

int cli_reader_export(struct cli *cli); /* EMAIL: all that is kept about the person, as JSON */
int cli_reader_erase(struct cli *cli);  /* EMAIL: removes it and ends the sessions */
int cli_reader_import(struct cli *cli); /* FILE.csv [--dry-run] */
int cli_reader_undo(struct cli *cli);   /* BATCH: takes an import back */

#endif
