/* session.c: claims in and out of tokens; no table is asked here. */
#include "core/session.h"

#include <stdio.h>

#include "base/clock.h"
#include "core/seal.h"
#include "format/claims.h"

#define MESSAGE 256
#define ID_MOST ((INT64_C(1) << 53) - 1) /* whole in every reader of JSON */

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
session_timely(const struct session_claims *claims, int64_t now)
{
	if (claims->issued_at > now + SESSION_LEEWAY)
		return SESSION_EARLY;
	return claims->expires_at <= now ? SESSION_EXPIRED : SESSION_GOOD;
}

enum session_read
session_read(const struct keyring *ring, struct str site_url, struct str token, int64_t now,
    struct session_claims *out)
{
	struct session_claims claims;
	char message[MESSAGE];
	enum session_read how;
	size_t n;

	switch (seal_open(ring, SEAL_SESSION, site_url, token, message, sizeof message, &n)) {
	case ERR_NONE: break;
	case ERR_NOT_FOUND: return SESSION_UNKNOWN_KEY;
	case ERR_DENIED: return SESSION_FORGED;
	default: return SESSION_MALFORMED;
	}
	if (!parse((struct str){message, n}, &claims))
		return SESSION_CLAIMS;
	how = session_timely(&claims, now);
	if (how == SESSION_GOOD)
		*out = claims;
	return how;
}

/* A token older than its row would be of another row that had this id. */
bool
session_valid(const struct session_row *row, const struct session_claims *claims, int64_t idle_s, int64_t now)
{
	return row->id == claims->session_id && row->subscriber_id == claims->subscriber_id &&
	       claims->issued_at >= row->created_at && !row->ended && row->revoked_at == 0 &&
	       now < row->expires_at && now < claims->expires_at && now - row->last_seen_at < idle_s;
}

bool
session_seal(const struct keyring *ring, struct str site_url, const struct session_claims *claims,
    char out[SESSION_TOKEN])
{
	char message[MESSAGE], issued[CLOCK_TEXT], expires[CLOCK_TEXT];
	int n;

	clock_rfc3339(claims->issued_at, issued);
	clock_rfc3339(claims->expires_at, expires);
	n = snprintf(message, sizeof message, "{\"sid\":%lld,\"sub\":\"%lld\",\"iat\":\"%s\",\"exp\":\"%s\"}",
	    (long long)claims->session_id, (long long)claims->subscriber_id, issued, expires);
	return n > 0 && n < MESSAGE &&
	       seal_make(ring, SEAL_SESSION, site_url, (struct str){message, (size_t)n}, out, SESSION_TOKEN);
}
