/* outbox_budget.c: how much mail a form may send to an address, for a network and in a day. */
#include <stdio.h>

#include "base/clock.h"
#include "base/token.h"
#include "format/cidr.h"
#include "store/outbox_store.h"
#include "store/subscriber_store.h"

#define WINDOW_S (15 * (int64_t)60)
#define PER_ADDRESS 3
#define PER_NETWORK 60
#define MINUTE ((int64_t)60)
#define HOUR ((int64_t)3600)

/* The /24 of an IPv4 address, the /64 of an IPv6 one: what one household or office usually has. "" for neither. */
static void
write_network(struct str ip, char out[CIDR_TEXT])
{
	struct cidr net;

	out[0] = '\0';
	if (cidr_around(ip, (struct cidr_limits){24, 64}, &net))
		cidr_text(&net, out);
}

static enum err
add(struct db *db, const char *bucket, int64_t starts_at)
{
	static const char sql[] = "INSERT INTO mail_budget (bucket, starts_at) VALUES ($1, $2)"
	                          " ON CONFLICT (bucket, starts_at) DO UPDATE SET used = used + 1";

	return db_exec(db, NULL, sql, "zi", bucket, starts_at);
}

/* ERR_BUSY when the bucket has had its most since that time. */
static enum err
room(struct db *db, const char *bucket, int64_t since, int64_t most)
{
	static const char sql[] =
	    "SELECT COALESCE(SUM(used), 0) FROM mail_budget WHERE bucket = $1 AND starts_at > $2";
	int64_t used = 0;
	enum err e = db_int(db, &used, sql, "zi", bucket, since);

	return e == ERR_NONE && used >= most ? ERR_BUSY : e;
}

enum err
outbox_store_budget(struct db *db, const struct outbox_budget *b)
{
	char to[SUBSCRIBER_EMAIL + 1], network[CIDR_TEXT], text[SUBSCRIBER_EMAIL + 64];
	char person[TOKEN_HASH + 1], net[TOKEN_HASH + 1];
	int64_t minute = b->now - b->now % MINUTE, hour = b->now - b->now % HOUR;
	enum err e;

	if (!subscriber_email(b->to, to))
		return ERR_INVALID;
	(void)snprintf(text, sizeof text, "to %.40s %s", b->purpose, to);
	token_hash_keyed(b->key, str_of(text), person);
	write_network(b->ip, network);
	(void)snprintf(text, sizeof text, "net %s", network);
	token_hash_keyed(b->key, str_of(text), net);
	e = room(db, person, b->now - WINDOW_S - MINUTE, PER_ADDRESS);
	if (e == ERR_NONE && network[0] != '\0')
		e = room(db, net, b->now - WINDOW_S - MINUTE, PER_NETWORK);
	if (e == ERR_NONE)
		e = room(db, "site", b->now - CLOCK_DAY - HOUR, b->per_day);
	if (e == ERR_NONE)
		e = add(db, person, minute);
	if (e == ERR_NONE && network[0] != '\0')
		e = add(db, net, minute);
	return e == ERR_NONE ? add(db, "site", hour) : e;
}
