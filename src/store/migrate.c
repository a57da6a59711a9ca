/* migrate.c: one migrator at a time, one transaction a script, the record in the same one. */
#include "store/migrate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"

#define PLAN_MEMORY ((size_t)64 << 20)
#define PATH_ROOM 4096
#define COPIES_MAX 100

/* Made by the first script's transaction, so that a database has both or neither. */
static const char make_table[] =
    "-- Which scripts this database has had. `poterne migrate` writes it; nobody else should.\n"
    "CREATE TABLE IF NOT EXISTS schema_migration (\n"
    "	folder     TEXT   NOT NULL CHECK (folder IN ('sql', 'scripts')), -- shipped, or the publication's "
    "own\n"
    "	name       TEXT   NOT NULL,                                      -- NNN_name.sql\n"
    "	hash       TEXT   NOT NULL CHECK (length(hash) = 64),            -- BLAKE2b-256 of its text\n"
    "	applied_at BIGINT NOT NULL,                                      -- when\n"
    "	applied_by TEXT   NOT NULL,                                      -- version of the program\n"
    "	PRIMARY KEY (folder, name)\n"
    ")";

static const char record[] = "INSERT INTO schema_migration (folder, name, hash, applied_at, applied_by)"
                             " VALUES ($1, $2, $3, $4, $5)";

static enum err
fail(struct db *db, enum err e, struct fault *f, const struct migrate_script *script)
{
	return fault_set(f, e, "%s: %s", script->path, db_message(db));
}

/* The script and its row, in the transaction that is open. */
static enum err
apply(struct db *db, const struct migrate_script *script, struct fault *f)
{
	enum err e = db_exec(db, NULL, make_table, "");

	if (e != ERR_NONE)
		return fail(db, e, f, script);
	e = db_script(db, script->path, script->text.at, f);
	if (e != ERR_NONE)
		return e;
	e = db_exec(db, NULL, record, "zzziz", script->folder, script->name, script->hash, clock_now(),
	    POTERNE_VERSION);
	return e == ERR_NONE ? e : fail(db, e, f, script);
}

static void
tell(const struct migrate_report *report, const struct migrate_script *script)
{
	if (report->script != NULL)
		report->script(report->arg, script);
}

static enum err
apply_each(struct db *db, const struct migrate_plan *plan, const struct migrate_report *report, size_t *done,
    struct fault *f)
{
	for (size_t i = 0; i < plan->n; i++) {
		const struct migrate_script *script = &plan->scripts[i];
		enum err e;

		if (script->state != MIGRATE_PENDING)
			continue;
		e = db_begin(db);
		if (e != ERR_NONE)
			return fail(db, e, f, script);
		e = apply(db, script, f);
		if (e != ERR_NONE) {
			db_rollback(db);
			return e;
		}
		e = db_commit(db);
		if (e != ERR_NONE)
			return fail(db, e, f, script);
		(*done)++;
		tell(report, script);
	}
	return ERR_NONE;
}

static enum err
apply_none(
    struct db *db, const struct migrate_plan *plan, const struct migrate_report *report, struct fault *f)
{
	enum err e = db_begin(db);

	if (e != ERR_NONE)
		return fault_set(f, e, "%s", db_message(db));
	for (size_t i = 0; e == ERR_NONE && i < plan->n; i++) {
		if (plan->scripts[i].state != MIGRATE_PENDING)
			continue;
		e = apply(db, &plan->scripts[i], f);
		if (e == ERR_NONE)
			tell(report, &plan->scripts[i]);
	}
	db_rollback(db);
	return e;
}

/* DATABASE.before-NNN_name, named for the first script that will change it; with -2, -3 … for a repeated try. */
static enum err
copy_name(const struct config *cfg, const struct migrate_script *first, char out[PATH_ROOM], struct fault *f)
{
	int stem = (int)(strlen(first->name) - strlen(".sql"));

	for (int i = 1; i <= COPIES_MAX; i++) {
		int n = i == 1 ? snprintf(out, PATH_ROOM, "%s.before-%.*s", cfg->database, stem, first->name)
		               : snprintf(out, PATH_ROOM, "%s.before-%.*s-%d", cfg->database, stem,
		                     first->name, i);

		if (n < 0 || n >= PATH_ROOM)
			return fault_set(f, ERR_INVALID, "%s: path is too long", cfg->database);
		if (!file_exists(out))
			return ERR_NONE;
	}
	return fault_set(f, ERR_CONFLICT, "%s: too many copies from before migrations; remove old ones", out);
}

/* What the admin can go back to; path is left empty when there is nothing to lose. */
static enum err
keep_copy(struct db *db, const struct config *cfg, const struct migrate_plan *plan, char path[PATH_ROOM],
    struct fault *f)
{
	const struct migrate_script *first = NULL;
	enum err e;

	path[0] = '\0';
	for (size_t i = 0; i < plan->n && first == NULL; i++)
		if (plan->scripts[i].state == MIGRATE_PENDING)
			first = &plan->scripts[i];
	if (first == NULL || plan->applied == 0)
		return ERR_NONE;
	e = copy_name(cfg, first, path, f);
	if (e == ERR_NONE)
		e = db_backup(db, path, f);
	return e == ERR_NONE ? e
	                     : fault_context(f, e,
	                           "nothing was changed, for no copy of the database could be made first");
}

static enum err
run_open(struct db *db, const struct config *cfg, bool dry, const struct migrate_report *report,
    struct arena *a, struct fault *f)
{
	struct migrate_plan plan;
	char copy[PATH_ROOM];
	size_t done = 0;
	enum err e = migrate_plan_read(&plan, db, cfg, true, a, f);

	if (e == ERR_NONE)
		e = migrate_plan_verify(&plan, f);
	if (e == ERR_NONE && dry)
		return apply_none(db, &plan, report, f);
	if (e == ERR_NONE)
		e = keep_copy(db, cfg, &plan, copy, f);
	if (e != ERR_NONE)
		return e;
	e = apply_each(db, &plan, report, &done, f);
	if (copy[0] != '\0' && done == 0)
		(void)unlink(copy); /* nothing was changed: the next try makes its own */
	else if (copy[0] != '\0' && report->copy != NULL)
		report->copy(report->arg, copy);
	return e;
}

/* Without a database a dry run tries the scripts on an empty one that nobody sees. */
static enum err
run_scratch(const struct config *cfg, const struct migrate_report *report, struct arena *a, struct fault *f)
{
	static const char *const files[] = {"dry.db", "dry.db-wal", "dry.db-shm"};
	char folder[] = "/tmp/poterne-dry-XXXXXX", path[64];
	struct db *db = NULL;
	enum err e;

	if (mkdtemp(folder) == NULL)
		return fault_set(f, ERR_INTERNAL, "/tmp: no folder for the dry run can be made");
	(void)snprintf(path, sizeof path, "%s/dry.db", folder);
	e = db_open(&db, path, DB_WRITER, true, f);
	if (e == ERR_NONE)
		e = run_open(db, cfg, true, report, a, f);
	db_close(db);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", folder, files[i]);
		(void)unlink(path);
	}
	(void)rmdir(folder);
	return e;
}

static enum err
run_locked(
    const struct config *cfg, bool dry, const struct migrate_report *report, struct arena *a, struct fault *f)
{
	struct migrate_plan plan;
	struct db *db = NULL;
	enum err e;

	/* Wrong folders are found before a database is made. */
	e = migrate_plan_read(&plan, NULL, cfg, true, a, f);
	if (e == ERR_NONE)
		e = db_open(&db, cfg->database, DB_WRITER, true, f);
	if (e == ERR_NONE)
		e = run_open(db, cfg, dry, report, a, f);
	db_close(db);
	return e;
}

enum err
migrate_run(
    const struct config *cfg, bool dry, const struct migrate_report *report, struct arena *a, struct fault *f)
{
	char path[PATH_ROOM];
	int n = snprintf(path, sizeof path, "%s.migrate-lock", cfg->database);
	int lock;
	enum err e;

	if (n < 0 || n >= PATH_ROOM)
		return fault_set(f, ERR_INVALID, "%s: path is too long", cfg->database);
	if (dry && !file_exists(cfg->database))
		return run_scratch(cfg, report, a, f);
	e = file_lock(path, &lock, f);
	if (e == ERR_BUSY)
		return fault_set(f, e, "another migration of %s is running", cfg->database);
	if (e != ERR_NONE)
		return fault_context(f, e, "the folder of the database cannot be used");
	e = run_locked(cfg, dry, report, a, f);
	file_unlock(lock);
	return e;
}

enum err
migrate_check(struct db *db, const struct config *cfg, struct fault *f)
{
	struct migrate_plan plan;
	struct arena a;
	enum err e;

	arena_init(&a, PLAN_MEMORY);
	e = migrate_plan_read(&plan, db, cfg, false, &a, f);
	if (e == ERR_NONE)
		e = migrate_plan_verify(&plan, f);
	if (e == ERR_NONE && plan.applied == 0)
		e = fault_set(f, ERR_CONFLICT, "%s is empty: run `poterne migrate`", cfg->database);
	else if (e == ERR_NONE && plan.pending > 0)
		e = fault_set(f, ERR_CONFLICT,
		    "%s is older than this program (%zu scripts to apply): run `poterne migrate`",
		    cfg->database, plan.pending);
	arena_free(&a);
	return e;
}
