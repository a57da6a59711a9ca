/* erased_store.h: addresses whose owners asked to be forgotten, as hashes under a secret of this database. */
#ifndef STORE_ERASED_STORE_H
#define STORE_ERASED_STORE_H

#include "store/db.h"

/* Any spelling of an address. ERR_INVALID: it is none. Not DB_PUBLIC. */
enum err erased_store_find(struct db *db, struct str email); /* ERR_NONE: forgotten; ERR_NOT_FOUND: not */

/* Whether somebody else may bring the address in. ERR_CONFLICT: its owner asked to be forgotten. Not DB_PUBLIC. */
enum err erased_store_allows(struct db *db, struct str email, struct fault *f);

/* Notes it, and takes it back when the person returns; both are fine twice. DB_WRITER. */
enum err erased_store_add(struct db *db, struct str email, int64_t now);
enum err erased_store_remove(struct db *db, struct str email);

#endif
