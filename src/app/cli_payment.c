/* cli_payment.c: poterne payment list, replay, report, import: what providers have told, and whether it is all. */
#include <stdio.h>
#include <string.h>

#include "app/cli_json.h"
#include "app/payment_export.h"
#include "app/verbs.h"
#include "base/clock.h"
#include "base/file.h"
#include "core/billing.h"
#include "store/billing_report.h"
#include "store/payment_store.h"

#define LIST_MAX 10000
#define EXPORT_BYTES ((size_t)128 * 1024 * 1024)
#define REPLAY_US ((int64_t)60 * 1000000)

static json_t *
event_row(const struct payment_event *e)
{
	char created[CLOCK_TEXT], received[CLOCK_TEXT], processed[CLOCK_TEXT] = "";

	clock_rfc3339_local(e->created_at, created);
	clock_rfc3339_local(e->received_at, received);
	if (e->processed_at != 0)
		clock_rfc3339_local(e->processed_at, processed);
	return json_pack("{s:s%, s:s%, s:s%, s:b, s:s%, s:s%, s:s%, s:s, s:s, s:s*, s:I}", "id",
	    e->event_id.at, e->event_id.len, "provider", e->provider.at, e->provider.len, "type", e->type.at,
	    e->type.len, "live", e->live, "state", e->state.at, e->state.len, "error", e->error.at,
	    e->error.len, "customer", e->customer.at, e->customer.len, "created_at", created, "received_at",
	    received, "processed_at", processed[0] != '\0' ? processed : NULL, "tries", (json_int_t)e->tries);
}

static int
list(struct cli *cli)
{
	static const struct cli_column columns[] = {{"id", "EVENT", false}, {"type", "TYPE", false},
	    {"created_at", "CREATED", false}, {"state", "STATE", false}, {"error", "WHY", false}};
	const char *state = cli_option(cli, "--state");
	struct payment_event *events = NULL;
	json_t *rows;
	struct db *db;
	size_t n = 0;
	enum err e;

	if (!cli_arguments(cli, 0, 0))
		return cli_usage(cli);
	if ((db = cli_database(cli, DB_ENTITLED)) == NULL)
		return CLI_REFUSED;
	e = payment_store_list(db, cli->arena, str_of(state), LIST_MAX, &events, &n);
	db_close(db);
	rows = json_array();
	for (size_t i = 0; e == ERR_NONE && i < n; i++)
		if (json_array_append_new(rows, event_row(&events[i])) != 0)
			e = ERR_MEMORY;
	return cli_json_print(cli, e, NULL, rows, columns, sizeof columns / sizeof *columns);
}

static enum err
replay_all(struct cli *cli, struct db *db, int64_t *done, struct fault *f)
{
	for (int i = 0; i < cli->argc; i++) {
		enum err e = payment_store_replay(db, str_of(cli->argv[i]));

		if (e == ERR_NOT_FOUND)
			return fault_set(
			    f, e, "%s: no such event, or its text is no longer kept", cli->argv[i]);
		if (e != ERR_NONE)
			return fault_set(f, e, "%s: %s", cli->argv[i], db_message(db));
	}
	return billing_run(db, cli->config, clock_now(), REPLAY_US, done, f);
}

static int
replay(struct cli *cli)
{
	struct fault f = {""};
	struct db *db;
	int64_t done = 0;
	enum err e;

	if (!cli_arguments(cli, 1, 1000))
		return cli_usage(cli);
	if ((db = cli_database(cli, DB_WRITER)) == NULL)
		return CLI_REFUSED;
	e = replay_all(cli, db, &done, &f);
	db_close(db);
	if (e != ERR_NONE)
		return cli_fail(e, &f);
	return printf("%lld read again\n", (long long)done) < 0 ? CLI_REFUSED : CLI_OK;
}

static int
report(struct cli *cli)
{
	static const struct cli_column columns[] = {{"what", "WHAT", false}, {"n", "NUMBER", true}};
	struct billing_figure *figures = NULL;
	json_t *rows;
	struct db *db;
	size_t n = 0;
	enum err e;

	if (!cli_arguments(cli, 0, 0))
		return cli_usage(cli);
	if ((db = cli_database(cli, DB_ENTITLED)) == NULL)
		return CLI_REFUSED;
	e = billing_report_figures(db, cli->arena, clock_now(), &figures, &n);
	db_close(db);
	rows = json_array();
	for (size_t i = 0; e == ERR_NONE && i < n; i++)
		if (json_array_append_new(rows, json_pack("{s:s%, s:I}", "what", figures[i].what.at,
		                                    figures[i].what.len, "n", (json_int_t)figures[i].n)) != 0)
			e = ERR_MEMORY;
	return cli_json_print(cli, e, NULL, rows, columns, sizeof columns / sizeof *columns);
}

/* 1 when there are differences, so that a timer can tell somebody. */
static int
import(struct cli *cli)
{
	static const struct cli_column columns[] = {{"line", "LINE", true},
	    {"subscription", "SUBSCRIPTION", false}, {"drift", "DIFFERENCE", false},
	    {"there", "THERE", false}, {"here", "HERE", false}};
	struct fault f = {""};
	struct str text;
	json_t *rows;
	struct db *db;
	size_t found;
	enum err e;
	int printed;

	if (!cli_arguments(cli, 1, 1))
		return cli_usage(cli);
	if ((e = file_read(cli->arena, cli->argv[0], EXPORT_BYTES, &text, &f)) != ERR_NONE)
		return cli_fail(e, &f);
	if ((db = cli_database(cli, DB_ENTITLED)) == NULL)
		return CLI_REFUSED;
	rows = json_array();
	e = rows == NULL ? ERR_MEMORY : payment_export_compare(db, cli->arena, text, cli->argv[0], rows, &f);
	db_close(db);
	if (e != ERR_NONE) {
		json_decref(rows);
		return cli_fail(e, &f);
	}
	found = json_array_size(rows);
	printed = cli_print(cli, rows, columns, sizeof columns / sizeof *columns);
	return printed == CLI_OK && found > 0 ? CLI_REFUSED : printed;
}

int
cli_payment(struct cli *cli)
{
	static const struct cli_verb verbs[] = {{"list", NULL, list}, {"replay", NULL, replay},
	    {"report", NULL, report}, {"import", NULL, import}};

	return cli_run(cli, verbs, sizeof verbs / sizeof *verbs);
}
