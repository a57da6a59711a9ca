/* consent_store.c: what was agreed to, when and how, in an order that nobody can change unseen. */
#include "store/consent_store.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "store/pick.h"

/* One line a member: a text with a line end in it cannot pass for two, as none may hold one. */
static enum err
hash_row(const struct consent *c, struct str previous, char out[TOKEN_HASH + 1])
{
	const struct str members[] = {c->person, c->purpose, c->action, c->method, c->form, c->notice_hash};
	struct buf text = BUF_EMPTY;
	enum err e = ERR_NONE;

	buf_printf(&text, STR_FMT "\n%lld\n", STR_ARG(previous), (long long)c->at);
	for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
		if (str_has_control(members[i]))
			e = ERR_INVALID;
		buf_put(&text, members[i]);
		buf_putc(&text, '\n');
	}
	if (text.failed)
		e = ERR_MEMORY;
	if (e == ERR_NONE)
		token_hash(buf_str(&text), out);
	buf_free(&text);
	return e;
}

enum err
consent_store_add(struct db *db, const struct consent *c)
{
	static const char last[] = "SELECT hash FROM consent ORDER BY id DESC LIMIT 1";
	static const char add[] =
	    "INSERT INTO consent (at, person, purpose, action, method, form, notice_hash, previous, hash)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
	char previous[TOKEN_HASH + 1] = "", hash[TOKEN_HASH + 1];
	struct rows *rows = NULL;
	enum err e = db_query(db, last, &rows, "");

	if (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE)
		(void)snprintf(previous, sizeof previous, STR_FMT, STR_ARG(rows_str(rows, 0)));
	rows_close(rows);
	if (e == ERR_NONE || e == ERR_NOT_FOUND)
		e = hash_row(c, str_of(previous), hash);
	return e != ERR_NONE ? e
	                     : db_exec(db, NULL, add, "isssssszz", c->at, c->person, c->purpose, c->action,
	                           c->method, pick_text(c->form), pick_text(c->notice_hash), previous, hash);
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

enum err
consent_store_verify(struct db *db, int64_t *count, int64_t *broken)
{
	static const char sql[] =
	    "SELECT at, person, purpose, action, method, form, notice_hash, previous, hash, id"
	    " FROM consent ORDER BY id";
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
		char hash[TOKEN_HASH + 1] = "";

		if (!str_eq(rows_str(rows, 7), str_of(expected)) ||
		    hash_row(&c, rows_str(rows, 7), hash) != ERR_NONE ||
		    !str_eq(rows_str(rows, 8), str_of(hash)))
			*broken = rows_int(rows, 9);
		memcpy(expected, hash, sizeof expected);
		(*count)++;
		arena_reset(&a);
	}
	rows_close(rows);
	arena_free(&a);
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
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
