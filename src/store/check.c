/* check.c: the engine's own checks, then a hash for every body: flipped bytes in a page pass the former. */
#include "store/check.h"

#include <stdio.h>
#include <string.h>

#include "base/token.h"

#define BATCH 50

/* These two are SQLite's; the tables' own rules below are portable. */
static const char file_rows[] = "PRAGMA integrity_check";
static const char reference_rows[] = "PRAGMA foreign_key_check";

static const char count_rows[] = "SELECT count(*) FROM article";
static const char article_rows[] = "SELECT a.id, a.slug, a.rendered_hash, b.article_id, b.stale, "
                                   "b.render_error, b.rendered_hash, b.html_hash, b.html"
                                   " FROM article AS a LEFT JOIN article_body AS b ON b.article_id = a.id"
                                   " WHERE a.id > $1 ORDER BY a.id LIMIT $2";

enum column { ID, SLUG, SHOWN_HASH, BODY, STALE, REFUSAL, RENDERED_HASH, HTML_HASH, HTML };

static void
find(struct check_report *report, const char *part, struct str subject, struct str sentence, bool problem)
{
	struct check_finding finding = {part, subject, sentence, problem};

	report->problems += problem;
	report->found(report->arg, &finding);
}

/* A damaged file makes the check itself fail: that is a finding too. */
static enum err
damaged(struct db *db, struct check_report *report, const char *part, enum err e, struct fault *f)
{
	if (e == ERR_NOT_FOUND)
		return ERR_NONE;
	if (e != ERR_INTERNAL)
		return fault_set(f, e, "%s", db_message(db));
	find(report, part, STR_NONE, str_of(db_message(db)), true);
	return ERR_NONE;
}

static enum err
check_file(struct db *db, struct check_report *report, struct fault *f)
{
	struct rows *rows = NULL;
	enum err e = db_query(db, file_rows, &rows, "");

	while (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE)
		if (!str_eq(rows_str(rows, 0), STR("ok")))
			find(report, "file", STR_NONE, rows_str(rows, 0), true);
	rows_close(rows);
	return damaged(db, report, "file", e, f);
}

static enum err
check_references(struct db *db, struct check_report *report, struct fault *f)
{
	struct rows *rows = NULL;
	char sentence[300];
	enum err e = db_query(db, reference_rows, &rows, "");

	while (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE) {
		(void)snprintf(sentence, sizeof sentence,
		    "row %lld names a row of " STR_FMT " that is missing", (long long)rows_int(rows, 1),
		    STR_ARG(rows_str(rows, 2)));
		find(report, "references", rows_str(rows, 0), str_of(sentence), true);
	}
	rows_close(rows);
	return damaged(db, report, "references", e, f);
}

static void
check_article(const struct rows *row, struct check_report *report)
{
	struct str slug = rows_str(row, SLUG);
	char hash[TOKEN_HASH + 1];

	if (rows_null(row, BODY)) {
		find(report, "article", slug, STR("has no text"), false);
		return;
	}
	if (rows_int(row, STALE) == 1)
		find(report, "article", slug, STR("waits for rendering"), false);
	else if (rows_int(row, STALE) == 2)
		find(report, "article", slug, rows_str(row, REFUSAL), true);
	else if (!str_eq(rows_str(row, SHOWN_HASH), rows_str(row, RENDERED_HASH)))
		find(
		    report, "article", slug, STR("the teaser and the text were not rendered together"), true);
	if (rows_null(row, HTML))
		return;
	token_hash(rows_str(row, HTML), hash);
	if (!str_eq(str_of(hash), rows_str(row, HTML_HASH)))
		find(report, "article", slug,
		    STR("the text differs from what was rendered; restore it from a backup"), true);
}

/* One batch is one read: no snapshot is held while thousands of articles are hashed. */
static enum err
check_batch(struct db *db, struct check_report *report, int64_t *last, size_t *n)
{
	struct rows *rows = NULL;
	enum err e = db_query(db, article_rows, &rows, "ii", *last, (int64_t)BATCH);

	*n = 0;
	while (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE) {
		*last = rows_int(rows, ID);
		check_article(rows, report);
		(*n)++;
	}
	rows_close(rows);
	return e;
}

static enum err
check_articles(struct db *db, struct check_report *report, struct fault *f)
{
	int64_t last = INT64_MIN, total = 0;
	size_t done = 0, n = 0;
	enum err e = db_int(db, &total, count_rows, "");

	while (e == ERR_NONE) {
		e = check_batch(db, report, &last, &n);
		done += n;
		if (report->progress != NULL)
			report->progress(report->arg, done, done > (size_t)total ? done : (size_t)total);
		if (e == ERR_NOT_FOUND && n == BATCH)
			e = ERR_NONE;
	}
	return damaged(db, report, "article", e, f);
}

enum err
check_database(struct db *db, struct check_report *report, struct fault *f)
{
	enum err e;

	report->problems = 0;
	if ((e = check_file(db, report, f)) != ERR_NONE || (e = check_references(db, report, f)) != ERR_NONE)
		return e;
	return check_articles(db, report, f);
}

/* rank = 1 also compares the index with the text: the plain form, and the engine's own check, miss a lost delete. */
enum err
check_search(struct db *db, struct check_report *report, struct fault *f)
{
	static const char of_open[] =
	    "INSERT INTO article_search (article_search, rank) VALUES ('integrity-check', 1)";
	static const char of_full[] =
	    "INSERT INTO article_search_full (article_search_full, rank) VALUES ('integrity-check', 1)";
	static const char of_title[] =
	    "INSERT INTO article_search_title (article_search_title, rank) VALUES ('integrity-check', 1)";
	static const char *const sql[] = {of_open, of_full, of_title};
	static const char *const names[] = {"article_search", "article_search_full", "article_search_title"};

	for (size_t i = 0; i < sizeof sql / sizeof *sql; i++) {
		enum err e = db_exec(db, NULL, sql[i], "");

		if (e == ERR_INTERNAL)
			find(report, "search", str_of(names[i]),
			    STR("the index is damaged; DELETE FROM search_state makes it anew"), true);
		else if (e != ERR_NONE)
			return fault_set(f, e, "%s", db_message(db));
	}
	return ERR_NONE;
}
