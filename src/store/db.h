/* db.h: SQL statements in, rows out; the only door to the database. A handle belongs to one thread. */
#ifndef STORE_DB_H
#define STORE_DB_H

#include "base/arena.h"
#include "base/err.h"
#include "store/db_role.h"

struct db;
struct rows;

/* url: a path, or sqlite:PATH. Never creates the file unless role is DB_WRITER and create is true (mode
 * 0600). */
enum err db_open(struct db **out, const char *url, enum db_role role, bool create, struct fault *f);
void db_close(struct db *db);                /* NULL is fine */
const char *db_message(const struct db *db); /* the driver's last sentence, for a fault */

/* Called before each statement from now on: whoever waits for this thread should not. */
void db_before(struct db *db, void (*before)(void *arg), void *arg);

/* sql is a constant whose address names it: it is prepared once a connection. types has a letter a parameter,
 * $1 first: i int64_t, s struct str, b struct str as BLOB (at == NULL gives NULL), z const char * (NULL gives
 * NULL), n no argument: NULL. Outside a transaction an INSERT … RETURNING is committed only when rows_next
 * says NOT_FOUND. */
enum err db_query(struct db *db, const char *sql, struct rows **out, const char *types, ...);
enum err rows_next(struct rows *rows); /* ERR_NONE: a row; ERR_NOT_FOUND: no more; else a fault */
int64_t rows_int(const struct rows *rows, int column);    /* 0 for NULL */
struct str rows_str(const struct rows *rows, int column); /* until the next rows_next; at == NULL for NULL */
bool rows_null(const struct rows *rows, int column);
void rows_close(struct rows *rows); /* ends the read; NULL is fine */

/* A statement without rows. *changed (may be NULL) gets the rows changed. ERR_CONFLICT: a UNIQUE rule;
 * ERR_INVALID: a CHECK, NOT NULL, foreign key or trigger said no (db_message says why); ERR_FULL; ERR_BUSY
 * after at most 2 s; ERR_DENIED: not in this role. */
enum err db_exec(struct db *db, int64_t *changed, const char *sql, const char *types, ...);

/* The first row's first column, for counts, lookups, RETURNING id. ERR_NOT_FOUND when there is no row. */
enum err db_int(struct db *db, int64_t *out, const char *sql, const char *types, ...);

enum err db_begin(
    struct db *db); /* takes the write lock at once (BEGIN IMMEDIATE) on a writer, a snapshot else */
enum err db_commit(struct db *db); /* on failure the transaction is rolled back */
void db_rollback(struct db *db);   /* fine without a transaction */

/* A whole script, several statements, as migrations are; it may not begin, commit, roll back or attach. A
 * fault reads "LABEL:LINE: sentence". ERR_INVALID when the script is wrong. */
enum err db_script(struct db *db, const char *label, const char *script, struct fault *f);

/* Bytes of changes that are not in the database file yet: they pile up while somebody reads an old state. */
int64_t db_journal_bytes(struct db *db);

/* A value that changes when another connection commits (PRAGMA data_version). */
enum err db_data_version(struct db *db, int64_t *out);

/* DB_WRITER: an online copy, mode 0600, made whole or not at all; ERR_CONFLICT when the file exists. Not in a
 * transaction. */
enum err db_backup(struct db *db, const char *path, struct fault *f);

#endif
