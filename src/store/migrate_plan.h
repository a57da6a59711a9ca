/* migrate_plan.h: which scripts there are, which of them the database has had, and what is wrong with that. */
#ifndef STORE_MIGRATE_PLAN_H
#define STORE_MIGRATE_PLAN_H

#include "base/token.h"
#include "format/config.h"
#include "store/db.h"

enum migrate_state {
	MIGRATE_APPLIED,
	MIGRATE_PENDING,
	MIGRATE_EDITED, /* applied, and changed since */
	MIGRATE_MISSING /* applied, and no longer in the folder: an older program, or a deleted script */
};

struct migrate_script {
	const char *folder; /* "sql": shipped; "scripts": the publication's own */
	const char *name;   /* NNN_name.sql */
	const char *path;   /* NULL when missing */
	struct str text;
	char hash[TOKEN_HASH + 1];
	enum migrate_state state;
	int64_t applied_at;     /* 0: not applied */
	const char *applied_by; /* version of the program that applied it */
};

struct migrate_plan {
	struct migrate_script *scripts; /* in the order they run; missing ones last in their folder */
	size_t n, applied, pending;
};

/* Reads the folders and, with db, what the database has had; NULL: there is none yet. own false: only the shipped
 * folder. All of it lives in the arena. ERR_INVALID for a wrong name, a gap, a number twice. */
enum err migrate_plan_read(struct migrate_plan *plan, struct db *db, const struct config *cfg, bool own,
    struct arena *a, struct fault *f);

/* ERR_CONFLICT with the reason when a script was edited, is missing, or the database is newer. */
enum err migrate_plan_verify(const struct migrate_plan *plan, struct fault *f);

const char *migrate_state_name(enum migrate_state state);

#endif
