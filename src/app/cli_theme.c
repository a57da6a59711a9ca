/* cli_theme.c: poterne theme check [FOLDER]. */
#include <string.h>

#include "app/cli.h"
#include "app/theme.h"
#include "app/verbs.h"

static void
keep(void *ctx, bool problem, const char *sentence)
{
	(void)json_array_append_new(
	    ctx, json_pack("{s:s, s:s}", "level", problem ? "problem" : "note", "finding", sentence));
}

int
cli_theme(struct cli *cli)
{
	static const struct cli_column columns[] = {{"level", "LEVEL", false}, {"finding", "FINDING", false}};
	json_t *rows = json_array();
	struct theme_report report = {.say = keep, .ctx = rows};
	struct fault f = {""};
	const char *folder;
	enum err e;

	if (!cli_arguments(cli, 1, 2) || strcmp(cli->argv[0], "check") != 0) {
		json_decref(rows);
		return cli_usage(cli);
	}
	folder = cli->argc == 2 ? cli->argv[1] : cli->config->theme;
	e = folder[0] == '\0'
	        ? fault_set(&f, ERR_NOT_FOUND, "no theme is set: name its folder, or set [paths] theme")
	        : theme_check(cli->config, cli->arena, folder, &report, &f);
	if (e != ERR_NONE) {
		json_decref(rows);
		return cli_fail(e, &f);
	}
	if (json_array_size(rows) > 0 || cli->json)
		(void)cli_print(cli, rows, columns, sizeof columns / sizeof *columns);
	else
		json_decref(rows);
	if (!cli->json)
		printf("%zu problems, %zu notes\n", report.problems, report.notes);
	return report.problems == 0 ? CLI_OK : CLI_REFUSED;
}
