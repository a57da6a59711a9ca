/* consent_store.c: what was agreed to, when and how, in an order that nobody can change unseen. */
#include "store/consent_store.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "store/pick.h"

/* One line a member: a text with a line end in it cannot pass for two, as none may hold one. */
static enum err
hash_lines(const struct str *lines, size_t n, char out[TOKEN_HASH + 1])
{
	struct buf text = BUF_EMPTY;
	enum err e = ERR_NONE;

	for (size_t i = 0; i < n; i++) {
		if (str_has_control(lines[i]))
			e = ERR_INVALID;
		buf_put(&text, lines[i]);
		buf_putc(&text, '\n');
	}
	if (text.failed)
		e = ERR_MEMORY;
	if (e == ERR_NONE)
		token_hash(buf_str(&text), out);
	buf_free(&text);
	return e;
}

static enum err
hash_content(const struct consent *c, struct str salt, char out[TOKEN_HASH + 1])
{
	const struct str lines[] = {salt, c->person, c->purpose, c->method, c->form, c->notice_hash};

	return hash_lines(lines, sizeof lines / sizeof *lines, out);
}

/* What is said of nobody, and what is said of somebody as a hash only: it can be taken away and the row still fits. */
static enum err
hash_row(const struct consent *c, struct str previous, struct str content, char out[TOKEN_HASH + 1])
{
	char at[24];
	const struct str lines[] = {
	    previous, {at, (size_t)snprintf(at, sizeof at, "%lld", (long long)c->at)}, c->action, content};

	return hash_lines(lines, sizeof lines / sizeof *lines, out);
}

/* Rows of before migration 089. */
static enum err
hash_old_row(const struct consent *c, struct str previous, char out[TOKEN_HASH + 1])
{
	char at[24];
	const struct str lines[] = {previous, {at, (size_t)snprintf(at, sizeof at, "%lld", (long long)c->at)},
	    c->person, c->purpose, c->action, c->method, c->form, c->notice_hash};

	return hash_lines(lines, sizeof lines / sizeof *lines, out);
}

enum err
consent_store_add(struct db *db, const struct consent *c)
{
	static const char last[] = "SELECT hash FROM consent ORDER BY id DESC LIMIT 1";
	static const char add[] = "INSERT INTO consent (at, person, purpose, action, method, form, "
	                          "notice_hash, previous, hash, salt, content)"
	                          " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
	char previous[TOKEN_HASH + 1] = "", hash[TOKEN_HASH + 1], content[TOKEN_HASH + 1];
	char salt[TOKEN_TEXT + 1];
	struct rows *rows = NULL;
	enum err e = db_query(db, last, &rows, "");

	if (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE)
		(void)snprintf(previous, sizeof previous, STR_FMT, STR_ARG(rows_str(rows, 0)));
	rows_close(rows);
	token_new(salt);
	if (e == ERR_NONE || e == ERR_NOT_FOUND)
		e = hash_content(c, str_of(salt), content);
	if (e == ERR_NONE)
		e = hash_row(c, str_of(previous), str_of(content), hash);
	return e != ERR_NONE
	           ? e
	           : db_exec(db, NULL, add, "isssssszzzz", c->at, c->person, c->purpose, c->action, c->method,
	                 pick_text(c->form), pick_text(c->notice_hash), previous, hash, salt, content);
}

static struct consent
read_row(struct pick *p)
{
	return (struct consent){.at = rows_int(p->rows, 0),
	    .person = pick_str(p, 1),
	    .purpose = pick_str(p, 2),
	    .action = pick_str(p, 3),
	    .method = pick_str(p, 4),
	    .form = pick_str(p, 5),
	    .notice_hash = pick_str(p, 6)};
}

static void
consent_row(struct pick *p, void *out)
{
	*(struct consent_row *)out = (struct consent_row){
	    .consent = read_row(p), .hash = pick_str(p, 7), .version = pick_str(p, 8)};
}

enum err
consent_store_of(struct db *db, struct arena *a, struct str person, struct consent_row **out, size_t *n)
{
	static const char sql[] =
	    "SELECT c.at, c.person, c.purpose, c.action, c.method, c.form, c.notice_hash, c.hash, n.version"
	    " FROM consent c LEFT JOIN consent_notice n ON n.hash = c.notice_hash WHERE c.person = $1 ORDER "
	    "BY c.id";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "s", person);

	return pick_all(e, rows, a, consent_row, sizeof **out, out, n);
}

/* What is said of somebody is as it was written, or all gone from a row of that age. */
static bool
content_fits(const struct consent *c, struct str salt, struct str content, int64_t now)
{
	char hash[TOKEN_HASH + 1];

	if (salt.len + c->person.len + c->purpose.len + c->method.len + c->form.len + c->notice_hash.len == 0)
		return c->at <= now - CONSENT_KEEP_S;
	return hash_content(c, salt, hash) == ERR_NONE && str_eq(content, str_of(hash));
}

static bool
row_fits(const struct rows *rows, const struct consent *c, int64_t now, char expected[TOKEN_HASH + 1])
{
	struct str previous = rows_str(rows, 7), content = rows_str(rows, 11);
	char hash[TOKEN_HASH + 1];

	if (!str_eq(previous, str_of(expected)))
		return false;
	if (content.len == 0 ? hash_old_row(c, previous, hash) != ERR_NONE
	                     : hash_row(c, previous, content, hash) != ERR_NONE ||
	                           !content_fits(c, rows_str(rows, 10), content, now))
		return false;
	memcpy(expected, hash, sizeof hash);
	return str_eq(rows_str(rows, 8), str_of(hash));
}

enum err
consent_store_verify(struct db *db, int64_t now, int64_t *count, int64_t *broken)
{
	static const char sql[] =
	    "SELECT at, person, purpose, action, method, form, notice_hash, previous, hash, id, "
	    "salt, content FROM consent ORDER BY id";
	char expected[TOKEN_HASH + 1] = "";
	struct rows *rows = NULL;
	struct arena a;
	struct pick p = {NULL, &a, false};
	enum err e = db_query(db, sql, &rows, "");

	*count = *broken = 0;
	arena_init(&a, (size_t)1 << 16);
	p.rows = rows;
	while (e == ERR_NONE && *broken == 0 && (e = rows_next(rows)) == ERR_NONE) {
		struct consent c = read_row(&p);

		if (p.failed)
			e = ERR_MEMORY;
		else if (!row_fits(rows, &c, now, expected))
			*broken = rows_int(rows, 9);
		(*count)++;
		arena_reset(&a);
	}
	rows_close(rows);
	arena_free(&a);
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

enum err
consent_store_empty(struct db *db, int64_t now, int64_t *n)
{
	static const char sql[] =
	    "UPDATE consent SET salt = '', person = '', purpose = '', method = '', form = '', notice_hash = "
	    "'' WHERE id "
	    "IN"
	    " (SELECT c.id FROM consent c WHERE c.person <> '' AND c.content <> '' AND c.at <= $1 AND NOT "
	    "EXISTS"
	    " (SELECT 1 FROM consent l WHERE l.person = c.person AND l.purpose = c.purpose AND l.at > $1)"
	    " AND (SELECT l.action FROM consent l WHERE l.person = c.person AND l.purpose = c.purpose"
	    " ORDER BY l.id DESC LIMIT 1) NOT IN ('confirmed', 'given') ORDER BY c.id LIMIT 1000)";

	return db_exec(db, n, sql, "i", now - CONSENT_KEEP_S);
}

enum err
consent_store_keep_notice(
    struct db *db, struct str hash, struct str language, struct str wording, int64_t now)
{
	static const char sql[] =
	    "INSERT INTO consent_notice (hash, version, language, wording, at) VALUES ($1, $2, $3, $4, $5)"
	    " ON CONFLICT (hash) DO NOTHING";

	return db_exec(
	    db, NULL, sql, "ssssi", hash, str_slice(hash, 0, CONSENT_VERSION), language, wording, now);
}

enum err
consent_store_notice(
    struct db *db, struct arena *a, struct str version, struct str *hash, struct str *wording)
{
	static const char sql[] = "SELECT hash, wording FROM consent_notice WHERE version = $1 OR hash = $1";
	struct rows *rows = NULL;
	struct pick p = {NULL, a, false};
	enum err e = db_query(db, sql, &rows, "s", version);

	if (e == ERR_NONE)
		e = rows_next(rows);
	p.rows = rows;
	if (e == ERR_NONE) {
		*hash = pick_str(&p, 0);
		*wording = pick_str(&p, 1);
	}
	rows_close(rows);
	return p.failed ? ERR_MEMORY : e;
}
