/* migrate_site.h: a folder with scripts to migrate, and what is asked of it. */
#ifndef TESTS_MIGRATE_SITE_H
#define TESTS_MIGRATE_SITE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/token.h"
#include "store/migrate.h"

struct site {
	char folder[64], database[96], sql[96], scripts[96];
	struct config config;
	struct arena arena;
	struct fault fault;
	int applied; /* told by the report */
	char copy[256];
};

static inline void
write_script(const struct site *site, const char *folder, const char *name, const char *text)
{
	char path[256];

	(void)snprintf(path, sizeof path, "%s/%s/%s", site->folder, folder, name);
	assert_int_equal(file_write(path, str_of(text), 0644, true, NULL), ERR_NONE);
}

static inline void
remove_script(const struct site *site, const char *folder, const char *name)
{
	char path[256];

	(void)snprintf(path, sizeof path, "%s/%s/%s", site->folder, folder, name);
	assert_int_equal(unlink(path), 0);
}

static inline int
set_up(void **state)
{
	struct site *site = calloc(1, sizeof *site);

	assert_non_null(site);
	(void)snprintf(site->folder, sizeof site->folder, "/tmp/poterne-migrate-XXXXXX");
	assert_non_null(mkdtemp(site->folder));
	(void)snprintf(site->database, sizeof site->database, "%s/site.db", site->folder);
	(void)snprintf(site->sql, sizeof site->sql, "%s/sql", site->folder);
	(void)snprintf(site->scripts, sizeof site->scripts, "%s/own", site->folder);
	assert_int_equal(mkdir(site->sql, 0755), 0);
	assert_int_equal(mkdir(site->scripts, 0755), 0);
	site->config.database = site->database;
	site->config.sql = site->sql;
	site->config.scripts = site->scripts;
	arena_init(&site->arena, (size_t)64 << 20);
	write_script(site, "sql", "001_one.sql", "-- first\nCREATE TABLE one (a INTEGER);\n");
	write_script(
	    site, "sql", "002_two.sql", "CREATE TABLE two (a INTEGER);\nINSERT INTO one VALUES (2);\n");
	write_script(site, "own", "001_own.sql", "INSERT INTO two VALUES (7);\n");
	write_script(site, "sql", "README.md", "not a script");
	*state = site;
	return 0;
}

static inline int
tear_down(void **state)
{
	struct site *site = *state;
	char command[96];

	(void)snprintf(command, sizeof command, "rm -rf %s", site->folder);
	assert_int_equal(system(command), 0);
	arena_free(&site->arena);
	free(site);
	return 0;
}

static inline void
on_script(void *arg, const struct migrate_script *script)
{
	assert_int_equal(script->state, MIGRATE_PENDING);
	((struct site *)arg)->applied++;
}

static inline void
on_copy(void *arg, const char *path)
{
	struct site *site = arg;

	(void)snprintf(site->copy, sizeof site->copy, "%s", path);
}

static inline enum err
run(struct site *site, bool dry)
{
	struct migrate_report report = {.script = on_script, .copy = on_copy, .arg = site};

	site->applied = 0;
	site->copy[0] = '\0';
	site->fault.text[0] = '\0';
	return migrate_run(&site->config, dry, &report, &site->arena, &site->fault);
}

static inline int64_t
number(const char *path, const char *sql)
{
	struct db *db = NULL;
	int64_t n = -1;

	assert_int_equal(db_open(&db, path, DB_ENTITLED, false, NULL), ERR_NONE);
	if (db_int(db, &n, sql, "") != ERR_NONE)
		n = -1;
	db_close(db);
	return n;
}

static inline enum err
check(struct site *site)
{
	struct db *db = NULL;
	enum err e;

	assert_int_equal(db_open(&db, site->database, DB_PUBLIC, false, NULL), ERR_NONE);
	e = migrate_check(db, &site->config, &site->fault);
	db_close(db);
	return e;
}

static inline void
assert_says(const struct site *site, const char *words)
{
	if (strstr(site->fault.text, words) == NULL)
		fail_msg("\"%s\" is not in: %s", words, site->fault.text);
}

#endif
