/* migrate.h: brings the database to the state of the scripts: once each, in order, in a transaction each. */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "store/migrate_plan.h"

struct migrate_report {
	/* After each script, before it is committed for good when dry; may be NULL. */
	void (*script)(void *arg, const struct migrate_script *script);
	void (*copy)(
	    void *arg, const char *path); /* at the end: where the state before it all is kept; may be NULL */
	void *arg;
};

/*
 * Applies what is pending in cfg->sql, then in cfg->scripts, making cfg->database when it is not there. Before the
 * first change of a database that has had scripts, a copy is put beside it, and kept when a change was made. Killed at any moment, the database is
 * as before a script or as after it. dry: all of it in one transaction that is rolled back, nothing is made.
 * ERR_BUSY: another migration is running; ERR_CONFLICT as migrate_plan_verify; ERR_INVALID: "FILE:LINE: sentence".
 */
enum err migrate_run(const struct config *cfg, bool dry, const struct migrate_report *report, struct arena *a,
    struct fault *f);

/* ERR_NONE when the database has had exactly the shipped scripts; else why it cannot be used and what to do. */
enum err migrate_check(struct db *db, const struct config *cfg, struct fault *f);

#endif
