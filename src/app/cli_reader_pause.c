/* cli_reader_pause.c: a reader's own subscription rests, and goes on. */
#include "app/cli_reader_pause.h"

#include "app/cli.h"
#include "base/clock.h"
#include "store/pause_store.h"
#include "store/subscriber_store.h"

static json_t *
json_time(int64_t at)
{
	char text[CLOCK_TEXT];

	if (at == 0)
		return json_null();
	clock_rfc3339_local(at, text);
	return json_string(text);
}

static int
print_pauses(struct cli *cli, struct db *db, int64_t id)
{
	static const struct cli_column columns[] = {
	    {"starts_at", "FROM", false}, {"ends_at", "UNTIL", false}, {"state", "STATE", false}};
	struct pause *pauses = NULL;
	json_t *rows = json_array();
	int64_t now = clock_now();
	size_t n = 0;
	enum err e = pause_store_list(db, cli->arena, id, &pauses, &n);

	for (size_t i = 0; i < n; i++) {
		bool over = pauses[i].ends_at != 0 && pauses[i].ends_at <= now;

		(void)json_array_append_new(
		    rows, json_pack("{s:o, s:o, s:s}", "starts_at", json_time(pauses[i].starts_at), "ends_at",
		              json_time(pauses[i].ends_at), "state",
		              over                        ? "over"
		              : pauses[i].starts_at > now ? "planned"
		                                          : "paused"));
	}
	if (e == ERR_NONE)
		return cli_print(cli, rows, columns, sizeof columns / sizeof *columns);
	json_decref(rows);
	return cli_fail(e, NULL);
}

static enum err
find_reader(struct cli *cli, struct db *db, int64_t *id, struct fault *f)
{
	struct subscriber reader;
	enum err e = subscriber_store_by_email(db, cli->arena, str_of(cli->argv[0]), &reader);

	if (e == ERR_NOT_FOUND)
		return fault_set(f, e, "there is no subscriber %.260s", cli->argv[0]);
	if (e != ERR_NONE)
		return fault_set(f, e, "%s", db_message(db));
	*id = reader.id;
	return e;
}

static enum err
read_time(struct cli *cli, const char *option, int64_t *at, struct fault *f)
{
	const char *text = cli_option(cli, option);

	if (text == NULL || clock_parse(str_of(text), at))
		return ERR_NONE;
	return fault_set(f, ERR_INVALID, "%s: \"%.60s\" is no date; write 2027-01-31", option, text);
}

int
cli_reader_pause(struct cli *cli)
{
	const char *reason = cli_option(cli, "--reason");
	int64_t from = clock_now(), until = 0, id = 0;
	struct fault f = {""};
	struct db *db;
	int status;
	enum err e = read_time(cli, "--from", &from, &f);

	if (e == ERR_NONE)
		e = read_time(cli, "--until", &until, &f);
	if (!cli_arguments(cli, 1, 1))
		return cli_usage(cli);
	if (e == ERR_NONE && until != 0 && until <= from)
		e = fault_set(&f, ERR_INVALID, "--until: the pause would end before it starts");
	if (e != ERR_NONE)
		return cli_fail(e, &f);
	if ((db = cli_database(cli, DB_WRITER)) == NULL)
		return CLI_REFUSED;
	e = find_reader(cli, db, &id, &f);
	if (e == ERR_NONE)
		e = pause_store_begin(db, id, from, until, str_of(reason), &f);
	status = e == ERR_NONE ? print_pauses(cli, db, id) : cli_fail(e, &f);
	db_close(db);
	return status;
}

int
cli_reader_resume(struct cli *cli)
{
	struct fault f = {""};
	struct db *db;
	int64_t id = 0;
	int status;
	enum err e;

	if (!cli_arguments(cli, 1, 1))
		return cli_usage(cli);
	if ((db = cli_database(cli, DB_WRITER)) == NULL)
		return CLI_REFUSED;
	e = find_reader(cli, db, &id, &f);
	if (e == ERR_NONE)
		e = pause_store_resume(db, id, clock_now(), &f);
	status = e == ERR_NONE ? print_pauses(cli, db, id) : cli_fail(e, &f);
	db_close(db);
	return status;
}
