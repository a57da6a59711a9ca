/* store_help.h: a private database with the shipped schema, and a small publication in it. */
#ifndef TESTS_STORE_HELP_H
#define TESTS_STORE_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/token.h"
#include "store/article_write.h"
#include "store/db.h"

#define NOW ((int64_t)1780000000) /* 2026-05-28 */
#define DAY ((int64_t)86400)

struct site {
	char folder[64], path[96];
	struct db *writer, *open, *full; /* DB_WRITER, DB_PUBLIC, DB_ENTITLED */
	struct arena arena;
	struct fault f;
};

static inline void
site_script(struct site *s, const char *sql)
{
	if (db_script(s->writer, "test", sql, &s->f) != ERR_NONE)
		fail_msg("%s", s->f.text);
}

static inline int
site_is_sql(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);

	return n > 4 && strcmp(entry->d_name + n - 4, ".sql") == 0;
}

static inline void
site_migrate(struct site *s)
{
	struct dirent **list = NULL;
	int n = scandir("sql", &list, site_is_sql, alphasort);

	assert_true(n > 0);
	for (int i = 0; i < n; i++) {
		char path[300];
		static char text[1 << 17];
		size_t got;
		FILE *file;

		(void)snprintf(path, sizeof path, "sql/%s", list[i]->d_name);
		assert_non_null(file = fopen(path, "r"));
		got = fread(text, 1, sizeof text - 1, file);
		text[got] = '\0';
		(void)fclose(file);
		if (db_script(s->writer, path, text, &s->f) != ERR_NONE)
			fail_msg("%s", s->f.text);
		free(list[i]);
	}
	free(list);
}

/* Sections Innovation 1, Service 2; plans essentiel 1, integral 2; readers lea@ 1, ben@ 2. */
static const char site_rows[] =
    "INSERT INTO section (id, slug, name, position) VALUES (1, 'innovation', 'Innovation', 1), (2, "
    "'service', 'Service', 2);"
    "INSERT INTO plan (id, slug, name, position) VALUES (1, 'essentiel', 'Essentiel', 1), (2, 'integral', "
    "'Intégral', 2);"
    "INSERT INTO subscriber (id, email) VALUES (1, 'lea@example.org'), (2, 'ben@example.org');";

static inline int
site_open(void **state)
{
	struct site *s = calloc(1, sizeof *s);

	assert_non_null(s);
	assert_true(token_start());
	(void)snprintf(s->folder, sizeof s->folder, "/tmp/poterne-store-XXXXXX");
	assert_non_null(mkdtemp(s->folder));
	(void)snprintf(s->path, sizeof s->path, "%s/site.db", s->folder);
	assert_int_equal(db_open(&s->writer, s->path, DB_WRITER, true, &s->f), ERR_NONE);
	site_migrate(s);
	site_script(s, site_rows);
	assert_int_equal(db_open(&s->open, s->path, DB_PUBLIC, false, &s->f), ERR_NONE);
	assert_int_equal(db_open(&s->full, s->path, DB_ENTITLED, false, &s->f), ERR_NONE);
	arena_init(&s->arena, (size_t)8 << 20);
	*state = s;
	return 0;
}

static inline int
site_close(void **state)
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	struct site *s = *state;
	char path[120];

	db_close(s->open);
	db_close(s->full);
	db_close(s->writer);
	arena_free(&s->arena);
	for (size_t i = 0; i < 3; i++) {
		(void)snprintf(path, sizeof path, "%s%s", s->path, ends[i]);
		(void)unlink(path);
	}
	assert_int_equal(rmdir(s->folder), 0);
	free(s);
	return 0;
}

/* The first column of the first row; -1 when there is none. */
static inline int64_t
site_int(struct site *s, const char *sql)
{
	int64_t n = -1;
	enum err e = db_int(s->writer, &n, sql, "");

	if (e != ERR_NONE && e != ERR_NOT_FOUND)
		fail_msg("%s: %s", sql, db_message(s->writer));
	return e == ERR_NONE ? n : -1;
}

static inline void
assert_str(struct str got, const char *want)
{
	if (!str_eq(got, str_of(want)))
		fail_msg("\"" STR_FMT "\" is not \"%s\"", STR_ARG(got), want);
}

/* One rendered article, 1 in section innovation, with a byline, a tag, a plan; a period of reader 1. */
static const char site_article_rows[] =
    "INSERT INTO author (id, slug, name) VALUES (1, 'elsa', 'Elsa'); INSERT INTO tag (id, slug, name) VALUES "
    "(1, 'ia', 'IA');"
    "INSERT INTO article (id, slug, section_id, title, published_at, rendered_at, words, words_shown, "
    "percent_left,"
    " teaser_html) VALUES (1, 'un', 1, 'Un', 1700000000, 1, 10, 2, 80, '<p>Libre</p>');"
    "INSERT INTO article_body (article_id, markdown, html, stale) VALUES (1, 'Libre.', '<p>Libre.</p>', 0);"
    "INSERT INTO article_author (article_id, author_id) VALUES (1, 1);"
    "INSERT INTO article_tag (article_id, tag_id) VALUES (1, 1);"
    "INSERT INTO article_plan (article_id, plan_id) VALUES (1, 2);"
    "INSERT INTO subscription (id, subscriber_id, plan_id, starts_at, ends_at) VALUES (1, 1, 1, 1700000000, "
    "1800000000);";

static inline int
site_open_with_rows(void **state)
{
	site_open(state);
	site_script(*state, site_article_rows);
	return 0;
}

/* A rendered article with a paid word, put by slug. */
static inline struct article_draft
site_draft(const char *slug, int64_t published_at)
{
	return (struct article_draft){
	    .slug = str_of(slug),
	    .section = STR("innovation"),
	    .title = str_of(slug),
	    .standfirst = STR("Chapô"),
	    .access = STR("subscriber"),
	    .language = STR("fr"),
	    .markdown = STR("Libre.\n\nCANARY payant."),
	    .published_at = published_at,
	    .made =
	        {
	            .title_shown = str_of(slug),
	            .standfirst_text = STR("Chapô"),
	            .standfirst_html = STR("<p>Chapô</p>"),
	            .teaser_text = STR("Libre"),
	            .teaser_html = STR("<p>Libre</p>"),
	            .html = STR("<p>Libre</p><p>CANARY payant</p>"),
	            .html_hash = STR("h1"),
	            .hash = STR("s1"),
	            .words = 3,
	            .words_shown = 1,
	            .percent_left = 67,
	        },
	};
}

static inline int64_t
site_put(struct site *s, const struct article_draft *d)
{
	int64_t id = 0;

	assert_int_equal(db_begin(s->writer), ERR_NONE);
	if (article_write_put(s->writer, d, NOW, &id, NULL, &s->f) != ERR_NONE)
		fail_msg("%s", s->f.text);
	assert_int_equal(db_commit(s->writer), ERR_NONE);
	return id;
}

#endif
