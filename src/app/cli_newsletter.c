/* cli_newsletter.c: poterne newsletter list, send, add, remove: lists and issues from the command line. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "app/cli.h"
#include "app/cli_json.h"
#include "app/issue_send.h"
#include "app/verbs.h"
#include "base/clock.h"
#include "core/newsletter.h"
#include "store/erased_store.h"
#include "store/issue_store.h"
#include "store/subscriber_store.h"

static int
list(struct cli *cli)
{
	static const struct cli_column columns[] = {{"id", "ID", true}, {"slug", "LIST", false},
	    {"name", "NAME", false}, {"access", "FOR", false}, {"readers", "READERS", true},
	    {"open", "OPEN", false}};
	struct newsletter_row *rows = NULL;
	struct fault f = {""};
	struct db *db;
	json_t *out;
	size_t n = 0;
	enum err e;

	if (!cli_arguments(cli, 0, 0))
		return cli_usage(cli);
	if ((db = cli_database(cli, DB_ENTITLED)) == NULL)
		return CLI_REFUSED;
	e = newsletter_store_counted(db, cli->arena, &rows, &n);
	if (e != ERR_NONE)
		(void)fault_set(&f, e, "%s", db_message(db));
	out = json_array();
	for (size_t i = 0; e == ERR_NONE && i < n; i++)
		(void)json_array_append_new(
		    out, json_pack("{s:I, s:s%, s:s%, s:s%, s:I, s:b}", "id", (json_int_t)rows[i].id, "slug",
		             rows[i].slug.at, rows[i].slug.len, "name", rows[i].name.at, rows[i].name.len,
		             "access", rows[i].access.at, rows[i].access.len, "readers",
		             (json_int_t)rows[i].readers, "open", rows[i].closed_at == 0));
	db_close(db);
	return cli_json_print(cli, e, &f, out, columns, sizeof columns / sizeof *columns);
}

static int
cancel(struct cli *cli, const char *text)
{
	int64_t id, taken = 0;
	struct fault f = {""};
	struct db *db;
	enum err e;

	if (!cli_arguments(cli, 0, 0) || !str_to_int(str_of(text), 1, INT64_MAX, &id))
		return cli_usage(cli);
	if ((db = cli_database(cli, DB_WRITER)) == NULL)
		return CLI_REFUSED;
	e = issue_store_cancel(db, id, clock_now(), &taken);
	if (e != ERR_NONE)
		(void)fault_set(&f, e,
		    e == ERR_NOT_FOUND ? "there is no such issue, or it was cancelled before" : "%s",
		    db_message(db));
	db_close(db);
	if (e != ERR_NONE)
		return cli_fail(e, &f);
	return printf("issue %lld cancelled, %lld mails taken back\n", (long long)id, (long long)taken) < 0
	           ? CLI_REFUSED
	           : CLI_OK;
}

/* Opens the database and finds the list that --list names. */
static bool
open_list(struct cli *cli, const char *slug, struct db **db, struct newsletter_row *out)
{
	struct fault f = {""};
	enum err e;

	if ((*db = cli_database(cli, DB_WRITER)) == NULL)
		return false;
	e = newsletter_store_by_slug(*db, cli->arena, str_of(slug), out);
	if (e == ERR_NONE)
		return true;
	if (e == ERR_NOT_FOUND)
		(void)fault_set(&f, e, "there is no list %s; poterne newsletter list shows them", slug);
	else
		(void)fault_set(&f, e, "%s", db_message(*db));
	(void)cli_fail(e, &f);
	db_close(*db);
	return false;
}

static int
send(struct cli *cli)
{
	const char *slug = cli_option(cli, "--list"), *taken = cli_option(cli, "--cancel");
	struct issue_sending what = {.test = cli_option(cli, "--test"), .dry = cli_flag(cli, "--dry-run")};
	struct newsletter_row row;
	struct fault f = {""};
	struct db *db;
	enum err e;

	if (taken != NULL)
		return cancel(cli, taken);
	if (!cli_arguments(cli, 1, 1) || slug == NULL)
		return cli_usage(cli);
	what.file = cli->argv[0];
	if (!open_list(cli, slug, &db, &row))
		return CLI_REFUSED;
	e = issue_send(cli, db, &row, &what, &f);
	db_close(db);
	return e == ERR_NONE ? CLI_OK : cli_fail(e, &f);
}

/* Who left comes back by a consent that is new, and whoever was erased only by themselves. */
static enum err
may_add(const struct newsletter_desk *d, const char *typed, int64_t list, const char *basis, struct fault *f)
{
	char email[SUBSCRIBER_EMAIL + 1];
	struct newsletter_subscription *all;
	size_t n = 0;
	enum err e;

	if (!subscriber_email(str_of(typed), email))
		return fault_set(f, ERR_INVALID, "%s is not an e-mail address", typed);
	if ((e = erased_store_allows(d->db, str_of(email), f)) != ERR_NONE)
		return e;
	e = newsletter_store_by_email(d->db, d->arena, str_of(email), &all, &n);
	for (size_t i = 0; e == ERR_NONE && i < n; i++)
		if (all[i].newsletter_id == list && str_eq(all[i].state, STR("ended")) &&
		    (basis == NULL || strcmp(basis, "opt-in") != 0))
			return fault_set(f, ERR_DENIED,
			    "%s left this list; --basis opt-in says that there is a new consent", email);
	return e == ERR_NONE ? e : fault_set(f, e, "%s", db_message(d->db));
}

/* By hand, for consents on paper and the other bases of law; never for who was erased. */
static int
change(struct cli *cli, bool on)
{
	const char *slug = cli_option(cli, "--list"), *basis = cli_option(cli, "--basis");
	struct newsletter_desk desk = {.arena = cli->arena, .config = cli->config, .now = clock_now()};
	struct newsletter_row row;
	struct lasting lasting;
	struct fault f = {""};
	enum err e;

	if (!cli_arguments(cli, 1, 1) || slug == NULL ||
	    (basis != NULL && strcmp(basis, "opt-in") != 0 && strcmp(basis, "customer") != 0 &&
	        strcmp(basis, "b2b") != 0))
		return cli_usage(cli);
	if (!open_list(cli, slug, &desk.db, &row))
		return CLI_REFUSED;
	desk.lasting = &lasting;
	e = lasting_load(cli->config->keys, &lasting, &f);
	if (e == ERR_NONE && on)
		e = may_add(&desk, cli->argv[0], row.id, basis, &f);
	if (e == ERR_NONE)
		e = newsletter_set(&desk, str_of(cli->argv[0]), row.id, on, "command", basis, &f);
	db_close(desk.db);
	return e == ERR_NONE ? CLI_OK : cli_fail(e, &f);
}

int
cli_newsletter(struct cli *cli)
{
	const char *verb = cli->argc > 0 ? cli->argv[0] : "";

	if (cli->argc > 0) {
		cli->argc--;
		cli->argv++;
	}
	if (strcmp(verb, "list") == 0)
		return list(cli);
	if (strcmp(verb, "send") == 0)
		return send(cli);
	if (strcmp(verb, "add") == 0)
		return change(cli, true);
	if (strcmp(verb, "remove") == 0)
		return change(cli, false);
	return cli_usage(cli);
}
