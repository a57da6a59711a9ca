/* import.h: files of articles stored, many a second, each whole or not at all. */
#ifndef APP_IMPORT_H
#define APP_IMPORT_H

#include "app/cli.h"

struct import_result {
	size_t added, replaced, refused;
};

/* Stores the files named in cli's arguments, and the *.md files in folders and below, in the order of their names. What is wrong with a file is
 * printed and counted. An error is the database's or the machine's: files before it are stored. */
enum err import_run(struct cli *cli, struct db *db, bool dry_run, struct import_result *out, struct fault *f);

#endif
