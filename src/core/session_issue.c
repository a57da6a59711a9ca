/* session_issue.c: the row and the token, both or none. */
#include "core/session_issue.h"

static const struct str link_purpose = {"session", 7};

enum err
session_issue_within(struct db *db, const struct keyring *ring, struct str site_url,
    const struct session_new *s, struct session_ticket *out, struct fault *f)
{
	enum err e = session_store_create(db, s, &out->id, f);

	if (e != ERR_NONE)
		return e;
	out->expires_at = s->expires_at;
	if (!session_seal(ring, site_url,
	        &(struct session_claims){out->id, s->subscriber_id, s->now, s->expires_at}, out->token))
		return fault_set(f, ERR_INTERNAL, "no token could be made for the session");
	return ERR_NONE;
}

static enum err
finish(struct db *db, enum err e, struct fault *f)
{
	if (e != ERR_NONE) {
		db_rollback(db);
		return e;
	}
	if ((e = db_commit(db)) != ERR_NONE)
		return fault_set(f, e, "the session was not stored: %s", db_message(db));
	return ERR_NONE;
}

static enum err
begin(struct db *db, struct fault *f)
{
	enum err e = db_begin(db);

	return e == ERR_NONE ? e : fault_set(f, e, "the database is not free: %s", db_message(db));
}

enum err
session_issue(struct db *db, const struct keyring *ring, struct str site_url, const struct session_new *s,
    struct session_ticket *out, struct fault *f)
{
	enum err e = begin(db, f);

	return e == ERR_NONE ? finish(db, session_issue_within(db, ring, site_url, s, out, f), f) : e;
}

static bool
link_hash(struct str token, char hash[TOKEN_HASH + 1])
{
	uint8_t bytes[TOKEN_BYTES];
	size_t n;
	bool ok = token_decode(token, bytes, sizeof bytes, &n) && n == sizeof bytes;

	token_wipe(bytes, sizeof bytes);
	if (ok)
		token_hash(token, hash);
	return ok;
}

enum err
session_link_create(struct db *db, int64_t subscriber_id, int64_t now, int64_t life_s,
    char token[TOKEN_TEXT + 1], struct fault *f)
{
	char hash[TOKEN_HASH + 1];

	token_new(token);
	token_hash(str_of(token), hash);
	return session_store_link(db, str_of(hash), subscriber_id, link_purpose, now, now + life_s, f);
}

enum err
session_link_peek(struct db *db, struct str token, int64_t now)
{
	char hash[TOKEN_HASH + 1];
	int64_t subscriber_id;

	if (!link_hash(token, hash))
		return ERR_NOT_FOUND;
	return session_store_link_peek(db, str_of(hash), link_purpose, now, &subscriber_id);
}

enum err
session_link_consume(struct db *db, const struct keyring *ring, struct str site_url, struct str token,
    const struct session_new *s, struct session_ticket *out, struct fault *f)
{
	struct session_new session = *s;
	char hash[TOKEN_HASH + 1];
	enum err e;

	if (!link_hash(token, hash))
		return fault_set(f, ERR_NOT_FOUND, "this is not a link of ours");
	if ((e = begin(db, f)) != ERR_NONE)
		return e;
	e = session_store_link_use(db, str_of(hash), link_purpose, s->now, &session.subscriber_id);
	e = e == ERR_NONE ? session_issue_within(db, ring, site_url, &session, out, f)
	                  : fault_set(f, e, "this link was used, or its time is over");
	return finish(db, e, f);
}
