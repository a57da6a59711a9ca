/* cli_institution.h: what the files of poterne institution share. */
#ifndef APP_CLI_INSTITUTION_H
#define APP_CLI_INSTITUTION_H

#include "app/cli.h"
#include "format/cidr.h"
#include "store/institution_store.h"

/* The institution that argument i names. */
enum err cli_institution_find(
    struct cli *cli, struct db *db, int i, struct institution *out, struct fault *f);

/* The institution as one row of a list, after something was done. */
int cli_institution_print(struct cli *cli, struct db *db, int64_t id);

struct cidr_limits cli_institution_limits(const struct cli *cli);

/* Verbs. */
int cli_institution_grant(struct cli *cli);
int cli_institution_end(struct cli *cli);
int cli_institution_paid(struct cli *cli);
int cli_institution_suspend(struct cli *cli);
int cli_institution_resume(struct cli *cli);
int cli_institution_domain(struct cli *cli);
int cli_institution_network(struct cli *cli);
int cli_institution_contact(struct cli *cli);
int cli_institution_seat(struct cli *cli);
int cli_institution_import(struct cli *cli);
int cli_institution_undo(struct cli *cli);
int cli_institution_networks(struct cli *cli);

#endif
