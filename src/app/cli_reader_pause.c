/* cli_reader_pause.c: a reader's own subscription rests, and goes on. */
#include "app/cli_reader_pause.h"

#include "app/cli_json.h"
#include "app/cli_reader.h"
#include "base/clock.h"
#include "store/pause_store.h"

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
		    rows, json_pack("{s:o, s:o, s:s}", "starts_at", cli_json_time(pauses[i].starts_at),
		              "ends_at", cli_json_time(pauses[i].ends_at), "state",
		              over                        ? "over"
		              : pauses[i].starts_at > now ? "planned"
		                                          : "paused"));
	}
	return cli_json_print(cli, e, NULL, rows, columns, sizeof columns / sizeof *columns);
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
	int64_t from = clock_now(), until = 0;
	struct subscriber reader;
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
	e = cli_reader_find(cli, db, &reader, &f);
	if (e == ERR_NONE)
		e = pause_store_begin(db, reader.id, from, until, str_of(reason), &f);
	status = e == ERR_NONE ? print_pauses(cli, db, reader.id) : cli_fail(e, &f);
	db_close(db);
	return status;
}

int
cli_reader_resume(struct cli *cli)
{
	struct subscriber reader;
	struct fault f = {""};
	struct db *db;
	int status;
	enum err e;

	if (!cli_arguments(cli, 1, 1))
		return cli_usage(cli);
	if ((db = cli_database(cli, DB_WRITER)) == NULL)
		return CLI_REFUSED;
	e = cli_reader_find(cli, db, &reader, &f);
	if (e == ERR_NONE)
		e = pause_store_resume(db, reader.id, clock_now(), &f);
	status = e == ERR_NONE ? print_pauses(cli, db, reader.id) : cli_fail(e, &f);
	db_close(db);
	return status;
}
