/* changes.c: asks a version number often and the change log only when it moved. */
#include "store/changes.h"

#include <stdlib.h>

#include "base/metrics.h"

#define KEPT_S ((int64_t)86460) /* a trigger refuses what is younger than a day */

static const char newest[] = "SELECT coalesce(max(id), 0) FROM change_log";
static const char later[] = "SELECT id, kind, ref, detail FROM change_log WHERE id > $1 ORDER BY id LIMIT $2";
static const char still_there[] = "SELECT count(*) FROM change_log WHERE id = $1";

struct changes {
	struct db *db;
	int64_t version; /* of the database when last was right */
	int64_t last;    /* newest id that was given or counts as seen */
};

static const char *const kind_names[] = {
    [CHANGE_ARTICLE] = "article",
    [CHANGE_SECTION] = "section",
    [CHANGE_AUTHOR] = "author",
    [CHANGE_TAG] = "tag",
    [CHANGE_PLAN] = "plan",
    [CHANGE_SUBSCRIBER] = "subscriber",
    [CHANGE_SESSION] = "session",
    [CHANGE_INSTITUTION] = "institution",
    [CHANGE_GIFT] = "gift",
    [CHANGE_NEWSLETTER] = "newsletter",
    [CHANGE_PAGE] = "page",
    [CHANGE_EVERYTHING] = "everything",
};
_Static_assert(sizeof kind_names / sizeof *kind_names == CHANGE_KIND_COUNT, "name every kind");

const char *
change_name(enum change_kind kind)
{
	return kind_names[kind];
}

/* A kind that a newer schema writes is taken for everything: too much is dropped, never too little. */
static enum change_kind
kind_of(struct str name)
{
	for (int i = 0; i < CHANGE_EVERYTHING; i++)
		if (str_eq(name, str_of(kind_names[i])))
			return (enum change_kind)i;
	return CHANGE_EVERYTHING;
}

enum err
changes_open(struct changes **out, const char *url, struct fault *f)
{
	struct changes *changes = calloc(1, sizeof *changes);
	enum err e;

	*out = NULL;
	if (changes == NULL)
		return fault_set(f, ERR_MEMORY, "no memory to follow changes");
	e = db_open(&changes->db, url, DB_PUBLIC, false, f);
	if (e != ERR_NONE) {
		free(changes);
		return e;
	}
	/* The version first: a commit in between is then looked at twice, never missed. */
	e = db_data_version(changes->db, &changes->version);
	if (e == ERR_NONE)
		e = db_int(changes->db, &changes->last, newest, "");
	if (e != ERR_NONE) {
		(void)fault_set(f, e, "the change log cannot be read: %s", db_message(changes->db));
		changes_close(changes);
		return e;
	}
	*out = changes;
	return ERR_NONE;
}

void
changes_close(struct changes *changes)
{
	if (changes == NULL)
		return;
	db_close(changes->db);
	free(changes);
}

const char *
changes_message(const struct changes *changes)
{
	return db_message(changes->db);
}

/* The next rows after the last one seen; *n is their number. */
static enum err
read_batch(struct changes *changes, struct change batch[CHANGES_BATCH], size_t *n)
{
	struct rows *rows = NULL;
	enum err e = db_query(changes->db, later, &rows, "ii", changes->last, (int64_t)CHANGES_BATCH);

	*n = 0;
	while (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE) {
		struct change *change = &batch[(*n)++];

		change->id = rows_int(rows, 0);
		change->kind = kind_of(rows_str(rows, 1));
		change->ref = rows_int(rows, 2);
		change->access = !str_eq(rows_str(rows, 3), STR("content"));
		if (*n == CHANGES_BATCH)
			e = ERR_NOT_FOUND;
	}
	rows_close(rows);
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

/*
 * Were rows lost between the last one seen and the next one there is? Old rows are purged, which takes nothing that
 * was unseen as long as the last one is still there or the next one follows on it. A restored backup lacks the last
 * one. next: 0 when there is none.
 */
static enum err
check_bookmark(struct changes *changes, int64_t next, bool *lost)
{
	int64_t there = 0;
	enum err e;

	*lost = false;
	if (changes->last == 0 || next == changes->last + 1)
		return ERR_NONE;
	e = db_int(changes->db, &there, still_there, "i", changes->last);
	*lost = e == ERR_NONE && there == 0;
	return e;
}

/* All that can be said is that something changed. */
static enum err
give_everything(struct changes *changes, changes_seen *seen, void *arg)
{
	struct change change = {.kind = CHANGE_EVERYTHING, .access = true};
	int64_t last;
	enum err e = db_int(changes->db, &last, newest, "");

	if (e != ERR_NONE)
		return e;
	changes->last = last;
	metrics_add(METRIC_CHANGES_SEEN, 1);
	seen(arg, &change, 1);
	return ERR_NONE;
}

static enum err
give_later(struct changes *changes, changes_seen *seen, void *arg)
{
	struct change batch[CHANGES_BATCH];
	bool lost;
	size_t n;
	enum err e;

	do {
		e = read_batch(changes, batch, &n);
		if (e == ERR_NONE)
			e = check_bookmark(changes, n > 0 ? batch[0].id : 0, &lost);
		if (e != ERR_NONE)
			return e;
		if (lost)
			return give_everything(changes, seen, arg);
		if (n == 0)
			break;
		changes->last = batch[n - 1].id;
		metrics_add(METRIC_CHANGES_SEEN, (int64_t)n);
		seen(arg, batch, n);
	} while (n == CHANGES_BATCH);
	return ERR_NONE;
}

enum err
changes_poll(struct changes *changes, changes_seen *seen, void *arg)
{
	int64_t version;
	enum err e = db_data_version(changes->db, &version);

	if (e != ERR_NONE || version == changes->version)
		return e;
	e = give_later(changes, seen, arg);
	if (e == ERR_NONE)
		changes->version = version;
	return e;
}

enum err
changes_purge(struct db *db, int64_t now)
{
	static const char sql[] =
	    "DELETE FROM change_log WHERE id IN (SELECT id FROM change_log WHERE at < $1"
	    " ORDER BY id LIMIT 10000)";

	return db_exec(db, NULL, sql, "i", now - KEPT_S);
}
