/* cli_consent.c: poterne consent prove EMAIL: what was agreed to, when, how and in which words. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "app/cli.h"
#include "app/verbs.h"
#include "base/clock.h"
#include "core/newsletter.h"
#include "store/consent_store.h"
#include "store/subscriber_store.h"

static json_t *
row_object(const struct consent_row *row)
{
	const struct consent *c = &row->consent;
	char at[CLOCK_TEXT];

	clock_rfc3339_local(c->at, at);
	return json_pack("{s:s, s:s%, s:s%, s:s%, s:s%, s:s%, s:s%, s:s%}", "at", at, "purpose",
	    c->purpose.at, c->purpose.len, "action", c->action.at, c->action.len, "method", c->method.at,
	    c->method.len, "form", c->form.at, c->form.len, "wording", row->version.at, row->version.len,
	    "wording_hash", c->notice_hash.at, c->notice_hash.len, "hash", row->hash.at, row->hash.len);
}

/* --json: each row with the words themselves. For people: each wording once, below the table. */
static void
print_wordings(struct cli *cli, struct db *db, json_t *rows)
{
	json_t *row, *seen = json_object();
	size_t i;

	json_array_foreach(rows, i, row)
	{
		const char *hash = json_string_value(json_object_get(row, "wording_hash"));
		struct str found, wording;

		if (hash == NULL || *hash == '\0' ||
		    consent_store_notice(db, cli->arena, str_of(hash), &found, &wording) != ERR_NONE)
			continue;
		if (cli->json)
			(void)json_object_set_new(row, "words", json_stringn(wording.at, wording.len));
		else if (json_object_get(seen, hash) == NULL)
			(void)printf("\nwording %.12s:\n" STR_FMT "\n", hash, STR_ARG(wording));
		(void)json_object_set_new(seen, hash, json_true());
	}
	json_decref(seen);
}

static enum err
read_proofs(struct cli *cli, struct db *db, json_t *out, struct fault *f)
{
	char email[SUBSCRIBER_EMAIL + 1], person[TOKEN_HASH + 1];
	struct consent_row *rows = NULL;
	struct lasting lasting;
	size_t n = 0;
	enum err e;

	if (!subscriber_email(str_of(cli->argv[0]), email))
		return fault_set(f, ERR_INVALID, "%s is not an e-mail address", cli->argv[0]);
	if ((e = lasting_load(cli->config->keys, &lasting, f)) != ERR_NONE)
		return e;
	newsletter_person(&lasting, str_of(email), person);
	e = consent_store_of(db, cli->arena, str_of(person), &rows, &n);
	if (e == ERR_NONE && n == 0)
		return fault_set(f, ERR_NOT_FOUND, "nothing was ever agreed to with the address %s", email);
	for (size_t i = 0; e == ERR_NONE && i < n; i++)
		if (json_array_append_new(out, row_object(&rows[i])) != 0)
			e = ERR_MEMORY;
	return e;
}

static int
prove(struct cli *cli)
{
	static const struct cli_column columns[] = {{"at", "AT", false}, {"purpose", "FOR", false},
	    {"action", "WHAT", false}, {"method", "BY", false}, {"form", "WHERE", false},
	    {"wording", "WORDING", false}};
	struct fault f = {""};
	json_t *out;
	int64_t rows = 0, broken = 0;
	struct db *db;
	enum err e;
	int code;

	if (!cli_arguments(cli, 1, 1))
		return cli_usage(cli);
	if ((db = cli_database(cli, DB_ENTITLED)) == NULL)
		return CLI_REFUSED;
	out = json_array();
	e = read_proofs(cli, db, out, &f);
	if (e == ERR_NONE)
		e = consent_store_verify(db, clock_now(), &rows, &broken);
	if (e == ERR_NONE && broken != 0)
		e = fault_set(&f, ERR_CONFLICT, "the chain of proofs is broken at row %lld of consent",
		    (long long)broken);
	if (e != ERR_NONE) {
		json_decref(out);
		db_close(db);
		return cli_fail(e, &f);
	}
	if (cli->json)
		print_wordings(cli, db, out);
	code = cli_print(cli, json_incref(out), columns, sizeof columns / sizeof *columns);
	if (!cli->json) {
		print_wordings(cli, db, out);
		(void)printf("\nThe chain of all %lld proofs is whole.\n", (long long)rows);
	}
	json_decref(out);
	db_close(db);
	return code;
}

int
cli_consent(struct cli *cli)
{
	if (cli->argc < 1 || strcmp(cli->argv[0], "prove") != 0)
		return cli_usage(cli);
	cli->argc--;
	cli->argv++;
	return prove(cli);
}
