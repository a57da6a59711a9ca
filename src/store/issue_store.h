/* issue_store.h: issues of newsletters: written down, queued for each reader, checked when they leave. */
#ifndef STORE_ISSUE_STORE_H
#define STORE_ISSUE_STORE_H

#include "store/db.h"

struct issue {
	int64_t id, newsletter_id, queued_to, queued, created_at;
	struct str slug, title, state, hash;
	struct str list_slug, list_name, list_access;
	struct str markdown; /* issue_store_read: whole; issue_store_free: what everybody may read */
};

/* state: test or sending. ERR_CONFLICT: the list has an issue of that slug. DB_WRITER. */
enum err issue_store_add(struct db *db, const struct issue *issue, int64_t *id, struct fault *f);
enum err issue_store_by_hash(
    struct db *db, struct arena *a, int64_t newsletter_id, struct str hash, struct issue *out);
enum err issue_store_read(struct db *db, struct arena *a, int64_t id, struct issue *out); /* not DB_PUBLIC */

/* Any role: issues that went out, newest first; and one of them. */
enum err issue_store_recent(
    struct db *db, struct arena *a, int64_t newsletter_id, int64_t limit, struct issue **out, size_t *n);
enum err issue_store_free(
    struct db *db, struct arena *a, struct str list, struct str slug, struct issue *out);

/* Puts up to `most` further readers of the list into the outbox, per_second due in each second from start_at on, and
 * notes how far it came, in one transaction of its own. *queued: how many; 0: all are, and the issue is sent. */
enum err issue_store_queue(struct db *db, int64_t id, int64_t most, int64_t start_at, int64_t per_second,
    int64_t *queued, struct fault *f);
enum err issue_store_readers(struct db *db, int64_t newsletter_id, int64_t after, int64_t *n);

/* Ends an issue: what waits is taken back. ERR_NOT_FOUND. DB_WRITER. */
enum err issue_store_cancel(struct db *db, int64_t id, int64_t now, int64_t *taken_back);

/* May the issue leave for this subscription now? Asked in the transaction that takes the mail. 0 is a test. */
enum err issue_store_stands(
    struct db *db, int64_t issue_id, int64_t subscription_id, struct str email, bool *out);

/* The account of an address; 0: none. */
enum err issue_store_account(struct db *db, struct str email, int64_t *subscriber_id);

#endif
