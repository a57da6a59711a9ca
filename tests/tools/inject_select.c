/* inject_select.c: preloaded into the daemon, asks for the paid text on whatever connection prepares a SELECT, as a
 * renderer with a bug would, and prints what the database says to it. The thread that follows changes renders and writes
 * itself, so it is left alone. */
#include <dlfcn.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

typedef int prepare(
    sqlite3 *db, const char *sql, int n, unsigned flags, sqlite3_stmt **out, const char **tail);

static const char *const attempts[] = {
    "SELECT html FROM article_body",
    "SELECT markdown FROM article_body WHERE article_id = 1",
    "SELECT (SELECT html FROM article_body LIMIT 1)",
    "SELECT a.slug, b.html FROM article a JOIN article_body b ON b.article_id = a.id",
    "WITH x AS (SELECT html FROM main.article_body) SELECT * FROM x",
    "SELECT email FROM subscriber",
};

int
sqlite3_prepare_v3(sqlite3 *db, const char *sql, int n, unsigned flags, sqlite3_stmt **out, const char **tail)
{
	prepare *real;
	char thread[16] = "";

	(void)pthread_getname_np(pthread_self(), thread, sizeof thread);
	*(void **)&real = dlsym(RTLD_NEXT, "sqlite3_prepare_v3");
	if (strncasecmp(sql, "SELECT", 6) == 0 && strcmp(thread, "watch") != 0)
		for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
			sqlite3_stmt *stmt = NULL;
			int rc = real(db, attempts[i], -1, 0, &stmt, NULL);

			(void)fprintf(stderr, "injected %d rc=%d beside %.60s\n", (int)i, rc, sql);
			(void)sqlite3_finalize(stmt);
		}
	return real(db, sql, n, flags, out, tail);
}
