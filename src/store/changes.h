/* changes.h: learns what was committed by anyone, from change_log, so that caches drop what it names. */
#ifndef STORE_CHANGES_H
#define STORE_CHANGES_H

#include "store/db.h"

/* Also the kinds of struct memo_tag: a cached value bears a tag for each row it was made from. */
enum change_kind {
	CHANGE_ARTICLE, /* the article, its body, bylines, tags, plans, old addresses */
	CHANGE_SECTION,
	CHANGE_AUTHOR,
	CHANGE_TAG,
	CHANGE_PLAN,
	CHANGE_SUBSCRIBER, /* the reader's row and subscriptions */
	CHANGE_SESSION,
	CHANGE_INSTITUTION, /* its contract, seats, domains, networks */
	CHANGE_GIFT,
	CHANGE_NEWSLETTER,
	CHANGE_PAGE,       /* a page of words */
	CHANGE_EVERYTHING, /* changes may have been missed, or are of a kind unknown here: drop all */
	CHANGE_KIND_COUNT
};

struct change {
	int64_t id; /* 0 for a CHANGE_EVERYTHING that is not from a row */
	enum change_kind kind;
	int64_t ref; /* id of the row that kind names */
	bool access; /* who may read it, when, or at which address; else only what is shown */
};

struct changes; /* one poller; belongs to one thread */

/* Opens a DB_PUBLIC connection of its own. What was committed before counts as seen: fill caches afterwards. */
enum err changes_open(struct changes **out, const char *url, struct fault *f);
void changes_close(struct changes *changes); /* NULL is fine */

/* Gives what was committed since the last call to seen, oldest first, in one or more batches; nothing when nothing
 * was. On a fault what was not given yet is given by a later call; changes_message says why. */
#define CHANGES_BATCH 256
typedef void changes_seen(void *arg, const struct change *batch, size_t n);
enum err changes_poll(struct changes *changes, changes_seen *seen, void *arg);
const char *changes_message(const struct changes *changes);

/* Takes rows out that every running program has read: older than a day. A part of them each time. DB_WRITER. */
enum err changes_purge(struct db *db, int64_t now);

const char *change_name(enum change_kind kind); /* as change_log.kind writes it; "everything" */

#endif
