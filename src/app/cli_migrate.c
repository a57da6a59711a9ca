/* cli_migrate.c: poterne migrate: bring the database up to date, or say what would be done. */
#include <stdio.h>

#include "app/cli.h"
#include "app/verbs.h"
#include "base/clock.h"
#include "store/migrate.h"

struct run {
	json_t *rows; /* what was applied, for --json */
	bool dry, json, failed;
	size_t n;
};

static json_t *
row_of(const struct migrate_script *script, const char *state)
{
	char at[CLOCK_TEXT] = "";

	if (script->applied_at != 0)
		clock_rfc3339(script->applied_at, at);
	return json_pack("{s:s, s:s, s:s, s:s*, s:s*}", "folder", script->folder, "script", script->name,
	    "state", state, "applied_at", *at != '\0' ? at : NULL, "applied_by", script->applied_by);
}

static void
on_script(void *arg, const struct migrate_script *script)
{
	struct run *run = arg;

	run->n++;
	if (run->json)
		run->failed |= json_array_append_new(
		                   run->rows, row_of(script, run->dry ? "would apply" : "applied")) != 0;
	else
		run->failed |= printf("%s %s\n", run->dry ? "would apply" : "applied", script->path) < 0;
}

static void
on_copy(void *arg, const char *path)
{
	(void)arg;
	(void)fprintf(stderr, "the database as it was before is kept in %s\n", path);
}

/* Nothing there yet means all is pending; any other trouble is said. */
static enum err
read_plan(struct cli *cli, const struct config *config, struct migrate_plan *plan, struct fault *f)
{
	struct db *db = NULL;
	enum err e = db_open(&db, config->database, DB_PUBLIC, false, f);

	if (e != ERR_NONE && e != ERR_NOT_FOUND)
		return e;
	e = migrate_plan_read(plan, db, config, true, cli->arena, f);
	db_close(db);
	return e;
}

static int
show_status(struct cli *cli, const struct config *config)
{
	static const struct cli_column columns[] = {{"folder", "FOLDER", false}, {"script", "SCRIPT", false},
	    {"state", "STATE", false}, {"applied_at", "APPLIED", false}, {"applied_by", "BY", false}};
	struct fault f = {""};
	struct migrate_plan plan;
	json_t *rows;
	enum err e = read_plan(cli, config, &plan, &f);
	int status;

	if (e != ERR_NONE)
		return cli_fail(e, &f);
	rows = json_array();
	for (size_t i = 0; i < plan.n && e == ERR_NONE; i++)
		if (json_array_append_new(
		        rows, row_of(&plan.scripts[i], migrate_state_name(plan.scripts[i].state))) != 0)
			e = fault_set(&f, ERR_MEMORY, "no memory for the list");
	if (e != ERR_NONE) {
		json_decref(rows);
		return cli_fail(e, &f);
	}
	status = cli_print(cli, rows, columns, sizeof columns / sizeof *columns);
	e = migrate_plan_verify(&plan, &f);
	return e != ERR_NONE ? cli_fail(e, &f) : status;
}

static int
print_end(struct cli *cli, struct run *run)
{
	static const struct cli_column columns[] = {
	    {"folder", "FOLDER", false}, {"script", "SCRIPT", false}, {"state", "STATE", false}};

	if (run->json && !run->failed) {
		json_t *rows = json_incref(run->rows);

		return cli_print(cli, rows, columns, sizeof columns / sizeof *columns);
	}
	if (!run->json && run->n == 0)
		run->failed |= printf("the database is up to date\n") < 0;
	return run->failed ? CLI_REFUSED : CLI_OK;
}

int
cli_migrate(struct cli *cli)
{
	bool status = cli_flag(cli, "--status");
	struct run run = {.dry = cli_flag(cli, "--dry-run"), .json = cli->json};
	struct migrate_report report = {.script = on_script, .copy = on_copy, .arg = &run};
	struct config config = *cli->config;
	struct fault f = {""};
	enum err e;
	int code;

	if (!cli_arguments(cli, 0, 1))
		return cli_usage(cli);
	if (status && run.dry)
		return cli_usage(cli);
	if (cli->argc == 1)
		config.scripts = cli->argv[0];
	if (status)
		return show_status(cli, &config);
	run.rows = json_array();
	e = migrate_run(&config, run.dry, &report, cli->arena, &f);
	code = e == ERR_NONE ? print_end(cli, &run) : cli_fail(e, &f);
	json_decref(run.rows);
	return code;
}
