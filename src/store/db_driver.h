/* db_driver.h: what an engine provides behind store/db.h; only store/db*.c include it. */
#ifndef STORE_DB_DRIVER_H
#define STORE_DB_DRIVER_H

#include "base/err.h"
#include "base/str.h"
#include "store/db_role.h"

struct db_conn; /* one connection, the engine's */
struct db_stmt; /* one prepared statement, the engine's */

struct db_value {
	enum { DB_NULL, DB_INT, DB_TEXT, DB_BLOB } kind;
	int64_t number;
	struct str bytes;
};

/* Functions that return an error leave its sentence in the fault that was given to open. */
struct db_driver {
	const char *scheme; /* of the URL, "sqlite" */
	const char *begin_write, *begin_read, *commit, *rollback;
	const char *data_version; /* one integer that another connection's commit changes */

	/* why is kept by the connection until close. */
	enum err (*open)(
	    struct db_conn **out, const char *path, enum db_role role, bool create, struct fault *why);
	void (*close)(struct db_conn *conn); /* all statements are finalized before */

	enum err (*prepare)(struct db_conn *conn, const char *sql, struct db_stmt **out);
	void (*finalize)(struct db_stmt *stmt);
	/* Binds values[0] to $1 and so on; the statement takes exactly n. keep: the bytes outlive the next
	 * reset. */
	enum err (*bind)(
	    struct db_conn *conn, struct db_stmt *stmt, const struct db_value *values, int n, bool keep);
	enum err (*step)(struct db_conn *conn, struct db_stmt *stmt); /* NONE: a row; NOT_FOUND: done */
	void (*reset)(struct db_stmt *stmt); /* ends the read and forgets what was bound */

	bool (*is_null)(struct db_stmt *stmt, int column);
	int64_t (*get_int)(struct db_stmt *stmt, int column);
	struct str (*get_bytes)(struct db_stmt *stmt, int column);
	int64_t (*changed)(struct db_conn *conn, struct db_stmt *stmt); /* rows the last step changed */
	bool (*in_transaction)(struct db_conn *conn);
	int64_t (*journal_bytes)(struct db_conn *conn);

	enum err (*script)(struct db_conn *conn, const char *label, const char *text);
	enum err (*copy)(struct db_conn *conn, const char *path); /* a consistent copy into an empty file */
};

extern const struct db_driver db_sqlite;

#endif
