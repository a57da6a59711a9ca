/* db_sqlite.c: SQLite behind store/db.h: statements, scripts, copies. */
#include "store/db_sqlite.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* A statement is the engine's own; the names only differ. */
static sqlite3_stmt *
raw(struct db_stmt *stmt)
{
	return (sqlite3_stmt *)(void *)stmt;
}

/* A script lives in its caller's transaction and in this one database. */
static int
authorize_script(
    void *arg, int action, const char *what, const char *detail, const char *database, const char *inner)
{
	(void)arg;
	(void)what;
	(void)detail;
	(void)database;
	(void)inner;
	return action == SQLITE_TRANSACTION || action == SQLITE_ATTACH || action == SQLITE_DETACH
	           ? SQLITE_DENY
	           : SQLITE_OK;
}

static enum err
stmt_prepare(struct db_conn *conn, const char *sql, struct db_stmt **out)
{
	sqlite3_stmt *stmt = NULL;
	const char *tail = NULL;
	int rc = sqlite3_prepare_v3(conn->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, &tail);

	if (rc != SQLITE_OK)
		return sqlite_fail(conn, rc);
	if (stmt == NULL || tail[strspn(tail, " \t\n;")] != '\0') {
		(void)sqlite3_finalize(stmt);
		return fault_set(conn->why, ERR_INTERNAL, "not one statement: %.60s", sql);
	}
	*out = (struct db_stmt *)(void *)stmt;
	return ERR_NONE;
}

static void
stmt_finalize(struct db_stmt *stmt)
{
	(void)sqlite3_finalize(raw(stmt)); /* repeats the last step's error */
}

static int
bind_value(sqlite3_stmt *stmt, int at, const struct db_value *value, bool keep)
{
	sqlite3_destructor_type life = keep ? SQLITE_STATIC : SQLITE_TRANSIENT;

	switch (value->kind) {
	case DB_INT: return sqlite3_bind_int64(stmt, at, value->number);
	case DB_TEXT:
		return sqlite3_bind_text64(stmt, at, value->bytes.at, value->bytes.len, life, SQLITE_UTF8);
	case DB_BLOB: return sqlite3_bind_blob64(stmt, at, value->bytes.at, value->bytes.len, life);
	case DB_NULL:
	default: return sqlite3_bind_null(stmt, at);
	}
}

/* $1 is a name to SQLite, numbered by first appearance: the index is looked up. */
static enum err
stmt_bind(struct db_conn *conn, struct db_stmt *stmt, const struct db_value *values, int n, bool keep)
{
	char name[16];

	if (sqlite3_bind_parameter_count(raw(stmt)) != n)
		return fault_set(conn->why, ERR_INTERNAL, "%d values for: %.100s", n, sqlite3_sql(raw(stmt)));
	for (int i = 0; i < n; i++) {
		int at, rc;

		(void)snprintf(name, sizeof name, "$%d", i + 1);
		at = sqlite3_bind_parameter_index(raw(stmt), name);
		if (at == 0)
			return fault_set(
			    conn->why, ERR_INTERNAL, "no %s in: %.100s", name, sqlite3_sql(raw(stmt)));
		rc = bind_value(raw(stmt), at, &values[i], keep);
		if (rc != SQLITE_OK)
			return sqlite_fail(conn, rc);
	}
	return ERR_NONE;
}

static enum err
stmt_step(struct db_conn *conn, struct db_stmt *stmt)
{
	int rc = sqlite3_step(raw(stmt));

	return rc == SQLITE_ROW ? ERR_NONE : rc == SQLITE_DONE ? ERR_NOT_FOUND : sqlite_fail(conn, rc);
}

static void
stmt_reset(struct db_stmt *stmt)
{
	(void)sqlite3_reset(raw(stmt)); /* repeats the last step's error */
	(void)sqlite3_clear_bindings(raw(stmt));
}

static bool
column_is_null(struct db_stmt *stmt, int column)
{
	return sqlite3_column_type(raw(stmt), column) == SQLITE_NULL;
}

static int64_t
column_int(struct db_stmt *stmt, int column)
{
	return sqlite3_column_int64(raw(stmt), column);
}

static struct str
column_bytes(struct db_stmt *stmt, int column)
{
	const void *at;

	if (column_is_null(stmt, column))
		return (struct str){NULL, 0};
	at = sqlite3_column_type(raw(stmt), column) == SQLITE_BLOB ? sqlite3_column_blob(raw(stmt), column)
	                                                           : sqlite3_column_text(raw(stmt), column);
	if (at == NULL)
		return STR_NONE;
	return (struct str){at, (size_t)sqlite3_column_bytes(raw(stmt), column)};
}

static int64_t
conn_changed(struct db_conn *conn, struct db_stmt *stmt)
{
	return sqlite3_stmt_readonly(raw(stmt)) ? 0 : sqlite3_changes64(conn->db);
}

static int64_t
journal_bytes(struct db_conn *conn)
{
	const char *path = sqlite3_filename_wal(sqlite3_db_filename(conn->db, "main"));
	struct stat st;

	return path != NULL && stat(path, &st) == 0 ? st.st_size : 0;
}

static bool
in_transaction(struct db_conn *conn)
{
	return sqlite3_get_autocommit(conn->db) == 0;
}

/* Past white space and comments, so that a fault names the line where its statement begins. */
static const char *
skip_blank(const char *at)
{
	for (;;) {
		at += strspn(at, " \t\r\n;");
		if (strncmp(at, "--", 2) == 0)
			at += strcspn(at, "\n");
		else if (strncmp(at, "/*", 2) == 0 && strstr(at + 2, "*/") != NULL)
			at = strstr(at + 2, "*/") + 2;
		else
			return at;
	}
}

static enum err
script_fail(struct db_conn *conn, int rc, const char *label, const char *text, const char *at)
{
	int offset = sqlite3_error_offset(conn->db);
	enum err e = sqlite_fail(conn, rc);
	int line = 1;

	if (offset > 0)
		at += offset;
	for (const char *c = text; c < at; c++)
		line += *c == '\n';
	if (rc == SQLITE_AUTH)
		(void)fault_set(
		    conn->why, e, "a script may not begin or end a transaction, nor attach a database");
	if (rc == SQLITE_ERROR || rc == SQLITE_AUTH)
		e = ERR_INVALID;
	return fault_context(conn->why, e, "%s:%d", label, line);
}

/* Runs the statement at *at and moves on behind it. */
static int
script_statement(sqlite3 *db, const char **at)
{
	sqlite3_stmt *stmt = NULL;
	const char *tail = *at;
	int rc = sqlite3_prepare_v2(db, *at, -1, &stmt, &tail);

	if (rc != SQLITE_OK)
		return rc;
	if (stmt != NULL) {
		while ((rc = sqlite3_step(stmt)) == SQLITE_ROW)
			;
		rc = rc == SQLITE_DONE ? sqlite3_finalize(stmt) : (sqlite3_finalize(stmt), rc);
	}
	if (rc == SQLITE_OK)
		*at = tail;
	return rc;
}

static enum err
conn_script(struct db_conn *conn, const char *label, const char *text)
{
	const char *at = skip_blank(text);
	enum err e = ERR_NONE;

	if (conn->role != DB_WRITER)
		return fault_set(conn->why, ERR_DENIED, "%s: this connection only reads", label);
	(void)sqlite3_set_authorizer(conn->db, authorize_script, NULL);
	while (e == ERR_NONE && *at != '\0') {
		const char *began = at;
		int rc = script_statement(conn->db, &at);

		if (rc != SQLITE_OK)
			e = script_fail(conn, rc, label, text, began);
		at = skip_blank(at);
	}
	(void)sqlite3_set_authorizer(conn->db, NULL, NULL);
	return e;
}

/* VACUUM INTO reads one snapshot, leaves the live file alone and takes an existing file only when it is
 * empty. */
static enum err
conn_copy(struct db_conn *conn, const char *path)
{
	struct db_value value = {.kind = DB_TEXT, .bytes = str_of(path)};
	struct db_stmt *stmt = NULL;
	enum err e;

	if (conn->role != DB_WRITER)
		return fault_set(conn->why, ERR_DENIED, "this connection cannot make a copy");
	e = stmt_prepare(conn, "VACUUM INTO $1", &stmt);
	if (e != ERR_NONE)
		return e;
	e = stmt_bind(conn, stmt, &value, 1, true);
	if (e == ERR_NONE)
		e = stmt_step(conn, stmt);
	stmt_finalize(stmt);
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

const struct db_driver db_sqlite = {
    .scheme = "sqlite",
    .begin_write = "BEGIN IMMEDIATE",
    .begin_read = "BEGIN",
    .commit = "COMMIT",
    .rollback = "ROLLBACK",
    .data_version = "PRAGMA data_version",
    .open = sqlite_open,
    .close = sqlite_close,
    .prepare = stmt_prepare,
    .finalize = stmt_finalize,
    .bind = stmt_bind,
    .step = stmt_step,
    .reset = stmt_reset,
    .is_null = column_is_null,
    .get_int = column_int,
    .get_bytes = column_bytes,
    .changed = conn_changed,
    .in_transaction = in_transaction,
    .journal_bytes = journal_bytes,
    .script = conn_script,
    .copy = conn_copy,
};
