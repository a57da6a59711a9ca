/* subscriber_store.c: accounts by address and id, and what their subscriptions come to. */
#include "store/subscriber_store.h"

#include <string.h>

#include "store/pick.h"

#define LOCAL_MAX 64 /* RFC 5321 4.5.3.1.1 */

static bool
address_char(char c)
{
	return c > ' ' && c < 0x7f && strchr("()<>,;:\\\"[]", c) == NULL;
}

/* What stands before or after the @: not empty, no dot at an end, no two dots in a row. */
static bool
dots_well(struct str s)
{
	return s.len > 0 && s.at[0] != '.' && s.at[s.len - 1] != '.' && str_find(s, STR("..")) == s.len;
}

bool
subscriber_email(struct str typed, char out[SUBSCRIBER_EMAIL + 1])
{
	struct str domain, local;

	typed = str_trim(typed);
	domain = typed;
	if (typed.len > SUBSCRIBER_EMAIL || !str_split(&domain, '@', &local) || domain.at == NULL ||
	    str_has(domain, '@'))
		return false;
	if (local.len > LOCAL_MAX || !dots_well(local) || !dots_well(domain) || !str_has(domain, '.') ||
	    domain.at[0] == '-')
		return false;
	for (size_t i = 0; i < typed.len; i++) {
		char c = typed.at[i];

		if (!address_char(c))
			return false;
		out[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	out[typed.len] = '\0';
	return true;
}

static enum err
no_address(struct fault *f, struct str email)
{
	return fault_set(f, ERR_INVALID,
	    "\"%.*s\" is no e-mail address: like somebody@example.org, without accents",
	    (int)(email.len > 100 ? 100 : email.len), email.at);
}

enum err
subscriber_store_add(struct db *db, struct str email, struct str name, int64_t *id, struct fault *f)
{
	static const char taken[] = "SELECT id FROM subscriber WHERE email = $1";
	static const char add[] = "INSERT INTO subscriber (email, name) VALUES ($1, $2) RETURNING id";
	char address[SUBSCRIBER_EMAIL + 1];
	enum err e;

	if (!subscriber_email(email, address))
		return no_address(f, email);
	e = db_int(db, id, taken, "z", address);
	if (e == ERR_NONE)
		return fault_set(f, ERR_CONFLICT, "%s has an account already", address);
	if (e == ERR_NOT_FOUND)
		e = db_int(db, id, add, "zs", address, pick_text(name));
	return pick_fault(f, e, db);
}

static enum err
read_subscriber(struct rows *rows, enum err e, struct arena *a, struct subscriber *out)
{
	struct pick p = {rows, a, false};

	if (e == ERR_NONE)
		e = rows_next(rows);
	if (e == ERR_NONE)
		*out = (struct subscriber){
		    .id = rows_int(rows, 0),
		    .created_at = rows_int(rows, 1),
		    .generation = rows_int(rows, 2),
		    .blocked_at = rows_int(rows, 3),
		    .email = pick_str(&p, 4),
		    .name = pick_str(&p, 5),
		    .note = pick_str(&p, 6),
		};
	rows_close(rows);
	return p.failed ? ERR_MEMORY : e;
}

enum err
subscriber_store_by_email(struct db *db, struct arena *a, struct str email, struct subscriber *out)
{
	static const char sql[] = "SELECT id, created_at, generation, blocked_at, email, name, note FROM "
	                          "subscriber WHERE email = $1";
	char address[SUBSCRIBER_EMAIL + 1];
	struct rows *rows = NULL;
	enum err e;

	if (!subscriber_email(email, address))
		return ERR_NOT_FOUND;
	e = db_query(db, sql, &rows, "z", address);
	return read_subscriber(rows, e, a, out);
}

enum err
subscriber_store_by_id(struct db *db, struct arena *a, int64_t id, struct subscriber *out)
{
	static const char sql[] =
	    "SELECT id, created_at, generation, blocked_at, email, name, note FROM subscriber WHERE id = $1";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "i", id);

	return read_subscriber(rows, e, a, out);
}

/* Adds a plan's slug to "a, b" unless it stands there. */
static bool
add_plan(struct arena *a, struct str *plans, struct str slug)
{
	struct str rest = *plans, part;

	while (plans->len > 0 && str_split(&rest, ',', &part))
		if (str_eq(str_trim(part), slug))
			return true;
	*plans = arena_printf(
	    a, STR_FMT "%s" STR_FMT, STR_ARG(*plans), plans->len > 0 ? ", " : "", STR_ARG(slug));
	return plans->at != NULL;
}

/* status, plans and until of a row whose id is set. Open periods hide the past ones. */
static enum err
sum_up(struct db *db, struct arena *a, int64_t now, struct subscriber_row *row)
{
	static const char sql[] =
	    "SELECT CASE WHEN u.ended_at <= $1 THEN 0 WHEN u.starts_at <= $1 AND u.ends_at + u.grace_s > $1 "
	    "THEN 1 ELSE 0"
	    " END AS open, CASE WHEN u.ended_at < u.ends_at THEN u.ended_at ELSE u.ends_at END AS until, "
	    "p.slug"
	    " FROM subscription u JOIN plan p ON p.id = u.plan_id"
	    " WHERE u.subscriber_id = $2 AND u.starts_at <= $1 ORDER BY open DESC, until DESC, p.slug";
	struct rows *rows = NULL;
	enum err e = db_query(db, sql, &rows, "ii", now, row->id);
	bool active = false;

	row->status = STR("none");
	row->plans = STR_NONE;
	row->until = 0;
	while (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE) {
		bool open = rows_int(rows, 0) != 0;

		if (active && !open)
			break;
		active = open;
		row->status = open ? STR("active") : STR("expired");
		if (row->until < rows_int(rows, 1))
			row->until = rows_int(rows, 1);
		if (!add_plan(a, &row->plans, rows_str(rows, 2)))
			e = ERR_MEMORY;
	}
	rows_close(rows);
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

enum err
subscriber_store_row(struct db *db, struct arena *a, int64_t id, int64_t now, struct subscriber_row *out)
{
	struct subscriber s;
	enum err e = subscriber_store_by_id(db, a, id, &s);

	if (e != ERR_NONE)
		return e;
	*out = (struct subscriber_row){
	    .id = id, .created_at = s.created_at, .email = s.email, .name = s.name};
	return sum_up(db, a, now, out);
}

enum err
subscriber_store_list(struct db *db, struct arena *a, int64_t after_id, int64_t now, size_t limit,
    struct subscriber_row **out, size_t *n)
{
	static const char sql[] =
	    "SELECT id, created_at, email, name FROM subscriber WHERE id > $1 ORDER BY id LIMIT $2";
	struct rows *rows = NULL;
	struct pick p = {NULL, a, false};
	enum err e;

	*n = 0;
	*out = arena_zero(a, limit, sizeof **out);
	if (*out == NULL)
		return ERR_MEMORY;
	e = db_query(db, sql, &rows, "ii", after_id, (int64_t)limit);
	p.rows = rows;
	while (e == ERR_NONE && *n < limit && (e = rows_next(rows)) == ERR_NONE) {
		struct subscriber_row *row = &(*out)[(*n)++];

		row->id = rows_int(rows, 0);
		row->created_at = rows_int(rows, 1);
		row->email = pick_str(&p, 2);
		row->name = pick_str(&p, 3);
		e = sum_up(db, a, now, row);
	}
	rows_close(rows);
	if (e == ERR_NOT_FOUND)
		e = ERR_NONE;
	return e == ERR_NONE && p.failed ? ERR_MEMORY : e;
}

enum err
subscriber_store_end_sessions(struct db *db, int64_t id)
{
	static const char sql[] = "UPDATE subscriber SET generation = generation + 1 WHERE id = $1";
	int64_t changed = 0;
	enum err e = db_exec(db, &changed, sql, "i", id);

	return e == ERR_NONE && changed == 0 ? ERR_NOT_FOUND : e;
}

enum err
subscriber_store_erase(struct db *db, int64_t id, struct fault *f)
{
	static const char sql[] = "DELETE FROM subscriber WHERE id = $1";
	int64_t changed = 0;
	enum err e = db_exec(db, &changed, sql, "i", id);

	if (e == ERR_NONE && changed == 0)
		return fault_set(f, ERR_NOT_FOUND, "there is no such account");
	return pick_fault(f, e, db);
}

enum err
subscriber_store_purge(struct db *db, int64_t silent_since, int64_t *n)
{
	static const char sql[] =
	    "DELETE FROM subscriber WHERE id IN (SELECT l.subscriber_id FROM last_sign_in l WHERE l.at < $1"
	    " AND NOT EXISTS (SELECT 1 FROM session s WHERE s.subscriber_id = l.subscriber_id)"
	    " AND NOT EXISTS (SELECT 1 FROM subscription p WHERE p.subscriber_id = l.subscriber_id"
	    " AND p.ends_at + p.grace_s > $1)"
	    " AND NOT EXISTS (SELECT 1 FROM seat t WHERE t.subscriber_id = l.subscriber_id"
	    " AND (t.revoked_at IS NULL OR t.revoked_at > $1))"
	    " ORDER BY l.at LIMIT 1000)";

	return db_exec(db, n, sql, "i", silent_since);
}
