/* cli_check.c: poterne check and poterne backup FILE: is the data whole, and a copy of it. */
#include <stdio.h>
#include <sys/stat.h>

#include "app/cli.h"
#include "app/verbs.h"
#include "store/check.h"
#include "store/migrate.h"

struct findings {
	json_t *rows;
	bool failed;
};

static void
add(struct findings *findings, const struct check_finding *finding)
{
	json_t *row = json_pack("{s:s, s:s, s:s%, s:s%}", "level", finding->problem ? "problem" : "note",
	    "part", finding->part, "subject", finding->subject.at, finding->subject.len, "finding",
	    finding->sentence.at, finding->sentence.len);

	if (row == NULL) /* a damaged file may hold anything but UTF-8 */
		row = json_pack("{s:s, s:s, s:s, s:s}", "level", "problem", "part", finding->part, "subject",
		    "?", "finding", "holds bytes that are no text");
	findings->failed |= json_array_append_new(findings->rows, row) != 0;
}

static void
on_found(void *arg, const struct check_finding *finding)
{
	add(arg, finding);
}

static void
on_progress(void *arg, size_t done, size_t total)
{
	(void)arg;
	cli_progress("articles", done, total);
}

/* The state of the scripts first: what follows reads tables they make. */
static enum err
check_all(struct db *db, const struct cli *cli, struct check_report *report, struct fault *f)
{
	struct fault why = {""};
	enum err e = migrate_check(db, cli->config, &why);

	if (e == ERR_CONFLICT) {
		struct check_finding finding = {"migrations", STR_NONE, str_of(why.text), true};

		add(report->arg, &finding);
		report->problems = 1;
		return ERR_NONE;
	}
	return e == ERR_NONE ? check_database(db, report, f) : fault_set(f, e, "%s", why.text);
}

/* Left out where the database may not be written to. */
static enum err
check_index(struct cli *cli, struct check_report *report, struct fault *f)
{
	struct fault unused = {""};
	struct db *db = NULL;
	enum err e = ERR_NONE;

	if (db_open(&db, cli->config->database, DB_WRITER, false, &unused) == ERR_NONE)
		e = check_search(db, report, f);
	db_close(db);
	return e;
}

int
cli_check(struct cli *cli)
{
	static const struct cli_column columns[] = {{"level", "LEVEL", false}, {"part", "PART", false},
	    {"subject", "SUBJECT", false}, {"finding", "FINDING", false}};
	struct findings findings = {.rows = NULL};
	struct check_report report = {.found = on_found, .progress = on_progress, .arg = &findings};
	struct fault f = {""};
	struct db *db = NULL;
	enum err e;
	int code;

	if (!cli_arguments(cli, 0, 0))
		return cli_usage(cli);
	e = db_open(&db, cli->config->database, DB_ENTITLED, false, &f);
	if (e != ERR_NONE)
		return cli_fail(e, &f);
	findings.rows = json_array();
	e = check_all(db, cli, &report, &f);
	db_close(db);
	if (e == ERR_NONE && report.problems == 0)
		e = check_index(cli, &report, &f);
	if (e == ERR_NONE && (findings.rows == NULL || findings.failed))
		e = fault_set(&f, ERR_MEMORY, "no memory for the findings");
	if (e != ERR_NONE) {
		json_decref(findings.rows);
		return cli_fail(e, &f);
	}
	if (json_array_size(findings.rows) == 0 && !cli->json) {
		json_decref(findings.rows);
		return printf("nothing is wrong\n") < 0 ? CLI_REFUSED : CLI_OK;
	}
	code = cli_print(cli, findings.rows, columns, sizeof columns / sizeof *columns);
	return report.problems > 0 ? CLI_REFUSED : code;
}

int
cli_backup(struct cli *cli)
{
	struct fault f = {""};
	struct db *db = NULL;
	struct stat st;
	const char *path;
	enum err e;

	if (!cli_arguments(cli, 1, 1))
		return cli_usage(cli);
	path = cli->argv[0];
	e = db_open(&db, cli->config->database, DB_WRITER, false, &f);
	if (e == ERR_NONE)
		e = db_backup(db, path, &f);
	db_close(db);
	if (e != ERR_NONE)
		return cli_fail(e, &f);
	if (stat(path, &st) == 0)
		(void)fprintf(stderr, "%s: %lld bytes\n", path, (long long)st.st_size);
	return CLI_OK;
}
