/* indexing.h: keeps the search index and the related articles up with the articles, in small steps. */
#ifndef CORE_INDEXING_H
#define CORE_INDEXING_H

#include "store/db.h"

/* Whether there is anything to do: cheap, reads only. */
enum err indexing_waits(struct db *db, int64_t now, bool *waits, struct fault *f);

/* One step in a transaction of its own: some tens of articles; *more: another step is due at once. Any number of
 * programs may take steps: each begins where the last one ended. DB_WRITER. */
enum err indexing_step(struct db *db, int64_t now, bool *more, struct fault *f);

#endif
