/* migrate_plan.c: numbered scripts of two folders against the rows of schema_migration. */
#include "store/migrate_plan.h"

#include <string.h>

#include "base/file.h"

#define SCRIPT_MAX ((size_t)4 << 20)
#define NUMBER_DIGITS 3

static const char applied_rows[] =
    "SELECT folder, name, hash, applied_at, applied_by FROM schema_migration ORDER BY folder, name";

static const char *const state_names[] = {
    [MIGRATE_APPLIED] = "applied",
    [MIGRATE_PENDING] = "pending",
    [MIGRATE_EDITED] = "edited",
    [MIGRATE_MISSING] = "missing",
};

const char *
migrate_state_name(enum migrate_state state)
{
	return state_names[state];
}

/* 012 of 012_name.sql; false for any other name. */
static bool
script_number(struct str name, int64_t *out)
{
	struct str rest = str_slice(name, NUMBER_DIGITS, name.len);

	if (!str_to_int(str_slice(name, 0, NUMBER_DIGITS), 0, 999, out) || !str_starts(rest, STR("_")))
		return false;
	rest = str_slice(rest, 1, rest.len - strlen(".sql"));
	for (size_t i = 0; i < rest.len; i++)
		if (strchr("abcdefghijklmnopqrstuvwxyz0123456789_-", rest.at[i]) == NULL)
			return false;
	return rest.len > 0;
}

/* Numbers grow; they may leave gaps, as ranges for one matter do. An applied script that got lost is noticed by its row. */
static enum err
check_number(const char *folder, const char *name, int64_t *last, struct fault *f)
{
	int64_t number;

	if (!script_number(str_of(name), &number) || number == 0)
		return fault_set(f, ERR_INVALID, "%s/%s: scripts are named NNN_name.sql, with small letters",
		    folder, name);
	if (number == *last)
		return fault_set(
		    f, ERR_INVALID, "%s/%s: number %03d is there twice", folder, name, (int)number);
	*last = number;
	return ERR_NONE;
}

static enum err
read_script(struct migrate_script *script, const char *path, struct arena *a, struct fault *f)
{
	struct str whole = arena_printf(a, "%s/%s", path, script->name);
	enum err e;

	if (whole.at == NULL)
		return fault_set(f, ERR_MEMORY, "no memory for migrations");
	script->path = whole.at;
	e = file_read(a, script->path, SCRIPT_MAX, &script->text, f);
	if (e != ERR_NONE)
		return e;
	if (!str_is_utf8(script->text) || str_has(script->text, '\0'))
		return fault_set(f, ERR_INVALID, "%s: not UTF-8 text", script->path);
	token_hash(script->text, script->hash);
	script->state = MIGRATE_PENDING;
	return ERR_NONE;
}

static enum err
plan_room(struct migrate_plan *plan, size_t more, struct arena *a, struct fault *f)
{
	struct migrate_script *grown = arena_zero(a, plan->n + more + 1, sizeof *grown);

	if (grown == NULL)
		return fault_set(f, ERR_MEMORY, "no memory for migrations");
	if (plan->n > 0)
		memcpy(grown, plan->scripts, plan->n * sizeof *grown);
	plan->scripts = grown;
	return ERR_NONE;
}

static enum err
read_folder(struct migrate_plan *plan, const char *folder, const char *path, struct arena *a, struct fault *f)
{
	char **names;
	size_t n;
	int64_t last = 0;
	enum err e = file_list(a, path, ".sql", &names, &n, f);

	if (e == ERR_NONE)
		e = plan_room(plan, n, a, f);
	for (size_t i = 0; e == ERR_NONE && i < n; i++) {
		struct migrate_script *script = &plan->scripts[plan->n];

		*script = (struct migrate_script){.folder = folder, .name = names[i]};
		e = check_number(path, names[i], &last, f);
		if (e == ERR_NONE)
			e = read_script(script, path, a, f);
		if (e == ERR_NONE)
			plan->n++;
	}
	return e;
}

static struct migrate_script *
plan_find(const struct migrate_plan *plan, struct str folder, struct str name)
{
	for (size_t i = 0; i < plan->n; i++)
		if (str_eq(str_of(plan->scripts[i].folder), folder) &&
		    str_eq(str_of(plan->scripts[i].name), name))
			return &plan->scripts[i];
	return NULL;
}

/* One row of schema_migration marks its script, or is added as missing. */
static enum err
note_applied(
    struct migrate_plan *plan, const struct rows *row, const char *folder, struct arena *a, struct fault *f)
{
	struct migrate_script *script = plan_find(plan, rows_str(row, 0), rows_str(row, 1));

	if (script == NULL) {
		enum err e = plan_room(plan, 1, a, f);

		if (e != ERR_NONE)
			return e;
		script = &plan->scripts[plan->n++];
		*script = (struct migrate_script){.folder = folder, .state = MIGRATE_MISSING};
		script->name = arena_cstr(a, rows_str(row, 1));
	} else {
		script->state = str_eq(str_of(script->hash), rows_str(row, 2)) ? MIGRATE_APPLIED
		                                                               : MIGRATE_EDITED;
	}
	script->applied_at = rows_int(row, 3);
	script->applied_by = arena_cstr(a, rows_str(row, 4));
	if (script->name == NULL || script->applied_by == NULL)
		return fault_set(f, ERR_MEMORY, "no memory for migrations");
	return ERR_NONE;
}

static enum err
read_applied(struct migrate_plan *plan, struct db *db, bool own, struct arena *a, struct fault *f)
{
	struct rows *rows = NULL;
	enum err e = db_query(db, applied_rows, &rows, "");

	/* A database without the table has had no script. */
	if (e == ERR_INTERNAL && strstr(db_message(db), "no such table") != NULL)
		return ERR_NONE;
	if (e != ERR_NONE)
		return fault_set(f, e, "%s", db_message(db));
	while ((e = rows_next(rows)) == ERR_NONE) {
		bool shipped = str_eq(rows_str(rows, 0), STR("sql"));

		/* The publication's own are compared only when their folder is known. */
		if (shipped || own)
			e = note_applied(plan, rows, shipped ? "sql" : "scripts", a, f);
		if (e != ERR_NONE)
			break;
	}
	if (e == ERR_NOT_FOUND)
		e = ERR_NONE;
	else if (e != ERR_MEMORY)
		(void)fault_set(f, e, "%s", db_message(db));
	rows_close(rows);
	return e;
}

enum err
migrate_plan_read(struct migrate_plan *plan, struct db *db, const struct config *cfg, bool own,
    struct arena *a, struct fault *f)
{
	bool both = own && *cfg->scripts != '\0';
	enum err e;

	*plan = (struct migrate_plan){.scripts = NULL};
	e = read_folder(plan, "sql", cfg->sql, a, f);
	if (e == ERR_NONE && plan->n == 0)
		e = fault_set(f, ERR_NOT_FOUND, "%s: no scripts here; is [paths] sql right?", cfg->sql);
	if (e == ERR_NONE && both)
		e = read_folder(plan, "scripts", cfg->scripts, a, f);
	if (e == ERR_NONE && db != NULL)
		e = read_applied(plan, db, both, a, f);
	for (size_t i = 0; i < plan->n; i++)
		if (plan->scripts[i].state == MIGRATE_PENDING)
			plan->pending++;
		else
			plan->applied++;
	return e;
}

/* Is there a script in the folder that comes after this one? */
static bool
known_later(const struct migrate_plan *plan, const struct migrate_script *script)
{
	for (size_t i = 0; i < plan->n; i++)
		if (plan->scripts[i].path != NULL && strcmp(plan->scripts[i].folder, script->folder) == 0 &&
		    strcmp(plan->scripts[i].name, script->name) > 0)
			return true;
	return false;
}

enum err
migrate_plan_verify(const struct migrate_plan *plan, struct fault *f)
{
	for (size_t i = 0; i < plan->n; i++) {
		const struct migrate_script *script = &plan->scripts[i];

		if (script->state == MIGRATE_EDITED)
			return fault_set(f, ERR_CONFLICT,
			    "%s: was edited after it had been applied; put the old text back and write a new "
			    "script",
			    script->path);
		if (script->state == MIGRATE_MISSING && strcmp(script->folder, "sql") == 0 &&
		    !known_later(plan, script))
			return fault_set(f, ERR_CONFLICT,
			    "the database is newer than this program: it has had %s (by poterne %s)",
			    script->name, script->applied_by);
		if (script->state == MIGRATE_MISSING)
			return fault_set(f, ERR_CONFLICT,
			    "%s/%s: was applied but is no longer there; put it back", script->folder,
			    script->name);
	}
	return ERR_NONE;
}
