/* rows.c: what a bare SQLite program needs for the body of one article: the reference of a cache miss.
 *
 * rows DATABASE COUNT SECONDS: selects bodies of articles 1..COUNT, a different one each time; prints rows a second and the
 * 99th percentile in microseconds. */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SAMPLES 2000000

static uint32_t samples[SAMPLES]; /* nanoseconds */

static int64_t
now_ns(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static int
by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

int
main(int argc, char **argv)
{
	static const char sql[] = "SELECT html FROM article_body WHERE article_id = ?";
	int64_t count, id = 0, end, start;
	sqlite3_stmt *st;
	sqlite3 *db;
	size_t n = 0;

	if (argc != 4 || (count = atoll(argv[2])) < 1)
		return 64;
	if (sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, sql, sizeof sql, &st, NULL) != SQLITE_OK) {
		(void)fprintf(stderr, "rows: %s\n", sqlite3_errmsg(db));
		return 1;
	}
	start = now_ns();
	end = start + atoll(argv[3]) * 1000000000;
	while (n < SAMPLES && now_ns() < end) {
		int64_t t = now_ns();

		id = (id + 7919) % count; /* no two alike for a whole round */
		(void)sqlite3_bind_int64(st, 1, id + 1);
		if (sqlite3_step(st) != SQLITE_ROW || sqlite3_column_bytes(st, 0) == 0)
			return 1;
		(void)sqlite3_reset(st);
		samples[n++] = (uint32_t)(now_ns() - t);
	}
	end = now_ns();
	qsort(samples, n, sizeof samples[0], by_size);
	(void)printf("%.0f %.1f\n", (double)n * 1e9 / (double)(end - start), samples[n * 99 / 100] / 1000.0);
	(void)sqlite3_finalize(st);
	return sqlite3_close(db) == SQLITE_OK ? 0 : 1;
}
