/* db.c: handles, statement cache and binding, the same for every engine. */
#include "store/db.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "store/db_driver.h"

#define CACHE_SETS 16
#define CACHE_WAYS 8 /* 128 statements a connection */
#define PARAMETERS_MAX 32
#define PATH_ROOM 4096

static const struct db_driver *const drivers[] = {&db_sqlite};

/* A prepared statement and the read that may be under way on it. */
struct rows {
	struct db *db;
	const char *sql; /* its address is the name */
	struct db_stmt *stmt;
	uint64_t used; /* when it was last asked for */
	bool open;     /* between db_query and rows_close */
	bool ended;    /* no row to look at any more */
	bool loose;    /* not in the cache: freed at close */
};

struct db {
	const struct db_driver *driver;
	struct db_conn *conn;
	enum db_role role;
	struct fault why;
	void (*before)(void *arg);
	void *arg;
	uint64_t uses;
	struct rows cache[CACHE_SETS][CACHE_WAYS];
};

/* The engine that url's scheme names; a plain path is SQLite's. */
static const struct db_driver *
driver_of(const char *url, const char **path)
{
	*path = url;
	for (size_t i = 0; i < sizeof drivers / sizeof *drivers; i++) {
		size_t n = strlen(drivers[i]->scheme);

		if (strncmp(url, drivers[i]->scheme, n) == 0 && url[n] == ':') {
			*path = url + n + 1;
			return drivers[i];
		}
	}
	return &db_sqlite;
}

enum err
db_open(struct db **out, const char *url, enum db_role role, bool create, struct fault *f)
{
	struct db *db = calloc(1, sizeof *db);
	const char *path;
	enum err e;

	*out = NULL;
	if (db == NULL)
		return fault_set(f, ERR_MEMORY, "no memory for a database connection");
	db->role = role;
	db->driver = driver_of(url, &path);
	e = db->driver->open(&db->conn, path, role, create && role == DB_WRITER, &db->why);
	if (e != ERR_NONE) {
		(void)fault_set(f, e, "%s", db->why.text);
		free(db);
		return e;
	}
	*out = db;
	return ERR_NONE;
}

void
db_close(struct db *db)
{
	if (db == NULL)
		return;
	for (size_t i = 0; i < CACHE_SETS; i++)
		for (size_t k = 0; k < CACHE_WAYS; k++)
			if (db->cache[i][k].stmt != NULL)
				db->driver->finalize(db->cache[i][k].stmt);
	db->driver->close(db->conn);
	free(db);
}

void
db_before(struct db *db, void (*before)(void *arg), void *arg)
{
	db->before = before;
	db->arg = arg;
}

const char *
db_message(const struct db *db)
{
	return db->why.text;
}

/* The slot that has sql, else one to prepare it in: free, or the one unused for longest. NULL: all are in
 * use. */
static struct rows *
cache_slot(struct db *db, const char *sql)
{
	struct rows *set = db->cache[((uintptr_t)sql >> 4) % CACHE_SETS];
	struct rows *best = NULL;

	for (size_t k = 0; k < CACHE_WAYS; k++) {
		if (set[k].open)
			continue;
		if (set[k].stmt != NULL && set[k].sql == sql)
			return &set[k];
		if (best == NULL || set[k].used < best->used)
			best = &set[k];
	}
	return best;
}

/* Lends a prepared statement for sql; a crowd of open ones is served from outside the cache. */
static enum err
lend(struct db *db, const char *sql, struct rows **out)
{
	struct rows *rows = cache_slot(db, sql);
	bool loose = rows == NULL;
	enum err e;

	if (loose && (rows = calloc(1, sizeof *rows)) == NULL)
		return fault_set(&db->why, ERR_MEMORY, "no memory for a statement");
	if (rows->stmt == NULL || rows->sql != sql) {
		if (rows->stmt != NULL)
			db->driver->finalize(rows->stmt);
		*rows = (struct rows){.db = db, .sql = sql, .loose = loose};
		e = db->driver->prepare(db->conn, sql, &rows->stmt);
		if (e != ERR_NONE) {
			rows->stmt = NULL;
			if (loose)
				free(rows);
			return e;
		}
	}
	rows->used = ++db->uses;
	rows->open = true;
	rows->ended = false;
	*out = rows;
	return ERR_NONE;
}

/* One argument as the letter says; false for a letter that is none. */
static bool
take_value(char type, va_list *ap, struct db_value *out)
{
	const char *text;

	*out = (struct db_value){.kind = DB_NULL};
	switch (type) {
	case 'n': return true;
	case 'i':
		out->kind = DB_INT;
		out->number = va_arg(*ap, int64_t);
		return true;
	case 's':
	case 'b':
		out->bytes = va_arg(*ap, struct str);
		if (out->bytes.at != NULL)
			out->kind = type == 's' ? DB_TEXT : DB_BLOB;
		return true;
	case 'z':
		text = va_arg(*ap, const char *);
		if (text != NULL)
			*out = (struct db_value){.kind = DB_TEXT, .bytes = str_of(text)};
		return true;
	default: return false;
	}
}

/* keep: the arguments live until the statement is reset, so that the engine need not copy them. */
static enum err
query(struct db *db, const char *sql, struct rows **out, bool keep, const char *types, va_list *ap)
{
	struct db_value values[PARAMETERS_MAX];
	size_t n = strlen(types);
	enum err e;

	*out = NULL;
	if (db->before != NULL)
		db->before(db->arg);
	if (n > PARAMETERS_MAX)
		return fault_set(&db->why, ERR_INTERNAL, "more than %d parameters", PARAMETERS_MAX);
	for (size_t i = 0; i < n; i++)
		if (!take_value(types[i], ap, &values[i]))
			return fault_set(&db->why, ERR_INTERNAL, "unknown parameter type in \"%s\"", types);
	e = lend(db, sql, out);
	if (e != ERR_NONE)
		return e;
	e = db->driver->bind(db->conn, (*out)->stmt, values, (int)n, keep);
	if (e != ERR_NONE) {
		rows_close(*out);
		*out = NULL;
	}
	return e;
}

enum err
db_query(struct db *db, const char *sql, struct rows **out, const char *types, ...)
{
	va_list ap;
	enum err e;

	va_start(ap, types);
	e = query(db, sql, out, false, types, &ap);
	va_end(ap);
	return e;
}

enum err
rows_next(struct rows *rows)
{
	enum err e;

	if (rows->ended)
		return ERR_NOT_FOUND;
	e = rows->db->driver->step(rows->db->conn, rows->stmt);
	if (e != ERR_NONE) {
		rows->ended = true;
		rows->db->driver->reset(rows->stmt); /* ends the read at once */
	}
	return e;
}

int64_t
rows_int(const struct rows *rows, int column)
{
	return rows->ended ? 0 : rows->db->driver->get_int(rows->stmt, column);
}

struct str
rows_str(const struct rows *rows, int column)
{
	return rows->ended ? (struct str){NULL, 0} : rows->db->driver->get_bytes(rows->stmt, column);
}

bool
rows_null(const struct rows *rows, int column)
{
	return rows->ended || rows->db->driver->is_null(rows->stmt, column);
}

void
rows_close(struct rows *rows)
{
	if (rows == NULL)
		return;
	if (!rows->ended)
		rows->db->driver->reset(rows->stmt);
	rows->ended = true;
	rows->open = false;
	if (rows->loose) {
		rows->db->driver->finalize(rows->stmt);
		free(rows);
	}
}

enum err
db_exec(struct db *db, int64_t *changed, const char *sql, const char *types, ...)
{
	struct rows *rows = NULL;
	va_list ap;
	enum err e;

	va_start(ap, types);
	e = query(db, sql, &rows, true, types, &ap);
	va_end(ap);
	if (changed != NULL)
		*changed = 0;
	while (e == ERR_NONE)
		e = rows_next(rows);
	if (e == ERR_NOT_FOUND) {
		e = ERR_NONE;
		if (changed != NULL)
			*changed = db->driver->changed(db->conn, rows->stmt);
	}
	rows_close(rows);
	return e;
}

enum err
db_int(struct db *db, int64_t *out, const char *sql, const char *types, ...)
{
	struct rows *rows = NULL;
	va_list ap;
	enum err e;

	va_start(ap, types);
	e = query(db, sql, &rows, true, types, &ap);
	va_end(ap);
	if (e == ERR_NONE)
		e = rows_next(rows);
	if (e == ERR_NONE) {
		*out = rows_int(rows, 0);
		/* Stepped to the end, for a write with RETURNING is committed there. */
		while (e == ERR_NONE)
			e = rows_next(rows);
		if (e == ERR_NOT_FOUND)
			e = ERR_NONE;
	}
	rows_close(rows);
	return e;
}

enum err
db_begin(struct db *db)
{
	return db_exec(
	    db, NULL, db->role == DB_WRITER ? db->driver->begin_write : db->driver->begin_read, "");
}

enum err
db_commit(struct db *db)
{
	enum err e = db_exec(db, NULL, db->driver->commit, "");

	if (e != ERR_NONE) {
		struct fault why = db->why;

		db_rollback(db);
		db->why = why;
	}
	return e;
}

void
db_rollback(struct db *db)
{
	if (db->driver->in_transaction(db->conn))
		(void)db_exec(db, NULL, db->driver->rollback, "");
}

enum err
db_script(struct db *db, const char *label, const char *script, struct fault *f)
{
	enum err e = db->driver->script(db->conn, label, script);

	return e == ERR_NONE ? e : fault_set(f, e, "%s", db->why.text);
}

int64_t
db_journal_bytes(struct db *db)
{
	return db->driver->journal_bytes(db->conn);
}

enum err
db_data_version(struct db *db, int64_t *out)
{
	return db_int(db, out, db->driver->data_version, "");
}

enum err
db_backup(struct db *db, const char *path, struct fault *f)
{
	char partial[PATH_ROOM];
	int n = snprintf(partial, sizeof partial, "%s.partial", path);
	enum err e;

	if (n < 0 || n >= PATH_ROOM)
		return fault_set(f, ERR_INVALID, "%s: path is too long", path);
	if (file_exists(path))
		return fault_set(f, ERR_CONFLICT, "%s exists already; a backup replaces nothing", path);
	(void)unlink(partial); /* of a backup that was interrupted */
	e = file_create(partial, 0600, f);
	if (e != ERR_NONE)
		return e;
	e = db->driver->copy(db->conn, partial);
	if (e != ERR_NONE)
		(void)fault_set(f, e, "%s: %s", path, db->why.text);
	else
		e = file_commit(partial, path, false, f);
	if (e != ERR_NONE)
		(void)unlink(partial);
	return e;
}
