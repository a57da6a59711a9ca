/* consent_store.h: the log of consents, a chain of hashes, and the wordings that were agreed to. */
#ifndef STORE_CONSENT_STORE_H
#define STORE_CONSENT_STORE_H

#include "base/clock.h"
#include "base/token.h"
#include "store/db.h"

struct consent {
	int64_t at;
	struct str person; /* keyed hash of the address */
	struct str purpose, action, method, form, notice_hash;
};

/* Adds a link to the chain; in the transaction of what it is the proof of. DB_WRITER. */
enum err consent_store_add(struct db *db, const struct consent *c);

struct consent_row {
	struct consent consent;
	struct str hash, version; /* version: of the wording, empty without one */
};

/* Oldest first, in the arena. Not DB_PUBLIC, as below. */
enum err consent_store_of(
    struct db *db, struct arena *a, struct str person, struct consent_row **out, size_t *n);

/* Walks the whole chain. *broken: id of the first row that does not fit, 0: none. */
enum err consent_store_verify(struct db *db, int64_t now, int64_t *count, int64_t *broken);

/* Takes the person out of proofs of that age whose consent does not hold and about which nothing was written since; their
 * place in the chain stays. A thousand at most; *n: how many. DB_WRITER. */
#define CONSENT_KEEP_S (1826 * CLOCK_DAY) /* five years; migration 089 has it too */
enum err consent_store_empty(struct db *db, int64_t now, int64_t *n);

/* Keeps a wording; it may be there already. DB_WRITER. */
enum err consent_store_keep_notice(
    struct db *db, struct str hash, struct str language, struct str wording, int64_t now);
/* By its hash or by its version. */
enum err consent_store_notice(
    struct db *db, struct arena *a, struct str version, struct str *hash, struct str *wording);

#define CONSENT_VERSION 12

#endif
