/* cli_undo.c: a number, a writer, one act. */
#include "app/cli_undo.h"

int
cli_undo(struct cli *cli, cli_undo_act *act, void *out)
{
	struct fault f = {""};
	struct db *db;
	int64_t batch;
	enum err e;

	if (!cli_arguments(cli, 1, 1) || !str_to_int(str_of(cli->argv[0]), 1, INT64_MAX, &batch))
		return cli_usage(cli);
	if ((db = cli_database(cli, DB_WRITER)) == NULL)
		return CLI_REFUSED;
	e = act(db, batch, out, &f);
	db_close(db);
	return e == ERR_NONE ? CLI_OK : cli_fail(e, &f);
}
