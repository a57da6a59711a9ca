/* db_site.h: a small database for the tests of the door. */
#ifndef TESTS_DB_SITE_H
#define TESTS_DB_SITE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/metrics.h"
#include "base/token.h"
#include "store/db.h"

struct site {
	char folder[64];
	char path[96];
	struct db *writer;
};

static const char schema[] =
    "CREATE TABLE article (id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE,\n"
    "  words BIGINT CHECK (words >= 0), note BLOB);\n"
    "CREATE TABLE article_body (article_id INTEGER PRIMARY KEY REFERENCES article(id), html TEXT);\n"
    "CREATE TABLE subscriber (id INTEGER PRIMARY KEY, email TEXT, blocked_at BIGINT);\n"
    "CREATE VIEW leak AS SELECT html FROM article_body;\n"
    "CREATE TRIGGER article_no_x BEFORE INSERT ON article WHEN NEW.slug = 'x'\n"
    "BEGIN SELECT RAISE(ABORT, 'x is no slug'); END;\n"
    "INSERT INTO article(id, slug, words) VALUES (1, 'un', 10), (2, 'deux', 20);\n"
    "INSERT INTO article_body VALUES (1, 'CANARY');\n"
    "INSERT INTO subscriber VALUES (7, 'a@b.example', NULL);\n";

static inline int
set_up(void **state)
{
	struct site *site = calloc(1, sizeof *site);
	struct fault f = {""};

	assert_non_null(site);
	(void)snprintf(site->folder, sizeof site->folder, "/tmp/poterne-db-XXXXXX");
	assert_non_null(mkdtemp(site->folder));
	(void)snprintf(site->path, sizeof site->path, "%s/site.db", site->folder);
	assert_int_equal(db_open(&site->writer, site->path, DB_WRITER, true, &f), ERR_NONE);
	assert_int_equal(db_script(site->writer, "schema.sql", schema, &f), ERR_NONE);
	*state = site;
	return 0;
}

static inline int
tear_down(void **state)
{
	struct site *site = *state;
	char command[96];

	db_close(site->writer);
	(void)snprintf(command, sizeof command, "rm -rf %s", site->folder);
	assert_int_equal(system(command), 0);
	free(site);
	return 0;
}

static inline struct db *
open_as(const struct site *site, enum db_role role)
{
	struct fault f = {""};
	struct db *db = NULL;

	assert_int_equal(db_open(&db, site->path, role, false, &f), ERR_NONE);
	return db;
}

static inline int64_t
count_articles(struct db *db)
{
	int64_t n = -1;

	assert_int_equal(db_int(db, &n, "SELECT count(*) FROM article", ""), ERR_NONE);
	return n;
}

#endif
