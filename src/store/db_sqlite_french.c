/* db_sqlite_french.c: full-text search in French: the tokenizer "french" and the rank function closeness(). */
#include <libstemmer.h>
#include <stdlib.h>
#include <string.h>

#include "format/search_words.h"
#include "store/db_sqlite.h"

#define TOKEN_MAX ((size_t)128) /* longer runs of letters are no words: they are indexed as they are */

/* One a table and connection: a stemmer belongs to one thread. */
struct french {
	fts5_tokenizer split; /* unicode61, accents kept: the stemmer needs them */
	Fts5Tokenizer *splitter;
	struct sb_stemmer *stemmer;
};

static void
french_delete(Fts5Tokenizer *tokenizer)
{
	struct french *f = (struct french *)(void *)tokenizer;

	if (f->splitter != NULL)
		f->split.xDelete(f->splitter);
	sb_stemmer_delete(f->stemmer);
	free(f);
}

static int
french_create(void *context, const char **args, int n, Fts5Tokenizer **out)
{
	static const char *keep_accents[] = {"remove_diacritics", "0"};
	fts5_api *api = context;
	struct french *f = calloc(1, sizeof *f);
	void *user = NULL;
	int rc;

	(void)args;
	(void)n;
	if (f == NULL)
		return SQLITE_NOMEM;
	f->stemmer = sb_stemmer_new("french", "UTF_8");
	rc = f->stemmer == NULL ? SQLITE_NOMEM : api->xFindTokenizer(api, "unicode61", &user, &f->split);
	if (rc == SQLITE_OK)
		rc = f->split.xCreate(user, keep_accents, 2, &f->splitter);
	if (rc != SQLITE_OK) {
		french_delete((Fts5Tokenizer *)(void *)f);
		return rc;
	}
	*out = (Fts5Tokenizer *)(void *)f;
	return SQLITE_OK;
}

typedef int (*token_sink)(void *context, int flags, const char *token, int n, int start, int end);

struct stream {
	struct french *french;
	void *context;
	token_sink sink;
};

/* Stem first, strip accents afterwards: so that reforme and réformes meet. œ becomes oe. */
static int
take_token(void *arg, int flags, const char *token, int n, int start, int end)
{
	struct stream *s = arg;
	char folded[TOKEN_MAX * 2];
	const sb_symbol *stem;
	size_t len = 0;

	if (search_word_common((struct str){token, (size_t)n}))
		return SQLITE_OK;
	if ((size_t)n > TOKEN_MAX)
		return s->sink(s->context, flags, token, n, start, end);
	stem = sb_stemmer_stem(s->french->stemmer, (const sb_symbol *)token, n);
	if (stem == NULL)
		return SQLITE_NOMEM;
	if (!search_word_fold((struct str){(const char *)stem, (size_t)sb_stemmer_length(s->french->stemmer)},
	        folded, sizeof folded, &len))
		return s->sink(s->context, flags, token, n, start, end);
	return s->sink(s->context, flags, folded, (int)len, start, end);
}

static int
french_tokenize(Fts5Tokenizer *tokenizer, void *context, int flags, const char *text, int n, token_sink sink)
{
	struct french *f = (struct french *)(void *)tokenizer;
	struct stream s = {f, context, sink};

	return f->split.xTokenize(f->splitter, &s, flags, text, n, take_token);
}

#define PHRASES_MAX 16
#define COLUMNS_MAX 4

/* How often each word stands there, weighted by column. */
static int
weigh(const Fts5ExtensionApi *api, Fts5Context *row, const double *weights, int columns,
    double found[PHRASES_MAX])
{
	int n = 0, rc = api->xInstCount(row, &n);

	for (int i = 0; rc == SQLITE_OK && i < n; i++) {
		int phrase, column, offset;

		rc = api->xInst(row, i, &phrase, &column, &offset);
		if (rc == SQLITE_OK && phrase < PHRASES_MAX && column < columns)
			found[phrase] += weights[column];
	}
	return rc;
}

/*
 * closeness(TABLE, WEIGHT…): BM25 (k1 1.2, b 0.75) with a weight a column, without the rarity of words: every word is
 * asked for anyway, and counting the rows of a frequent one takes as long as there are rows. The higher the closer.
 */
static void
closeness(const Fts5ExtensionApi *api, Fts5Context *row, sqlite3_context *result, int n, sqlite3_value **args)
{
	double weights[COLUMNS_MAX] = {1, 1, 1, 1}, found[PHRASES_MAX] = {0}, sum = 0, average;
	sqlite3_int64 total = 0, rows = 0;
	int size = 0, rc, phrases = api->xPhraseCount(row);

	for (int i = 0; i < n && i < COLUMNS_MAX; i++)
		weights[i] = sqlite3_value_double(args[i]);
	if ((rc = api->xColumnTotalSize(row, -1, &total)) != SQLITE_OK ||
	    (rc = api->xRowCount(row, &rows)) != SQLITE_OK ||
	    (rc = api->xColumnSize(row, -1, &size)) != SQLITE_OK ||
	    (rc = weigh(api, row, weights, COLUMNS_MAX, found)) != SQLITE_OK) {
		sqlite3_result_error_code(result, rc);
		return;
	}
	average = rows > 0 && total > 0 ? (double)total / (double)rows : 1;
	for (int i = 0; i < phrases && i < PHRASES_MAX; i++)
		sum += found[i] * 2.2 / (found[i] + 1.2 * (0.25 + 0.75 * size / average));
	sqlite3_result_double(result, sum);
}

static fts5_api *
find_api(sqlite3 *db)
{
	static const char sql[] = "SELECT fts5($1)";
	fts5_api *api = NULL;
	sqlite3_stmt *stmt = NULL;

	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK &&
	    sqlite3_bind_pointer(stmt, 1, (void *)&api, "fts5_api_ptr", NULL) == SQLITE_OK)
		(void)sqlite3_step(stmt);
	(void)sqlite3_finalize(stmt);
	return api;
}

int
sqlite_french(sqlite3 *db)
{
	fts5_tokenizer tokenizer = {french_create, french_delete, french_tokenize};
	fts5_api *api = find_api(db);
	int rc;

	if (api == NULL || api->iVersion < 2)
		return SQLITE_ERROR;
	rc = api->xCreateTokenizer(api, "french", api, &tokenizer, NULL);
	return rc == SQLITE_OK ? api->xCreateFunction(api, "closeness", NULL, closeness, NULL) : rc;
}
