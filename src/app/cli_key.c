/* cli_key.c: poterne key list, new, retire KID: the session key ring. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "app/cli_json.h"
#include "app/verbs.h"
#include "base/clock.h"
#include "core/keyring.h"

static const char *const states[] = {
    [KEY_SIGNING] = "signing",
    [KEY_ACCEPTED] = "accepted",
    [KEY_RETIRED] = "retired",
};

static json_t *
row_of(const struct key_info *key)
{
	char created[CLOCK_TEXT], retired[CLOCK_TEXT] = "";

	clock_rfc3339(key->created_at, created);
	if (key->retired_at > 0)
		clock_rfc3339(key->retired_at, retired);
	return json_pack("{s:s, s:s, s:s, s:s*}", "kid", key->kid, "state", states[key->state], "created_at",
	    created, "retired_at", key->retired_at > 0 ? retired : NULL);
}

static int
list(struct cli *cli)
{
	static const struct cli_column columns[] = {{"kid", "KEY", false}, {"state", "STATE", false},
	    {"created_at", "CREATED", false}, {"retired_at", "RETIRED", false}};
	json_t *rows = json_array();
	struct keyring *ring;
	struct fault f = {""};
	enum err e;

	if (!cli_arguments(cli, 0, 0)) {
		json_decref(rows);
		return cli_usage(cli);
	}
	if ((e = keyring_load(&ring, cli->config->keys, &f)) != ERR_NONE) {
		json_decref(rows);
		return cli_fail(e, &f);
	}
	for (size_t i = 0; i < keyring_count(ring); i++)
		if (json_array_append_new(rows, row_of(keyring_at(ring, i))) != 0)
			e = ERR_MEMORY;
	keyring_release(ring);
	return cli_json_print(cli, e, NULL, rows, columns, sizeof columns / sizeof *columns);
}

/* The ring is read back: what is printed is what a daemon will find. */
static int
new_key(struct cli *cli)
{
	char kid[PASETO_KID + 1];
	struct keyring *ring;
	struct fault f = {""};
	enum err e;

	if (!cli_arguments(cli, 0, 0))
		return cli_usage(cli);
	if ((e = keyring_create(cli->config->keys, clock_now(), kid, &f)) != ERR_NONE ||
	    (e = keyring_load(&ring, cli->config->keys, &f)) != ERR_NONE)
		return cli_fail(e, &f);
	keyring_release(ring);
	return printf("%s\n", kid) < 0 ? CLI_REFUSED : CLI_OK;
}

static int
retire(struct cli *cli)
{
	struct fault f = {""};
	enum err e;

	if (!cli_arguments(cli, 1, 1))
		return cli_usage(cli);
	e = keyring_retire(cli->config->keys, str_of(cli->argv[0]), clock_now(), &f);
	return e == ERR_NONE ? CLI_OK : cli_fail(e, &f);
}

int
cli_key(struct cli *cli)
{
	static const struct cli_verb verbs[] = {
	    {"list", NULL, list}, {"new", NULL, new_key}, {"retire", NULL, retire}};

	return cli_run(cli, verbs, sizeof verbs / sizeof *verbs);
}
