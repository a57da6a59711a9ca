/* session.c: claims in and out of tokens; issuing rows with them. */
#include "core/session.h"

#include <stdio.h>

#include "base/clock.h"
#include "core/seal.h"
#include "format/claims.h"

#define MESSAGE 256
#define ID_MOST ((INT64_C(1) << 53) - 1) /* whole in every reader of JSON */

static const struct str link_purpose = {"session", 7};

static const char *const read_names[] = {
    [SESSION_GOOD] = "good",
    [SESSION_MALFORMED] = "malformed",
    [SESSION_UNKNOWN_KEY] = "unknown_key",
    [SESSION_FORGED] = "forged",
    [SESSION_CLAIMS] = "claims",
    [SESSION_EARLY] = "early",
    [SESSION_EXPIRED] = "expired",
};
_Static_assert(sizeof read_names / sizeof *read_names == SESSION_READ_COUNT, "name every outcome");

const char *
session_read_name(enum session_read r)
{
	return read_names[r];
}

static bool
parse(struct str message, struct session_claims *out)
{
	struct claims claims;
	struct str subscriber;

	return claims_read(message, &claims) &&
	       claims_int(&claims, STR("sid"), 1, ID_MOST, &out->session_id) &&
	       claims_text(&claims, STR("sub"), &subscriber) &&
	       str_to_int(subscriber, 1, ID_MOST, &out->subscriber_id) &&
	       claims_time(&claims, STR("iat"), &out->issued_at) &&
	       claims_time(&claims, STR("exp"), &out->expires_at);
}

enum session_read
session_read(const struct keyring *ring, struct str site_url, struct str token, int64_t now,
    struct session_claims *out)
{
	struct session_claims claims;
	char message[MESSAGE];
	size_t n;

	switch (seal_open(ring, SEAL_SESSION, site_url, token, message, sizeof message, &n)) {
	case ERR_NONE: break;
	case ERR_NOT_FOUND: return SESSION_UNKNOWN_KEY;
	case ERR_DENIED: return SESSION_FORGED;
	default: return SESSION_MALFORMED;
	}
	if (!parse((struct str){message, n}, &claims))
		return SESSION_CLAIMS;
	if (claims.issued_at > now + SESSION_LEEWAY)
		return SESSION_EARLY;
	if (claims.expires_at <= now)
		return SESSION_EXPIRED;
	*out = claims;
	return SESSION_GOOD;
}

/* A token older than its row would be of another row that had this id. */
bool
session_valid(const struct session_row *row, const struct session_claims *claims, int64_t idle_s, int64_t now)
{
	return row->id == claims->session_id && row->subscriber_id == claims->subscriber_id &&
	       claims->issued_at >= row->created_at && !row->ended && row->revoked_at == 0 &&
	       now < row->expires_at && now < claims->expires_at && now - row->last_seen_at < idle_s;
}

static bool
seal(const struct keyring *ring, struct str site_url, const struct session_new *s, struct session_ticket *out)
{
	char message[MESSAGE], issued[CLOCK_TEXT], expires[CLOCK_TEXT];
	int n;

	clock_rfc3339(s->now, issued);
	clock_rfc3339(s->expires_at, expires);
	n = snprintf(message, sizeof message, "{\"sid\":%lld,\"sub\":\"%lld\",\"iat\":\"%s\",\"exp\":\"%s\"}",
	    (long long)out->id, (long long)s->subscriber_id, issued, expires);
	out->expires_at = s->expires_at;
	return n > 0 && n < MESSAGE &&
	       seal_make(
	           ring, SEAL_SESSION, site_url, (struct str){message, (size_t)n}, out->token, SESSION_TOKEN);
}

/* Inside a transaction. */
static enum err
issue(struct db *db, const struct keyring *ring, struct str site_url, const struct session_new *s,
    struct session_ticket *out, struct fault *f)
{
	enum err e = session_store_create(db, s, &out->id, f);

	if (e == ERR_NONE && !seal(ring, site_url, s, out))
		e = fault_set(f, ERR_INTERNAL, "no token could be made for the session");
	return e;
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

	return e == ERR_NONE ? finish(db, issue(db, ring, site_url, s, out, f), f) : e;
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
	e = e == ERR_NONE ? issue(db, ring, site_url, &session, out, f)
	                  : fault_set(f, e, "this link was used, or its time is over");
	return finish(db, e, f);
}
