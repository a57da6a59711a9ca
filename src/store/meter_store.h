/* meter_store.h: free reads that were spent: of accounts by name, of strangers by hashes that go with the month. */
#ifndef STORE_METER_STORE_H
#define STORE_METER_STORE_H

#include "store/db.h"

/* month: "2026-11". */

/* The articles an account has opened in a month. Any role. */
enum err meter_store_reads(
    struct db *db, struct arena *a, int64_t subscriber_id, struct str month, int64_t **out, size_t *n);

struct meter_spend {
	struct str month;
	int64_t article_id, now;
	int64_t limit;         /* of the account, or of the stranger's network; a network's 0: none */
	int64_t subscriber_id; /* of an account */
	struct str network;    /* of a stranger: token_hash_keyed of where they are */
	struct str mark; /* token_hash of which credit of which cookie; empty: there was no cookie yet */
};

/* Both: ERR_NONE when the article is open now (also when it was already: nothing is spent then), ERR_DENIED when
 * nothing is left, ERR_CONFLICT when the same credit was spent on another article. DB_WRITER. */
enum err meter_store_spend(struct db *db, const struct meter_spend *s);
enum err meter_store_spend_stranger(struct db *db, const struct meter_spend *s);

/* Removes what strangers spent in months before this one, and accounts' reads of months before keep_from. */
enum err meter_store_purge(struct db *db, struct str month, struct str keep_from, int64_t *n);

#endif
