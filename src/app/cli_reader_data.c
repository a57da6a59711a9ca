/* cli_reader_data.c: poterne subscriber export, erase, import. */
#include "app/cli_reader_data.h"

#include "app/cli.h"
#include "app/cli_undo.h"
#include "app/reader_import.h"
#include "base/clock.h"
#include "base/file.h"
#include "core/personal.h"
#include "core/newsletter_end.h"
#include "store/erased_store.h"
#include "store/subscriber_store.h"
#include "store/reader_batch.h"

#define CSV_MAX ((size_t)128 << 20)

/* Who has the address: an account, or a reader of newsletters, whose id is 0. person: room for the hash in *out. */
static enum err
find_person(struct cli *cli, struct db *db, const struct lasting *lasting, char person[TOKEN_HASH + 1],
    struct person *out, struct fault *f)
{
	char *email = arena_alloc(cli->arena, SUBSCRIBER_EMAIL + 1);
	struct newsletter_subscription *lists;
	struct subscriber reader = {.id = 0};
	size_t n = 0;
	enum err e;

	if (email == NULL || !subscriber_email(str_of(cli->argv[0]), email))
		return fault_set(f, ERR_INVALID, "%.260s is not an e-mail address", cli->argv[0]);
	newsletter_person(lasting, str_of(email), person);
	e = subscriber_store_by_email(db, cli->arena, str_of(email), &reader);
	*out = (struct person){reader.id, str_of(email), {person, TOKEN_HASH}};
	if (e != ERR_NOT_FOUND)
		return e == ERR_NONE ? e : fault_set(f, e, "%s", db_message(db));
	e = newsletter_store_by_email(db, cli->arena, str_of(email), &lists, &n);
	if (e != ERR_NONE)
		return fault_set(f, e, "%s", db_message(db));
	return n > 0 ? e
	             : fault_set(f, ERR_NOT_FOUND,
	                   "there is no subscriber %.260s, and no newsletter goes there", email);
}

int
cli_reader_export(struct cli *cli)
{
	char person[TOKEN_HASH + 1];
	json_t *all = NULL;
	struct lasting lasting;
	struct person who;
	struct fault f = {""};
	struct db *db = NULL;
	struct buf csv = BUF_EMPTY;
	bool as_csv = cli_flag(cli, "--csv");
	enum err e;

	if (!cli_arguments(cli, 1, 1))
		return cli_usage(cli);
	if ((db = cli_database(cli, DB_ENTITLED)) == NULL)
		return CLI_REFUSED;
	e = lasting_load(cli->config->keys, &lasting, &f);
	if (e == ERR_NONE)
		e = find_person(cli, db, &lasting, person, &who, &f);
	if (e == ERR_NONE)
		e = as_csv ? personal_csv(db, &who, &csv) : personal_json(db, &who, &all);
	if (e != ERR_NONE && f.text[0] == '\0')
		(void)fault_set(&f, e, "%s", e == ERR_MEMORY ? "out of memory" : db_message(db));
	if (e == ERR_NONE &&
	    (as_csv ? fwrite(csv.data, 1, csv.len, stdout) != csv.len
	            : json_dumpf(all, stdout, JSON_INDENT(2)) != 0 || fputc('\n', stdout) == EOF))
		e = fault_set(&f, ERR_INTERNAL, "standard output cannot be written");
	db_close(db);
	buf_free(&csv);
	json_decref(all);
	return e == ERR_NONE ? CLI_OK : cli_fail(e, &f);
}

/* The address is noted as forgotten with it, so that no import brings it back. */
static enum err
erase(
    struct cli *cli, struct db *db, const struct lasting *lasting, const struct person *who, struct fault *f)
{
	struct newsletter_desk desk = {.db = db,
	    .arena = cli->arena,
	    .config = cli->config,
	    .lasting = lasting,
	    .form = STR("subscriber erase"),
	    .now = clock_now()};
	enum err e = db_begin(db);

	if (e == ERR_NONE)
		e = newsletter_forget(&desk, who->email, "command", f);
	if (e == ERR_NONE || e == ERR_NOT_FOUND)
		e = erased_store_add(db, who->email, clock_now());
	if (e == ERR_NONE && who->subscriber_id != 0)
		e = subscriber_store_erase(db, who->subscriber_id, f);
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
	char person[TOKEN_HASH + 1];
	struct lasting lasting;
	struct person who = {.subscriber_id = 0};
	struct fault f = {""};
	struct db *db;
	enum err e;

	if (!cli_arguments(cli, 1, 1))
		return cli_usage(cli);
	if ((db = cli_database(cli, DB_WRITER)) == NULL)
		return CLI_REFUSED;
	e = lasting_load(cli->config->keys, &lasting, &f);
	if (e == ERR_NONE)
		e = find_person(cli, db, &lasting, person, &who, &f);
	if (e == ERR_NONE)
		e = erase(cli, db, &lasting, &who, &f);
	db_close(db);
	if (e != ERR_NONE)
		return cli_fail(e, &f);
	return printf(who.subscriber_id != 0 ? "erased; every session of the account is over\n"
	                                     : "erased; no newsletter goes there any more\n") < 0
	           ? CLI_REFUSED
	           : CLI_OK;
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
	if (done.batch != 0)
		(void)printf("batch %lld: ", (long long)done.batch);
	return printf("%s%lld accounts and %lld subscriptions added, %lld rows unchanged\n",
	           dry ? "dry run: " : "", (long long)done.accounts, (long long)done.periods,
	           (long long)done.unchanged) < 0
	           ? CLI_REFUSED
	           : CLI_OK;
}

static enum err
undo(struct db *db, int64_t batch, void *out, struct fault *f)
{
	return reader_batch_undo(db, batch, clock_now(), out, f);
}

int
cli_reader_undo(struct cli *cli)
{
	struct reader_undone undone;
	int status = cli_undo(cli, undo, &undone);

	if (status != CLI_OK)
		return status;
	return printf("undone: %lld subscriptions ended, %lld accounts removed, %lld kept because they are "
	              "in use\n",
	           (long long)undone.periods, (long long)undone.accounts, (long long)undone.kept) < 0
	           ? CLI_REFUSED
	           : CLI_OK;
}
