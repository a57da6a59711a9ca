/* counter_store.h: sums a day, and who among the readers may see them. */
#ifndef STORE_COUNTER_STORE_H
#define STORE_COUNTER_STORE_H

#include "store/db.h"

/* Adds to a sum. DB_WRITER, within the caller's transaction. */
enum err counter_store_add(struct db *db, int64_t day, struct str kind, int64_t article_id, int64_t n);

/* Sums older than the day go. DB_WRITER. */
enum err counter_store_purge(struct db *db, int64_t before_day, int64_t *n);

struct counter_day {
	int64_t day, full, wall, wall_search, credits, gifts, offers, sign_ins, accounts, subscriptions,
	    newsletters;
};
/* One row a day with anything in it, newest first. */
enum err counter_store_days(
    struct db *db, struct arena *a, int64_t from_day, struct counter_day **out, size_t *count);

struct counter_article {
	int64_t id, full, wall, credits, gifts, offers, sign_ins;
	struct str section, slug, title;
};
/* The articles most read or most often met with a wall since the day, most first. */
enum err counter_store_articles(struct db *db, struct arena *a, int64_t from_day, int64_t limit,
    struct counter_article **out, size_t *count);

enum err counter_store_staff_set(struct db *db, int64_t subscriber_id, bool on); /* DB_WRITER */
bool counter_store_is_staff(struct db *db, int64_t subscriber_id);

#endif
