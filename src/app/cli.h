/* cli.h: what every verb of the command line shares: options, refusals, tables. */
#ifndef APP_CLI_H
#define APP_CLI_H

#include <jansson.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "format/config.h"
#include "store/db.h"

/* sysexits(3): EX_OK 0, EX_USAGE 64, EX_CONFIG 78; refused or not found is 1. */
enum cli_exit { CLI_OK = 0, CLI_REFUSED = 1, CLI_USAGE = 64, CLI_CONFIG = 78 };

struct cli {
	const struct config *config;
	struct arena *arena;
	bool json; /* --json was given */
	int argc;  /* what is left after the verb; options are taken out as they are read */
	char **argv;
	const char *usage; /* of this verb, for refusals */
	/* Where the configuration came from, for those who read it again on SIGHUP. */
	const char *config_file; /* may be NULL */
	const struct str *sets;
	size_t set_count;
};

/* Takes an option, named with its dashes ("--link"), out of the arguments; true when it stood there. */
bool cli_flag(struct cli *cli, const char *name);

/* Takes "NAME VALUE" or "NAME=VALUE" out; NULL when absent. A missing value makes cli_arguments refuse. */
const char *cli_option(struct cli *cli, const char *name);

/* After all options are read: refuses what still looks like an option and a count of arguments outside min..max. */
bool cli_arguments(struct cli *cli, int min, int max);

/* Prints "poterne: SENTENCE" on stderr and returns the exit status that fits e. */
int cli_fail(enum err e, const struct fault *f);
int cli_usage(const struct cli *cli);

struct cli_verb {
	const char *name, *usage; /* usage NULL: that of the whole */
	int (*run)(struct cli *cli);
};

/* Takes the first argument out and runs the verb of that name; another, or none, is a fault of usage. */
int cli_run(struct cli *cli, const struct cli_verb *verbs, size_t n);

/* Opens the database in the role, refusing one that is not migrated, with the reason printed; NULL then. */
struct db *cli_database(struct cli *cli, enum db_role role);

struct cli_column {
	const char *key, *title; /* member of the row object; heading */
	bool right;              /* numbers stand right */
};

/* Prints an array of objects as a table, or as JSON with --json (all members). Takes over the reference to rows. */
int cli_print(struct cli *cli, json_t *rows, const struct cli_column *columns, size_t n);

/* A bar on stderr when it is a terminal; call with done == total to end the line. */
void cli_progress(const char *what, size_t done, size_t total);

#endif
