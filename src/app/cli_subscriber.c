/* cli_subscriber.c: poterne subscriber: accounts and what they may read, by hand. */
#include <string.h>

#include "app/cli_json.h"
#include "app/cli_reader.h"
#include "app/cli_reader_data.h"
#include "app/cli_reader_pause.h"
#include "app/reader_import.h"
#include "app/verbs.h"
#include "base/clock.h"
#include "store/subscriber_store.h"
#include "store/subscription_store.h"

#define BATCH 500
#define BATCH_BYTES ((size_t)4 << 20)
#define GRACE_DAYS_MAX 90

static const struct cli_column columns[] = {
    {"id", "ID", true},
    {"email", "E-MAIL", false},
    {"status", "STATUS", false},
    {"plans", "PLANS", false},
    {"until", "UNTIL", false},
};
#define COLUMNS (sizeof columns / sizeof *columns)

static json_t *
json_reader(const struct subscriber_row *row)
{
	return json_pack("{s:I, s:s%, s:s%, s:s%, s:o, s:o, s:o}", "id", (json_int_t)row->id, "email",
	    row->email.at, row->email.len, "name", row->name.at, row->name.len, "status", row->status.at,
	    row->status.len, "plans", cli_json_list(row->plans), "until", cli_json_time(row->until),
	    "created_at", cli_json_time(row->created_at));
}

static json_t *
json_period(const struct period *p)
{
	return json_pack("{s:I, s:s%, s:s%, s:o, s:o, s:I, s:o}", "id", (json_int_t)p->id, "plan", p->plan.at,
	    p->plan.len, "kind", p->kind.at, p->kind.len, "starts_at", cli_json_time(p->starts_at), "ends_at",
	    cli_json_time(p->ends_at), "grace_s", (json_int_t)p->grace_s, "ended_at",
	    cli_json_time(p->ended_at));
}

/* The reader as one row of a list, after something was done. */
static int
print_reader(struct cli *cli, struct db *db, int64_t id)
{
	struct subscriber_row row;
	json_t *rows = json_array();
	enum err e = subscriber_store_row(db, cli->arena, id, clock_now(), &row);

	if (e == ERR_NONE && json_array_append_new(rows, json_reader(&row)) != 0)
		e = ERR_MEMORY;
	return cli_json_print(cli, e, NULL, rows, columns, COLUMNS);
}

static int
add(struct cli *cli)
{
	const char *name = cli_option(cli, "--name");
	struct fault f = {""};
	struct db *db;
	int64_t id = 0;
	int status;
	enum err e;

	if (!cli_arguments(cli, 1, 1))
		return cli_usage(cli);
	if ((db = cli_database(cli, DB_WRITER)) == NULL)
		return CLI_REFUSED;
	e = subscriber_store_add(db, str_of(cli->argv[0]), str_of(name), &id, &f);
	status = e == ERR_NONE ? print_reader(cli, db, id) : cli_fail(e, &f);
	db_close(db);
	return status;
}

/* A batch at a time, so that a million readers do not all lie in the arena. */
static enum err
collect(struct db *db, const char *wanted, json_t *out)
{
	struct subscriber_row *rows;
	struct arena arena;
	int64_t after = 0, now = clock_now();
	size_t n = 0;
	enum err e;

	arena_init(&arena, BATCH_BYTES);
	do {
		arena_reset(&arena);
		e = subscriber_store_list(db, &arena, after, now, BATCH, &rows, &n);
		for (size_t i = 0; i < n && e == ERR_NONE; i++) {
			after = rows[i].id;
			if (wanted != NULL && !str_eq(rows[i].status, str_of(wanted)))
				continue;
			if (json_array_append_new(out, json_reader(&rows[i])) != 0)
				e = ERR_MEMORY;
		}
	} while (e == ERR_NONE && n == BATCH);
	arena_free(&arena);
	return e;
}

static int
list(struct cli *cli)
{
	const char *wanted = cli_option(cli, "--status");
	json_t *rows;
	struct db *db;
	enum err e;

	if (!cli_arguments(cli, 0, 0))
		return cli_usage(cli);
	if ((db = cli_database(cli, DB_ENTITLED)) == NULL)
		return CLI_REFUSED;
	rows = json_array();
	e = collect(db, wanted, rows);
	db_close(db);
	if (e == ERR_NONE)
		return cli_print(cli, rows, columns, COLUMNS);
	json_decref(rows);
	return cli_fail(e, NULL);
}

/* The account and its periods: one object as JSON, two tables for people. */
static int
print_whole(struct cli *cli, const struct subscriber_row *row, const struct period *periods, size_t n)
{
	static const struct cli_column of_periods[] = {{"plan", "PLAN", false}, {"kind", "KIND", false},
	    {"starts_at", "FROM", false}, {"ends_at", "UNTIL", false}, {"ended_at", "ENDED", false}};
	json_t *rows = json_array(), *all = json_array(), *reader = json_reader(row);
	int status;

	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(all, json_period(&periods[i]));
	if (cli->json)
		(void)json_object_set(reader, "subscriptions", all);
	(void)json_array_append_new(rows, reader);
	status = cli_print(cli, rows, columns, COLUMNS);
	if (cli->json || n == 0 || status != CLI_OK || printf("\n") < 0) {
		json_decref(all);
		return status;
	}
	return cli_print(cli, all, of_periods, sizeof of_periods / sizeof *of_periods);
}

static int
show(struct cli *cli)
{
	struct subscriber_row row;
	struct period *periods = NULL;
	struct fault f = {""};
	struct subscriber reader;
	struct db *db;
	size_t n = 0;
	enum err e;

	if (!cli_arguments(cli, 1, 1))
		return cli_usage(cli);
	if ((db = cli_database(cli, DB_ENTITLED)) == NULL)
		return CLI_REFUSED;
	e = cli_reader_find(cli, db, &reader, &f);
	if (e == ERR_NONE)
		e = subscriber_store_row(db, cli->arena, reader.id, clock_now(), &row);
	if (e == ERR_NONE)
		e = subscription_store_periods(db, cli->arena, reader.id, &periods, &n);
	db_close(db);
	return e == ERR_NONE ? print_whole(cli, &row, periods, n) : cli_fail(e, &f);
}

/* --until, --from, --grace, --kind and --source into g. */
static enum err
read_grant(struct cli *cli, struct grant *g, struct fault *f)
{
	const char *until = cli_option(cli, "--until"), *from = cli_option(cli, "--from");
	const char *grace = cli_option(cli, "--grace");
	int64_t days = 0;

	g->kind = str_of(cli_option(cli, "--kind"));
	g->source = str_of(cli_option(cli, "--source"));
	g->starts_at = clock_now();
	if (until == NULL)
		return fault_set(
		    f, ERR_INVALID, "--until DATE is missing: the last day that is covered, as 2027-12-31");
	if (!reader_import_until(str_of(until), &g->ends_at))
		return fault_set(f, ERR_INVALID, "--until: \"%.60s\" is no date; write 2027-12-31", until);
	if (from != NULL && !clock_parse(str_of(from), &g->starts_at))
		return fault_set(f, ERR_INVALID, "--from: \"%.60s\" is no date; write 2026-01-31", from);
	if (grace != NULL && !str_to_int(str_of(grace), 0, GRACE_DAYS_MAX, &days))
		return fault_set(f, ERR_INVALID, "--grace: days, 0 to %d", GRACE_DAYS_MAX);
	g->grace_s = days * CLOCK_DAY;
	return ERR_NONE;
}

static int
grant(struct cli *cli)
{
	struct subscriber reader = {.id = 0};
	struct grant g = {.subscriber_id = 0};
	struct fault f = {""};
	enum err e = read_grant(cli, &g, &f);
	struct db *db;
	int64_t id;
	int status;

	if (!cli_arguments(cli, 2, 2))
		return cli_usage(cli);
	if (e != ERR_NONE) {
		(void)cli_fail(e, &f);
		return cli_usage(cli);
	}
	if ((db = cli_database(cli, DB_WRITER)) == NULL)
		return CLI_REFUSED;
	g.plan = str_of(cli->argv[1]);
	e = cli_reader_find(cli, db, &reader, &f);
	g.subscriber_id = reader.id;
	if (e == ERR_NONE)
		e = subscription_store_grant(db, &g, &id, &f);
	status = e == ERR_NONE ? print_reader(cli, db, g.subscriber_id) : cli_fail(e, &f);
	db_close(db);
	return status;
}

static int
revoke(struct cli *cli)
{
	const char *reason = cli_option(cli, "--reason"), *plan = cli_option(cli, "--plan");
	struct fault f = {""};
	struct subscriber reader;
	struct db *db;
	int status;
	enum err e;

	if (!cli_arguments(cli, 1, 1))
		return cli_usage(cli);
	if ((db = cli_database(cli, DB_WRITER)) == NULL)
		return CLI_REFUSED;
	e = cli_reader_find(cli, db, &reader, &f);
	if (e == ERR_NONE)
		e = subscription_store_end(db, reader.id, str_of(plan), clock_now(),
		    str_of(reason == NULL ? "ended by the command line" : reason), NULL, &f);
	status = e == ERR_NONE ? print_reader(cli, db, reader.id) : cli_fail(e, &f);
	db_close(db);
	return status;
}

int
cli_subscriber(struct cli *cli)
{
	static const struct cli_verb verbs[] = {
	    {"add", "subscriber add EMAIL [--name NAME]", add},
	    {"list", "subscriber list [--status active|expired|none]", list},
	    {"show", "subscriber show EMAIL", show},
	    {"grant",
	        "subscriber grant EMAIL PLAN --until DATE [--from DATE] [--grace DAYS] [--kind "
	        "paid|trial|complimentary]"
	        " [--source TEXT]",
	        grant},
	    {"revoke", "subscriber revoke EMAIL [--plan PLAN] [--reason TEXT]", revoke},
	    {"pause", "subscriber pause EMAIL [--from DATE] [--until DATE] [--reason TEXT]",
	        cli_reader_pause},
	    {"resume", "subscriber resume EMAIL", cli_reader_resume},
	    {"export", "subscriber export [--csv] EMAIL", cli_reader_export},
	    {"erase", "subscriber erase EMAIL", cli_reader_erase},
	    {"import", "subscriber import FILE.csv [--dry-run]", cli_reader_import},
	    {"undo", "subscriber undo BATCH", cli_reader_undo},
	};

	return cli_run(cli, verbs, sizeof verbs / sizeof *verbs);
}
