/* cli_session.c: poterne session issue, list, revoke: sign a reader in and out by hand. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "app/cli_json.h"
#include "app/cli_reader.h"
#include "app/verbs.h"
#include "base/clock.h"
#include "core/session_issue.h"

static enum err
issue_link(struct cli *cli, struct db *db, const struct subscriber *reader, struct fault *f)
{
	char token[TOKEN_TEXT + 1];
	enum err e = session_link_create(db, reader->id, clock_now(), cli->config->link_life_s, token, f);

	if (e == ERR_NONE && printf("%s/session/%s\n", cli->config->site_url, token) < 0)
		e = fault_set(f, ERR_FULL, "the link could not be printed");
	token_wipe(token, sizeof token);
	return e;
}

static enum err
issue_cookie(
    struct cli *cli, struct db *db, const struct subscriber *reader, struct str label, struct fault *f)
{
	int64_t now = clock_now();
	struct session_new s = {.subscriber_id = reader->id,
	    .now = now,
	    .expires_at = now + cli->config->session_life_s,
	    .label = label};
	struct session_ticket ticket;
	struct keyring *ring;
	enum err e;

	if ((e = keyring_load(&ring, cli->config->keys, f)) != ERR_NONE)
		return e;
	e = session_issue(db, ring, str_of(cli->config->site_url), &s, &ticket, f);
	keyring_release(ring);
	if (e == ERR_NONE && printf(SESSION_COOKIE "=%s\n", ticket.token) < 0)
		e = fault_set(f, ERR_FULL, "the cookie could not be printed");
	token_wipe(&ticket, sizeof ticket);
	return e;
}

static int
issue(struct cli *cli)
{
	bool link = cli_flag(cli, "--link");
	const char *label = cli_option(cli, "--label");
	struct subscriber reader;
	struct fault f = {""};
	struct db *db;
	enum err e;

	if (!cli_arguments(cli, 1, 1))
		return cli_usage(cli);
	if ((db = cli_database(cli, DB_WRITER)) == NULL)
		return CLI_REFUSED;
	e = cli_reader_find(cli, db, &reader, &f);
	if (e == ERR_NONE && link)
		e = issue_link(cli, db, &reader, &f);
	else if (e == ERR_NONE)
		e = issue_cookie(
		    cli, db, &reader, str_of(label == NULL ? "poterne session issue" : label), &f);
	db_close(db);
	return e == ERR_NONE ? CLI_OK : cli_fail(e, &f);
}

static json_t *
row_of(const struct session_row *row)
{
	return json_pack("{s:I, s:o, s:o, s:o, s:o}", "id", (json_int_t)row->id, "label",
	    cli_json_str(row->label), "created_at", cli_json_time(row->created_at), "last_seen_at",
	    cli_json_time(row->last_seen_at), "expires_at", cli_json_time(row->expires_at));
}

static int
list(struct cli *cli)
{
	static const struct cli_column columns[] = {{"id", "ID", true}, {"label", "DEVICE", false},
	    {"created_at", "SINCE", false}, {"last_seen_at", "LAST SEEN", false},
	    {"expires_at", "UNTIL", false}};
	struct session_row *sessions = NULL;
	struct subscriber reader;
	struct fault f = {""};
	json_t *rows;
	struct db *db;
	size_t n = 0;
	enum err e;

	if (!cli_arguments(cli, 1, 1))
		return cli_usage(cli);
	if ((db = cli_database(cli, DB_ENTITLED)) == NULL)
		return CLI_REFUSED;
	e = cli_reader_find(cli, db, &reader, &f);
	if (e == ERR_NONE)
		e = session_store_list(db, cli->arena, reader.id, clock_now(), &sessions, &n);
	db_close(db);
	rows = json_array();
	for (size_t i = 0; i < n && e == ERR_NONE; i++)
		if (json_array_append_new(rows, row_of(&sessions[i])) != 0)
			e = ERR_MEMORY;
	return cli_json_print(cli, e, &f, rows, columns, sizeof columns / sizeof *columns);
}

/* One session, or all of the reader's. */
static enum err
revoke_of(struct cli *cli, struct db *db, const struct subscriber *reader, int64_t *ended, struct fault *f)
{
	int64_t id;
	enum err e;

	if (cli->argc == 1) {
		e = session_store_revoke_all(db, reader->id, 0, clock_now(), ended);
		return e == ERR_NONE ? e : fault_set(f, e, "%s", db_message(db));
	}
	if (!str_to_int(str_of(cli->argv[1]), 1, INT64_MAX, &id))
		return fault_set(f, ERR_INVALID, "%s is not a number: see `poterne session list %s`",
		    cli->argv[1], cli->argv[0]);
	e = session_store_revoke(db, reader->id, id, clock_now());
	if (e == ERR_NOT_FOUND)
		return fault_set(
		    f, e, "%s has no session %s that could be ended", cli->argv[0], cli->argv[1]);
	*ended = 1;
	return e == ERR_NONE ? e : fault_set(f, e, "%s", db_message(db));
}

static int
revoke(struct cli *cli)
{
	struct subscriber reader;
	struct fault f = {""};
	struct db *db;
	int64_t ended = 0;
	enum err e;

	if (!cli_arguments(cli, 1, 2))
		return cli_usage(cli);
	if ((db = cli_database(cli, DB_WRITER)) == NULL)
		return CLI_REFUSED;
	e = cli_reader_find(cli, db, &reader, &f);
	if (e == ERR_NONE)
		e = revoke_of(cli, db, &reader, &ended, &f);
	db_close(db);
	if (e != ERR_NONE)
		return cli_fail(e, &f);
	return printf("%lld session%s ended\n", (long long)ended, ended == 1 ? "" : "s") < 0 ? CLI_REFUSED
	                                                                                     : CLI_OK;
}

int
cli_session(struct cli *cli)
{
	static const struct cli_verb verbs[] = {
	    {"issue", NULL, issue}, {"list", NULL, list}, {"revoke", NULL, revoke}};

	return cli_run(cli, verbs, sizeof verbs / sizeof *verbs);
}
