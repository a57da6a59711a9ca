/* cli_reader.c: readers are named by their address. */
#include "app/cli_reader.h"

enum err
cli_reader_find(struct cli *cli, struct db *db, struct subscriber *out, struct fault *f)
{
	char email[SUBSCRIBER_EMAIL + 1];
	enum err e;

	if (!subscriber_email(str_of(cli->argv[0]), email))
		return fault_set(f, ERR_INVALID, "%.260s is not an e-mail address", cli->argv[0]);
	e = subscriber_store_by_email(db, cli->arena, str_of(email), out);
	if (e == ERR_NOT_FOUND)
		return fault_set(f, e, "there is no subscriber %.260s", cli->argv[0]);
	return e == ERR_NONE ? e : fault_set(f, e, "%s", db_message(db));
}
