/* db_sqlite_open.c: SQLite connections: roles, hardening, waiting for locks, what its codes mean. */
#include "store/db_sqlite.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/metrics.h"
#include "base/token.h"
#include "store/grants.h"

#define BUSY_LIMIT_US ((int64_t)1900000) /* FT5: a locked database is given up within 2 s */
#define BUSY_STEP_MAX_MS 50

/* Called with tries 0 when a lock is first met, then again until it gives up. */
static int
wait_busy(void *arg, int tries)
{
	struct db_conn *conn = arg;
	int64_t now = clock_ticks();
	uint32_t most = tries < 5 ? (uint32_t)2 << tries : BUSY_STEP_MAX_MS;

	if (tries == 0) {
		conn->busy_until = now + BUSY_LIMIT_US;
		metrics_add(METRIC_DB_BUSY, 1);
	}
	if (now >= conn->busy_until)
		return 0;
	clock_sleep_ms(1 + token_random_below(most));
	return 1;
}

struct rule {
	int code; /* extended result code */
	enum err e;
	const char *prefix; /* of SQLite's sentence, cut off */
	const char *suffix; /* put after what is left */
};

static const struct rule rules[] = {
    {SQLITE_CONSTRAINT_UNIQUE, ERR_CONFLICT, "UNIQUE constraint failed: ", " is taken already"},
    {SQLITE_CONSTRAINT_PRIMARYKEY, ERR_CONFLICT, "UNIQUE constraint failed: ", " is taken already"},
    {SQLITE_CONSTRAINT_ROWID, ERR_CONFLICT, "UNIQUE constraint failed: ", " is taken already"},
    {SQLITE_CONSTRAINT_NOTNULL, ERR_INVALID, "NOT NULL constraint failed: ", " must be given"},
    {SQLITE_CONSTRAINT_CHECK, ERR_INVALID, "CHECK constraint failed: ", ""},
    {SQLITE_CONSTRAINT_FOREIGNKEY, ERR_INVALID, "FOREIGN KEY constraint failed",
        "a row that this one names is missing, or other rows still name this one"},
    {SQLITE_BUSY_SNAPSHOT, ERR_BUSY, "", " (another program wrote in between)"},
    {SQLITE_IOERR_NOMEM, ERR_MEMORY, "", ""},
    {SQLITE_IOERR_WRITE, ERR_FULL, "", " (the file system takes no more: full, or over a quota)"},
};

static enum err
primary_err(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK: return ERR_NONE;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
	case SQLITE_INTERRUPT: return ERR_BUSY;
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH: return ERR_INVALID;
	case SQLITE_FULL:
	case SQLITE_READONLY: return ERR_FULL;
	case SQLITE_NOMEM: return ERR_MEMORY;
	case SQLITE_TOOBIG: return ERR_TOO_LARGE;
	case SQLITE_AUTH: return ERR_DENIED;
	default: return ERR_INTERNAL;
	}
}

enum err
sqlite_fail(struct db_conn *conn, int rc)
{
	const char *said = sqlite3_errmsg(conn->db);

	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		size_t n = strlen(rules[i].prefix);

		if (rules[i].code == rc && strncmp(said, rules[i].prefix, n) == 0)
			return fault_set(conn->why, rules[i].e, "%s%s", said + n, rules[i].suffix);
	}
	return fault_set(conn->why, primary_err(rc), "%s", said);
}

/* What a reading role may do: SELECT what it is granted, and nothing that reaches beyond the tables. */
static int
authorize_reader(
    void *arg, int action, const char *what, const char *detail, const char *database, const char *inner)
{
	const struct db_conn *conn = arg;

	(void)database;
	(void)inner;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_RECURSIVE:
	case SQLITE_TRANSACTION: return SQLITE_OK;
	case SQLITE_FUNCTION: return strcasecmp(detail, "load_extension") == 0 ? SQLITE_DENY : SQLITE_OK;
	case SQLITE_READ:
		return conn->role == DB_ENTITLED || grants_public_read(what, detail) ? SQLITE_OK
		                                                                     : SQLITE_DENY;
	case SQLITE_PRAGMA:
		if (detail == NULL && strcasecmp(what, "data_version") == 0)
			return SQLITE_OK;
		return conn->role == DB_ENTITLED && (strcasecmp(what, "integrity_check") == 0 ||
		                                        strcasecmp(what, "foreign_key_check") == 0)
		           ? SQLITE_OK
		           : SQLITE_DENY;
	/* Opening a table of FTS5 compiles its declaration, which names this and is never run. The file is open for
	 * reading only, and DEFENSIVE keeps the schema from every hand. */
	case SQLITE_UPDATE: return strcasecmp(what, "sqlite_master") == 0 ? SQLITE_OK : SQLITE_DENY;
	default: return SQLITE_DENY;
	}
}

/* Every thread has connections of its own: what they keep is little, the kernel keeps the rest once for all of them. */
static const char *const role_pragmas[DB_ROLE_COUNT] = {
    [DB_PUBLIC] =
        "PRAGMA query_only=ON; PRAGMA cache_size=-1000; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY;"
        "PRAGMA schema_version;",
    [DB_ENTITLED] =
        "PRAGMA query_only=ON; PRAGMA cache_size=-384; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY;"
        "PRAGMA schema_version;",
    [DB_WRITER] =
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-2000; PRAGMA mmap_size=0;"
        "PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=16777216; PRAGMA schema_version;",
};

/* Settings that keep a prepared or hostile file from doing more than holding rows. */
static bool
harden(sqlite3 *db)
{
	static const struct {
		int option, value;
	} options[] = {
	    {SQLITE_DBCONFIG_DEFENSIVE, 1},
	    {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
	    {SQLITE_DBCONFIG_ENABLE_FKEY, 1},
	    {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
	    {SQLITE_DBCONFIG_DQS_DML, 0},
	    {SQLITE_DBCONFIG_DQS_DDL, 0},
	};
	int now;

	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		if (sqlite3_db_config(db, options[i].option, options[i].value, &now) != SQLITE_OK ||
		    now != options[i].value)
			return false;
	(void)sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 64 << 20);
	(void)sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, 8 << 20);
	(void)sqlite3_limit(db, SQLITE_LIMIT_EXPR_DEPTH, 200);
	(void)sqlite3_limit(db, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000);
	(void)sqlite3_limit(db, SQLITE_LIMIT_WORKER_THREADS, 0);
	return true;
}

static enum err
set_up(struct db_conn *conn)
{
	int rc;

	(void)sqlite3_busy_handler(conn->db, wait_busy, conn);
	if (!harden(conn->db))
		return fault_set(conn->why, ERR_INTERNAL, "this SQLite library lacks a safety setting");
	rc = sqlite3_exec(conn->db, role_pragmas[conn->role], NULL, NULL, NULL);
	if (rc == SQLITE_OK && sqlite_french(conn->db) != SQLITE_OK)
		return fault_set(
		    conn->why, ERR_INTERNAL, "this SQLite library has no full-text search (FTS5)");
	if (rc == SQLITE_OK && conn->role != DB_WRITER)
		rc = sqlite3_set_authorizer(conn->db, authorize_reader, conn);
	return rc == SQLITE_OK ? ERR_NONE : sqlite_fail(conn, rc);
}

/*
 * A missing file is made here and not by SQLite, for its mode. Opening the live file by path would drop this
 * process's locks on it; an exclusively created one has none.
 */
static enum err
find_file(const char *path, bool create, struct fault *why)
{
	enum err e;

	if (*path == '\0' || *path == ':' || strncmp(path, "file:", 5) == 0)
		return fault_set(why, ERR_INVALID, "\"%s\" is not the path of a database", path);
	if (file_exists(path))
		return ERR_NONE;
	if (!create)
		return fault_set(
		    why, ERR_NOT_FOUND, "there is no database at %s: run `poterne migrate`", path);
	e = file_create(path, 0600, why);
	return e == ERR_CONFLICT ? ERR_NONE : e; /* made by another program meanwhile */
}

void
sqlite_close(struct db_conn *conn)
{
	(void)sqlite3_close_v2(conn->db);
	free(conn);
}

/* *unfinished: the file needs a repair that only a writing connection may do. */
static enum err
open_once(struct db_conn **out, const char *path, enum db_role role, struct fault *why, bool *unfinished)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
	            (role == DB_WRITER ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
	struct db_conn *conn = calloc(1, sizeof *conn);
	enum err e;
	int rc;

	*unfinished = false;
	if (conn == NULL)
		return fault_set(why, ERR_MEMORY, "no memory for a database connection");
	conn->role = role;
	conn->why = why;
	rc = sqlite3_open_v2(path, &conn->db, flags, NULL);
	e = rc == SQLITE_OK ? set_up(conn) : sqlite_fail(conn, rc);
	if (e != ERR_NONE) {
		*unfinished = (sqlite3_errcode(conn->db) & 0xff) == SQLITE_READONLY;
		if ((sqlite3_errcode(conn->db) & 0xff) == SQLITE_CANTOPEN)
			e = fault_set(why, ERR_DENIED,
			    "the file cannot be read, or its folder cannot be written, where SQLite keeps "
			    "its -wal and -shm files");
		sqlite_close(conn);
		return fault_context(why, e, "%s", path);
	}
	*out = conn;
	return ERR_NONE;
}

enum err
sqlite_open(struct db_conn **out, const char *path, enum db_role role, bool create, struct fault *why)
{
	struct db_conn *writer = NULL;
	bool unfinished;
	enum err e = find_file(path, create, why);

	if (e != ERR_NONE)
		return e;
	e = open_once(out, path, role, why, &unfinished);
	/* A writer was killed before its first commit was whole: another one rolls that back. */
	if (unfinished && role != DB_WRITER) {
		e = open_once(&writer, path, DB_WRITER, why, &unfinished);
		if (e == ERR_NONE) {
			sqlite_close(writer);
			e = open_once(out, path, role, why, &unfinished);
		}
	}
	return e;
}
