/* cli_stats.c: sums for editors in the terminal, and who sees them on the site. */
#include <string.h>

#include "app/cli.h"
#include "app/verbs.h"
#include "base/clock.h"
#include "core/counters.h"
#include "store/counter_store.h"
#include "store/subscriber_store.h"

#define DAYS_MAX 760
#define ARTICLES_MAX 1000
#define BAR_CELLS 30

static bool
read_count(struct cli *cli, const char *name, int64_t max, int64_t *out)
{
	const char *text = cli_option(cli, name);

	if (text == NULL || str_to_int(str_of(text), 1, max, out))
		return true;
	(void)fprintf(stderr, "poterne: %s %s: write a number from 1 to %lld\n", name, text, (long long)max);
	return false;
}

#define BAR_BYTES (3 * BAR_CELLS + 1)

/* Filled cells for whole texts, open ones for walls. */
static void
draw_bar(char out[BAR_BYTES], int64_t full, int64_t wall, int64_t highest)
{
	static const char filled_cell[] = "█", open_cell[] = "░";
	int64_t filled = full * BAR_CELLS / highest, all = (full + wall) * BAR_CELLS / highest;

	for (int64_t i = 0; i < all && i < BAR_CELLS; i++)
		memcpy(out + 3 * i, i < filled ? filled_cell : open_cell, 3);
	out[3 * (all < BAR_CELLS ? all : BAR_CELLS)] = '\0';
}

static json_t *
day_rows(const struct counter_day *days, size_t n)
{
	json_t *rows = json_array();
	int64_t highest = 1;

	for (size_t i = 0; i < n; i++)
		highest = days[i].full + days[i].wall > highest ? days[i].full + days[i].wall : highest;
	for (size_t i = 0; rows != NULL && i < n; i++) {
		const struct counter_day *d = &days[i];
		char bar[BAR_BYTES], day[16];

		draw_bar(bar, d->full, d->wall, highest);
		(void)snprintf(day, sizeof day, "%04d-%02d-%02d", (int)(d->day / 10000),
		    (int)(d->day / 100 % 100), (int)(d->day % 100));
		if (json_array_append_new(
		        rows, json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s}", "day",
		                  day, "full", (json_int_t)d->full, "wall", (json_int_t)d->wall,
		                  "wall_from_search", (json_int_t)d->wall_search, "free_reads",
		                  (json_int_t)d->credits, "gifts", (json_int_t)d->gifts, "offers",
		                  (json_int_t)d->offers, "sign_ins", (json_int_t)d->sign_ins, "accounts",
		                  (json_int_t)d->accounts, "subscriptions", (json_int_t)d->subscriptions,
		                  "newsletters", (json_int_t)d->newsletters, "bar", bar)) != 0)
			break;
	}
	return rows;
}

static int
print_days(struct cli *cli, struct db *db, int64_t from)
{
	static const struct cli_column columns[] = {{"day", "DAY", false}, {"full", "FULL", true},
	    {"wall", "WALL", true}, {"wall_from_search", "FROM SEARCH", true}, {"free_reads", "FREE", true},
	    {"gifts", "GIFTS", true}, {"offers", "OFFERS", true}, {"sign_ins", "SIGN-INS", true},
	    {"accounts", "ACCOUNTS", true}, {"subscriptions", "SUBSCRIBED", true},
	    {"newsletters", "LETTERS", true}, {"bar", "", false}};
	struct counter_day *days;
	size_t n;

	if (counter_store_days(db, cli->arena, from, &days, &n) != ERR_NONE)
		return cli_fail(ERR_INTERNAL, &(struct fault){"the sums cannot be read"});
	return cli_print(cli, day_rows(days, n), columns, sizeof columns / sizeof *columns);
}

static int
print_articles(struct cli *cli, struct db *db, int64_t from, int64_t limit)
{
	static const struct cli_column columns[] = {{"full", "FULL", true}, {"wall", "WALL", true},
	    {"free_reads", "FREE", true}, {"gifts", "GIFTS", true}, {"offers", "OFFERS", true},
	    {"sign_ins", "SIGN-INS", true}, {"path", "ADDRESS", false}, {"title", "TITLE", false}};
	struct counter_article *articles;
	json_t *rows = json_array();
	size_t n;

	if (counter_store_articles(db, cli->arena, from, limit, &articles, &n) != ERR_NONE) {
		json_decref(rows);
		return cli_fail(ERR_INTERNAL, &(struct fault){"the sums cannot be read"});
	}
	for (size_t i = 0; rows != NULL && i < n; i++)
		if (json_array_append_new(
		        rows, json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:s%}", "full",
		                  (json_int_t)articles[i].full, "wall", (json_int_t)articles[i].wall,
		                  "free_reads", (json_int_t)articles[i].credits, "gifts",
		                  (json_int_t)articles[i].gifts, "offers", (json_int_t)articles[i].offers,
		                  "sign_ins", (json_int_t)articles[i].sign_ins, "path",
		                  json_sprintf("/" STR_FMT "/" STR_FMT, STR_ARG(articles[i].section),
		                      STR_ARG(articles[i].slug)),
		                  "title", articles[i].title.at, articles[i].title.len)) != 0)
			break;
	return cli_print(cli, rows, columns, sizeof columns / sizeof *columns);
}

int
cli_stats(struct cli *cli)
{
	int64_t days = 28, articles = 0, from;
	struct db *db;
	int status;

	if (!read_count(cli, "--days", DAYS_MAX, &days) ||
	    !read_count(cli, "--articles", ARTICLES_MAX, &articles) || !cli_arguments(cli, 0, 0))
		return cli_usage(cli);
	if ((db = cli_database(cli, DB_PUBLIC)) == NULL)
		return CLI_REFUSED;
	from = counters_day(clock_now() - (days - 1) * CLOCK_DAY);
	status = articles > 0 ? print_articles(cli, db, from, articles) : print_days(cli, db, from);
	db_close(db);
	return status;
}

static enum err
set_staff(struct cli *cli, struct db *db, const char *email, bool on, struct fault *f)
{
	struct subscriber reader;
	enum err e = subscriber_store_by_email(db, cli->arena, str_of(email), &reader);

	if (e == ERR_NOT_FOUND)
		return fault_set(f, e, "%s: no such account; poterne subscriber add makes one", email);
	if (e == ERR_NONE)
		e = counter_store_staff_set(db, reader.id, on);
	return e == ERR_NONE ? e : fault_set(f, e, "%s: %s", email, db_message(db));
}

int
cli_staff(struct cli *cli)
{
	struct fault f = {""};
	struct db *db;
	enum err e;
	bool on;

	if (!cli_arguments(cli, 2, 2))
		return cli_usage(cli);
	on = strcmp(cli->argv[0], "add") == 0;
	if (!on && strcmp(cli->argv[0], "remove") != 0)
		return cli_usage(cli);
	if ((db = cli_database(cli, DB_WRITER)) == NULL)
		return CLI_REFUSED;
	e = set_staff(cli, db, cli->argv[1], on, &f);
	db_close(db);
	return e == ERR_NONE ? CLI_OK : cli_fail(e, &f);
}
