/* cli_institution_bulk.c: poterne institution import, undo, networks. */
#include "app/cli_undo.h"
#include "app/cli_institution.h"

#include <string.h>

#include "app/institution_import.h"
#include "app/institution_work.h"
#include "base/clock.h"
#include "base/file.h"
#include "store/institution_batch.h"

#define CSV_MAX ((size_t)128 << 20)

int
cli_institution_import(struct cli *cli)
{
	struct institution_import in = {.dry = cli_flag(cli, "--dry-run"), .report = stderr};
	struct str text = STR_NONE;
	struct fault f = {""};
	struct db *db;
	enum err e;

	if (!cli_arguments(cli, 2, 2))
		return cli_usage(cli);
	in.networks = strcmp(cli->argv[0], "networks") == 0;
	if (!in.networks && strcmp(cli->argv[0], "seats") != 0)
		return cli_usage(cli);
	in.label = cli->argv[1];
	in.limits = cli_institution_limits(cli);
	if ((e = file_read(cli->arena, in.label, CSV_MAX, &text, &f)) != ERR_NONE)
		return cli_fail(e, &f);
	if ((db = cli_database(cli, DB_WRITER)) == NULL)
		return CLI_REFUSED;
	(void)institution_store_limits(db, cli->config->widest_ipv4, cli->config->widest_ipv6);
	e = institution_import_csv(db, text, &in, &f);
	db_close(db);
	if (e != ERR_NONE)
		return cli_fail(e, &f);
	if (in.dry)
		return printf("dry run: %lld %s would be added, %lld are there already\n",
		           (long long)in.added, cli->argv[0], (long long)in.unchanged) < 0
		           ? CLI_REFUSED
		           : CLI_OK;
	return printf("batch %lld: %lld %s added, %lld were there already\n", (long long)in.batch,
	           (long long)in.added, cli->argv[0], (long long)in.unchanged) < 0
	           ? CLI_REFUSED
	           : CLI_OK;
}

static enum err
undo(struct db *db, int64_t batch, void *out, struct fault *f)
{
	return institution_batch_undo(db, batch, clock_now(), out, f);
}

int
cli_institution_undo(struct cli *cli)
{
	struct institution_undone undone;
	int status = cli_undo(cli, undo, &undone);

	if (status != CLI_OK)
		return status;
	return printf("undone: %lld networks, %lld seats, %lld invitations\n", (long long)undone.networks,
	           (long long)undone.seats, (long long)undone.invitations) < 0
	           ? CLI_REFUSED
	           : CLI_OK;
}

int
cli_institution_networks(struct cli *cli)
{
	bool nginx = cli_flag(cli, "--nginx");
	struct buf out = BUF_EMPTY;
	struct fault f = {""};
	struct db *db;
	int status;
	enum err e;

	if (!cli_arguments(cli, 0, 0))
		return cli_usage(cli);
	if ((db = cli_database(cli, DB_PUBLIC)) == NULL)
		return CLI_REFUSED;
	e = institution_networks_text(db, cli_institution_limits(cli), nginx, &out, &f);
	db_close(db);
	if (e == ERR_NONE && out.len > 0 &&
	    (fwrite(out.data, 1, out.len, stdout) != out.len || fflush(stdout) != 0))
		e = fault_set(&f, ERR_INTERNAL, "standard output cannot be written");
	status = e == ERR_NONE ? CLI_OK : cli_fail(e, &f);
	buf_free(&out);
	return status;
}
