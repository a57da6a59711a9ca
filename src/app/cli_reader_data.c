/* cli_reader_data.c: poterne subscriber export, erase, import. */
#include "app/cli_reader_data.h"

#include "app/cli.h"
#include "app/reader_import.h"
#include "base/clock.h"
#include "base/file.h"
#include "core/personal.h"
#include "core/newsletter.h"
#include "store/erased_store.h"
#include "store/subscriber_store.h"

#define CSV_MAX ((size_t)128 << 20)

static enum err
find_reader(struct cli *cli, struct db *db, struct subscriber *out, struct fault *f)
{
	enum err e = subscriber_store_by_email(db, cli->arena, str_of(cli->argv[0]), out);

	if (e == ERR_NOT_FOUND)
		return fault_set(f, e, "there is no subscriber %.260s", cli->argv[0]);
	return e == ERR_NONE ? e : fault_set(f, e, "%s", db_message(db));
}

int
cli_reader_export(struct cli *cli)
{
	json_t *all = NULL;
	struct subscriber reader;
	struct fault f = {""};
	struct db *db = NULL;
	enum err e;

	if (!cli_arguments(cli, 1, 1))
		return cli_usage(cli);
	if ((db = cli_database(cli, DB_ENTITLED)) == NULL)
		return CLI_REFUSED;
	e = find_reader(cli, db, &reader, &f);
	if (e == ERR_NONE && (e = personal_json(db, reader.id, &all)) != ERR_NONE)
		(void)fault_set(&f, e, "%s", e == ERR_MEMORY ? "out of memory" : db_message(db));
	if (e == ERR_NONE && (json_dumpf(all, stdout, JSON_INDENT(2)) != 0 || fputc('\n', stdout) == EOF))
		e = fault_set(&f, ERR_INTERNAL, "standard output cannot be written");
	db_close(db);
	json_decref(all);
	return e == ERR_NONE ? CLI_OK : cli_fail(e, &f);
}

/* The address is noted as forgotten with it, so that no import brings it back. */
static enum err
erase(struct cli *cli, struct db *db, const struct subscriber *reader, struct fault *f)
{
	struct lasting lasting;
	struct newsletter_desk desk = {.db = db,
	    .arena = cli->arena,
	    .config = cli->config,
	    .lasting = &lasting,
	    .form = STR("subscriber erase"),
	    .now = clock_now()};
	enum err e = lasting_load(cli->config->keys, &lasting, f);

	if (e == ERR_NONE)
		e = db_begin(db);
	if (e == ERR_NONE)
		e = newsletter_forget(&desk, reader->email, f);
	if (e == ERR_NONE)
		e = erased_store_add(db, reader->email, clock_now());
	if (e == ERR_NONE)
		e = subscriber_store_erase(db, reader->id, f);
	if (e == ERR_NONE)
		e = db_commit(db);
	if (e != ERR_NONE) {
		if (f->text[0] == '\0')
			(void)fault_set(f, e, "%s", db_message(db));
		db_rollback(db);
	}
	return e;
}

int
cli_reader_erase(struct cli *cli)
{
	struct subscriber reader;
	struct fault f = {""};
	struct db *db;
	enum err e;

	if (!cli_arguments(cli, 1, 1))
		return cli_usage(cli);
	if ((db = cli_database(cli, DB_WRITER)) == NULL)
		return CLI_REFUSED;
	e = find_reader(cli, db, &reader, &f);
	if (e == ERR_NONE)
		e = erase(cli, db, &reader, &f);
	db_close(db);
	if (e != ERR_NONE)
		return cli_fail(e, &f);
	return printf("erased; every session of the account is over\n") < 0 ? CLI_REFUSED : CLI_OK;
}

int
cli_reader_import(struct cli *cli)
{
	bool dry = cli_flag(cli, "--dry-run");
	struct reader_import done;
	struct str text = STR_NONE;
	struct fault f = {""};
	struct db *db;
	enum err e;

	if (!cli_arguments(cli, 1, 1))
		return cli_usage(cli);
	if ((e = file_read(cli->arena, cli->argv[0], CSV_MAX, &text, &f)) != ERR_NONE)
		return cli_fail(e, &f);
	if ((db = cli_database(cli, DB_WRITER)) == NULL)
		return CLI_REFUSED;
	e = reader_import_csv(db, text, cli->argv[0], dry, stderr, &done, &f);
	db_close(db);
	if (e != ERR_NONE)
		return cli_fail(e, &f);
	return printf("%s%lld accounts and %lld subscriptions added, %lld rows unchanged\n",
	           dry ? "dry run: " : "", (long long)done.accounts, (long long)done.periods,
	           (long long)done.unchanged) < 0
	           ? CLI_REFUSED
	           : CLI_OK;
}
