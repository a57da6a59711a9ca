/* cli_history.c: poterne article correct and history. */
#include "app/cli_history.h"

#include <stdio.h>

#include "app/cli_json.h"
#include "base/clock.h"
#include "store/article_store.h"
#include "store/pick.h"
#include "store/revision_store.h"

enum err
cli_article_id(struct cli *cli, struct db *db, int64_t *id, struct fault *f)
{
	enum err e = article_store_id(db, str_of(cli->argv[0]), id);

	return e == ERR_NOT_FOUND ? fault_set(f, e, "there is no article %s", cli->argv[0])
	                          : pick_fault(f, e, db);
}

/* The database and the article's id, or a refusal that was printed. */
static struct db *
open_article(struct cli *cli, enum db_role role, int64_t *id)
{
	struct fault f = {""};
	struct db *db = cli_database(cli, role);

	enum err e = db == NULL ? ERR_NONE : cli_article_id(cli, db, id, &f);

	if (e != ERR_NONE) {
		(void)cli_fail(e, &f);
		db_close(db);
		db = NULL;
	}
	return db;
}

int
cli_article_correct(struct cli *cli)
{
	struct fault f = {""};
	struct db *db;
	int64_t id;
	enum err e;

	if (!cli_arguments(cli, 2, 2))
		return cli_usage(cli);
	if ((db = open_article(cli, DB_WRITER, &id)) == NULL)
		return CLI_REFUSED;
	e = revision_store_correct(db, id, str_of(cli->argv[1]), clock_now(), &f);
	db_close(db);
	return e == ERR_NONE ? CLI_OK : cli_fail(e, &f);
}

static int
print_source(struct cli *cli, struct db *db, int64_t id, int64_t revision)
{
	struct revision r;
	struct fault f = {""};
	enum err e = revision_store_read(db, cli->arena, id, revision, &r);

	if (e == ERR_NOT_FOUND)
		(void)fault_set(&f, e, "%s: it has no revision %lld", cli->argv[0], (long long)revision);
	else
		(void)pick_fault(&f, e, db);
	if (e != ERR_NONE)
		return cli_fail(e, &f);
	printf("# " STR_FMT "\n\n" STR_FMT "\n\n" STR_FMT, STR_ARG(r.title), STR_ARG(r.standfirst),
	    STR_ARG(r.markdown));
	return fflush(stdout) == 0 ? CLI_OK : CLI_REFUSED;
}

static int
print_list(struct cli *cli, struct db *db, int64_t id)
{
	static const struct cli_column columns[] = {
	    {"id", "ID", true}, {"until", "UNTIL", false}, {"title", "TITLE", false}};
	struct revision *revisions;
	json_t *rows = json_array();
	size_t n = 0;
	struct fault f = {""};
	enum err e = revision_store_list(db, cli->arena, id, &revisions, &n);

	for (size_t i = 0; e == ERR_NONE && i < n; i++) {
		char until[CLOCK_TEXT];

		clock_rfc3339_local(revisions[i].until_at, until);
		(void)json_array_append_new(
		    rows, json_pack("{s:I, s:s, s:s%}", "id", (json_int_t)revisions[i].id, "until", until,
		              "title", revisions[i].title.at, revisions[i].title.len));
	}
	if (e != ERR_NONE)
		(void)fault_set(&f, e, "%s", db_message(db));
	return cli_json_print(cli, e, &f, rows, columns, sizeof columns / sizeof *columns);
}

int
cli_article_history(struct cli *cli)
{
	const char *show = cli_option(cli, "--show");
	struct db *db;
	int64_t id, revision = 0;
	int status;

	if ((show != NULL && !str_to_int(str_of(show), 1, INT64_MAX, &revision)) || !cli_arguments(cli, 1, 1))
		return cli_usage(cli);
	if ((db = open_article(cli, DB_ENTITLED, &id)) == NULL)
		return CLI_REFUSED;
	status = show != NULL ? print_source(cli, db, id, revision) : print_list(cli, db, id);
	db_close(db);
	return status;
}
