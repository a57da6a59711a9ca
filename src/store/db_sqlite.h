/* db_sqlite.h: what the files of the SQLite driver share; nobody else includes it. */
#ifndef STORE_DB_SQLITE_H
#define STORE_DB_SQLITE_H

#include <sqlite3.h>

#include "store/db_driver.h"

struct db_conn {
	sqlite3 *db;
	enum db_role role;
	struct fault *why;
	int64_t busy_until; /* clock_ticks; while a lock is waited for */
};

enum err sqlite_open(
    struct db_conn **out, const char *path, enum db_role role, bool create, struct fault *why);
void sqlite_close(struct db_conn *conn);

/* Gives the connection what full-text search in French takes; before any authorizer. A result code. */
int sqlite_french(sqlite3 *db);

/* Turns a result code of the connection's last call into ours and leaves its sentence. */
enum err sqlite_fail(struct db_conn *conn, int rc);

#endif
