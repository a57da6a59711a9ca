/* auth_password.c: signing in by password: slowed down, never locked (LG2), and the same for every address (LG1). */
#include <string.h>

#include "base/clock.h"
#include "core/auth_password.h"
#include "format/cidr.h"
#include "store/subscriber_store.h"

#define SECOND ((int64_t)1000000)
#define RULES 4

/* What one office or household has: an IPv4 address, the /64 of an IPv6 one. */
static struct str
network(const struct auth_desk *d)
{
	char text[CIDR_TEXT];
	struct cidr net;

	if (!cidr_around(d->ip, (struct cidr_limits){32, 64}, &net))
		return d->ip;
	cidr_text(&net, text);
	return arena_copy(d->arena, str_of(text));
}

/* A network that guesses is slowed down before it uses up what others may try with the same address. */
static bool
make_rules(const struct auth_desk *d, struct str email, struct throttle_rule out[RULES])
{
	struct str net = network(d);
	struct str pair = arena_printf(d->arena, STR_FMT " " STR_FMT, STR_ARG(email), STR_ARG(net));

	out[0] = (struct throttle_rule){"pair", pair, 5, 10 * SECOND};
	out[1] = (struct throttle_rule){"account", email, 50, 5 * SECOND};
	out[2] = (struct throttle_rule){"network", net, 30, 2 * SECOND};
	out[3] = (struct throttle_rule){"site", STR("all"), 300, SECOND / 20};
	return pair.at != NULL && net.at != NULL;
}

/* The account's hash, empty when there is none of either. */
static enum err
find_hash(const struct auth_desk *d, struct str email, int64_t *subscriber_id, struct str *hash)
{
	struct subscriber reader = {.id = 0};
	int64_t changed_at;
	enum err e = subscriber_store_by_email(d->db, d->arena, email, &reader);

	*hash = STR_NONE;
	*subscriber_id = reader.id;
	if (e == ERR_NONE || e == ERR_NOT_FOUND)
		e = auth_store_password(d->db, d->arena, reader.id, hash, &changed_at);
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

static enum err
open_session(const struct auth_desk *d, struct auth_entry *out, const char *fresh_hash, struct fault *f)
{
	enum err e = db_begin(d->db);

	if (e == ERR_NONE && fresh_hash != NULL)
		e = auth_store_set_password(d->db, out->subscriber_id, str_of(fresh_hash), d->now);
	if (e == ERR_NONE)
		e = auth_open_session(d, out->subscriber_id, &out->ticket, f);
	if (e == ERR_NONE)
		e = db_commit(d->db);
	if (e != ERR_NONE)
		db_rollback(d->db);
	return e == ERR_NOT_FOUND ? ERR_DENIED : e; /* blocked */
}

enum err
auth_enter_by_password(const struct auth_desk *d, const struct auth_guard *guard, struct str email,
    struct str password, struct auth_entry *out, int64_t *wait_s, struct fault *f)
{
	char address[SUBSCRIBER_EMAIL + 1] = "", fresh[PASSWORD_HASH];
	struct throttle_rule rules[RULES];
	struct str hash;
	bool stale = false;
	int64_t wait;
	enum err e;

	*out = (struct auth_entry){.next = STR_NONE};
	*wait_s = 1;
	(void)subscriber_email(email, address);
	if (!make_rules(d, str_of(address), rules))
		return ERR_MEMORY;
	wait = throttle_try(guard->throttle, rules, RULES, clock_ticks());
	if (wait > 0) {
		*wait_s = (wait + SECOND - 1) / SECOND;
		return ERR_BUSY;
	}
	e = find_hash(d, str_of(address), &out->subscriber_id, &hash);
	if (e == ERR_NONE)
		e = password_check(guard->gate, password, hash, &stale);
	if (e != ERR_NONE)
		return e == ERR_INVALID ? ERR_DENIED : e;
	throttle_return(guard->throttle, rules, RULES);
	if (stale)
		stale = password_hash(guard->gate, password, fresh) == ERR_NONE;
	return open_session(d, out, stale ? fresh : NULL, f);
}
