/* counter_store.c: sums in and out. */
#include "store/counter_store.h"

#include "store/pick.h"

static const char add[] = "INSERT INTO counter (day, kind, article_id, n) VALUES ($1, $2, $3, $4) "
                          "ON CONFLICT (day, kind, article_id) DO UPDATE SET n = counter.n + excluded.n";
static const char purge[] = "DELETE FROM counter WHERE day < $1";
static const char days[] =
    "SELECT day, SUM(CASE WHEN kind = 'full' THEN n ELSE 0 END), "
    "SUM(CASE WHEN kind IN ('wall', 'wall_search') THEN n ELSE 0 END), "
    "SUM(CASE WHEN kind = 'wall_search' THEN n ELSE 0 END), "
    "SUM(CASE WHEN kind = 'credit' THEN n ELSE 0 END), SUM(CASE WHEN kind = 'gift' THEN n ELSE 0 END), "
    "SUM(CASE WHEN kind = 'offer' THEN n ELSE 0 END), SUM(CASE WHEN kind = 'sign_in' THEN n ELSE 0 END), "
    "SUM(CASE WHEN kind = 'account' THEN n ELSE 0 END), "
    "SUM(CASE WHEN kind = 'subscribe' THEN n ELSE 0 END), "
    "SUM(CASE WHEN kind = 'newsletter' THEN n ELSE 0 END) "
    "FROM counter WHERE day >= $1 GROUP BY day ORDER BY day DESC";
static const char articles[] =
    "SELECT a.id, SUM(CASE WHEN c.kind = 'full' THEN c.n ELSE 0 END), "
    "SUM(CASE WHEN c.kind IN ('wall', 'wall_search') THEN c.n ELSE 0 END), "
    "SUM(CASE WHEN c.kind = 'credit' THEN c.n ELSE 0 END), "
    "SUM(CASE WHEN c.kind = 'gift' THEN c.n ELSE 0 END), "
    "SUM(CASE WHEN c.kind = 'offer' THEN c.n ELSE 0 END), "
    "SUM(CASE WHEN c.kind = 'sign_in' THEN c.n ELSE 0 END), s.slug, a.slug, a.title_shown "
    "FROM counter AS c JOIN article AS a ON a.id = c.article_id JOIN section AS s ON s.id = a.section_id "
    "WHERE c.day >= $1 GROUP BY a.id, s.slug, a.slug, a.title_shown ORDER BY SUM(c.n) DESC, a.id DESC LIMIT "
    "$2";
static const char staff_on[] =
    "INSERT INTO staff (subscriber_id) VALUES ($1) ON CONFLICT (subscriber_id) DO NOTHING";
static const char staff_off[] = "DELETE FROM staff WHERE subscriber_id = $1";
static const char staff_is[] = "SELECT 1 FROM staff WHERE subscriber_id = $1";

enum err
counter_store_add(struct db *db, int64_t day, struct str kind, int64_t article_id, int64_t n)
{
	return db_exec(db, NULL, add, "isii", day, kind, article_id, n);
}

enum err
counter_store_purge(struct db *db, int64_t before_day, int64_t *n)
{
	return db_exec(db, n, purge, "i", before_day);
}

static void
day_row(struct pick *p, void *out)
{
	*(struct counter_day *)out = (struct counter_day){.day = rows_int(p->rows, 0),
	    .full = rows_int(p->rows, 1),
	    .wall = rows_int(p->rows, 2),
	    .wall_search = rows_int(p->rows, 3),
	    .credits = rows_int(p->rows, 4),
	    .gifts = rows_int(p->rows, 5),
	    .offers = rows_int(p->rows, 6),
	    .sign_ins = rows_int(p->rows, 7),
	    .accounts = rows_int(p->rows, 8),
	    .subscriptions = rows_int(p->rows, 9),
	    .newsletters = rows_int(p->rows, 10)};
}

enum err
counter_store_days(struct db *db, struct arena *a, int64_t from_day, struct counter_day **out, size_t *count)
{
	struct rows *rows = NULL;
	enum err e = db_query(db, days, &rows, "i", from_day);

	return pick_all(e, rows, a, day_row, sizeof **out, out, count);
}

static void
article_row(struct pick *p, void *out)
{
	*(struct counter_article *)out = (struct counter_article){.id = rows_int(p->rows, 0),
	    .full = rows_int(p->rows, 1),
	    .wall = rows_int(p->rows, 2),
	    .credits = rows_int(p->rows, 3),
	    .gifts = rows_int(p->rows, 4),
	    .offers = rows_int(p->rows, 5),
	    .sign_ins = rows_int(p->rows, 6),
	    .section = pick_str(p, 7),
	    .slug = pick_str(p, 8),
	    .title = pick_str(p, 9)};
}

enum err
counter_store_articles(struct db *db, struct arena *a, int64_t from_day, int64_t limit,
    struct counter_article **out, size_t *count)
{
	struct rows *rows = NULL;
	enum err e = db_query(db, articles, &rows, "ii", from_day, limit);

	return pick_all(e, rows, a, article_row, sizeof **out, out, count);
}

enum err
counter_store_staff_set(struct db *db, int64_t subscriber_id, bool on)
{
	return db_exec(db, NULL, on ? staff_on : staff_off, "i", subscriber_id);
}

bool
counter_store_is_staff(struct db *db, int64_t subscriber_id)
{
	int64_t one;

	return db_int(db, &one, staff_is, "i", subscriber_id) == ERR_NONE;
}
