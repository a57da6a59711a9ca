/* cli_desk.h: a migrated database of its own and a verb typed at it, with what it prints. */
#ifndef TESTS_CLI_DESK_H
#define TESTS_CLI_DESK_H

#include <jansson.h>

#include "app/cli.h"
#include "store/migrate.h"
#include "store_help.h"

#define SITE "https://lagazette.example"

struct desk {
	char root[64], keys[80], database[80];
	struct config config;
	struct arena arena;
	struct db *db;
	char out[8192], err[2048];
};

static inline int
desk_open(void **state)
{
	struct desk *d = calloc(1, sizeof *d);
	struct migrate_report quiet = {NULL, NULL, NULL};
	struct fault f = {""};

	assert_non_null(d);
	arena_init(&d->arena, (size_t)16 << 20);
	(void)snprintf(d->root, sizeof d->root, "/tmp/poterne-cli-XXXXXX");
	assert_non_null(mkdtemp(d->root));
	(void)snprintf(d->keys, sizeof d->keys, "%s/keys", d->root);
	(void)snprintf(d->database, sizeof d->database, "%s/poterne.db", d->root);
	d->config = (struct config){.site_url = SITE,
	    .sql = "sql",
	    .scripts = "",
	    .crawler_ranges = "",
	    .crawler_names = "",
	    .keys = d->keys,
	    .database = d->database,
	    .session_life_s = 30 * DAY,
	    .session_idle_s = 14 * DAY,
	    .link_life_s = 600};
	assert_int_equal(migrate_run(&d->config, false, &quiet, &d->arena, &f), ERR_NONE);
	assert_int_equal(db_open(&d->db, d->database, DB_WRITER, false, &f), ERR_NONE);
	assert_int_equal(db_script(d->db, "rows", site_rows, &f), ERR_NONE);
	assert_int_equal(db_script(d->db, "rows", site_article_rows, &f), ERR_NONE);
	*state = d;
	return 0;
}

static inline int
desk_close(void **state)
{
	struct desk *d = *state;
	char command[128];

	db_close(d->db);
	arena_free(&d->arena);
	(void)snprintf(command, sizeof command, "rm -rf %s", d->root);
	if (system(command) != 0)
		return -1;
	free(d);
	return 0;
}

static inline void
read_back(FILE *file, char *out, size_t size)
{
	size_t n;

	rewind(file);
	n = fread(out, 1, size - 1, file);
	out[n] = '\0';
	(void)fclose(file);
}

/* Runs a verb with words separated by spaces; stdout and stderr end in d->out and d->err. */
static inline int
type(struct desk *d, int (*verb)(struct cli *cli), const char *words)
{
	char line[512], *argv[16];
	struct cli cli = {.config = &d->config, .arena = &d->arena, .argv = argv, .usage = "verb …"};
	FILE *out = tmpfile(), *err = tmpfile();
	int was_out, was_err, status;

	(void)snprintf(line, sizeof line, "%s", words);
	for (char *rest = line, *word; (word = strsep(&rest, " ")) != NULL;)
		if (*word != '\0')
			argv[cli.argc++] = word;
	assert_true(out != NULL && err != NULL);
	(void)fflush(stdout);
	(void)fflush(stderr);
	was_out = dup(STDOUT_FILENO);
	was_err = dup(STDERR_FILENO);
	assert_true(dup2(fileno(out), STDOUT_FILENO) >= 0 && dup2(fileno(err), STDERR_FILENO) >= 0);
	cli.json = cli_flag(&cli, "--json");
	status = verb(&cli);
	(void)fflush(stdout);
	(void)fflush(stderr);
	assert_true(dup2(was_out, STDOUT_FILENO) >= 0 && dup2(was_err, STDERR_FILENO) >= 0);
	(void)close(was_out);
	(void)close(was_err);
	read_back(out, d->out, sizeof d->out);
	read_back(err, d->err, sizeof d->err);
	return status;
}

static inline void
assert_says(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", text, part);
}

#endif
