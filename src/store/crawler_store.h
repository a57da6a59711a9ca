/* crawler_store.h: networks of search engines, and addresses that may be one's. */
#ifndef STORE_CRAWLER_STORE_H
#define STORE_CRAWLER_STORE_H

#include "store/db.h"

#define CRAWLER_ASKED_MAX 1000 /* questions that wait at most; more are forgotten */

/* Networks that count at this time, in the arena. Any role. */
enum err crawler_store_verified(struct db *db, struct arena *a, int64_t now, struct str **out, size_t *n);

/* An address that says it is a search engine's; known ones stay as they are. DB_WRITER, as all below. */
enum err crawler_store_ask(struct db *db, struct str network, int64_t expires_at);
enum err crawler_store_asked(struct db *db, struct arena *a, size_t limit, struct str **out, size_t *n);
enum err crawler_store_answer(
    struct db *db, struct str network, bool verified, struct str name, int64_t expires_at);

/* The published list takes the place of the one before it: listed for each network, then settled. In a transaction. */
enum err crawler_store_listed(struct db *db, struct str network, int64_t now, int64_t expires_at);
enum err crawler_store_settled(struct db *db, int64_t now);

/* Rows whose time is over. source: "file", "lookup": all of that source too; NULL: none. */
enum err crawler_store_purge(struct db *db, int64_t now, const char *source);

#endif
