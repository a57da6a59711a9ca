/* hub_store.h: whether a feed has changed since its hub was told. */
#ifndef STORE_HUB_STORE_H
#define STORE_HUB_STORE_H

#include "store/db.h"

/* Ids and editions of the newest listed articles, of a section or (0) of all; in the arena. Any role. */
enum err hub_store_state(struct db *db, struct arena *a, int64_t section_id, int64_t now, struct str *state);

/* *same: the hub knows this state of the topic. */
enum err hub_store_knows(struct db *db, struct str topic, struct str state, bool *same);
enum err hub_store_told(struct db *db, struct str topic, struct str state, int64_t now); /* DB_WRITER */

#endif
