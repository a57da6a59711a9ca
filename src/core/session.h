/* session.h: what a session cookie says, and whether the row behind it still lets the reader in. */
#ifndef CORE_SESSION_H
#define CORE_SESSION_H

#include "core/keyring.h"
#include "store/session_store.h"

#define SESSION_COOKIE "__Host-session"
#define SESSION_TOKEN 512 /* room for a token and its NUL */
#define SESSION_LEEWAY 60 /* seconds by which another server's clock may be ahead */

struct session_claims {
	int64_t session_id, subscriber_id, issued_at, expires_at;
};

/* What a cookie's value turned out to be: for counting; to the reader all but GOOD are the same as no cookie. */
enum session_read {
	SESSION_GOOD,
	SESSION_MALFORMED,   /* not a token of ours by its form */
	SESSION_UNKNOWN_KEY, /* of a key that was retired, or never ours */
	SESSION_FORGED,      /* altered, or made for another purpose or site */
	SESSION_CLAIMS,      /* ours, but says something else than a session */
	SESSION_EARLY,       /* issued in the future */
	SESSION_EXPIRED,
	SESSION_READ_COUNT
};
const char *session_read_name(enum session_read r);

/* Verifies without any table. *out is filled only for SESSION_GOOD. More than one such cookie: do not even ask. */
enum session_read session_read(const struct keyring *ring, struct str site_url, struct str token, int64_t now,
    struct session_claims *out);

/* What the clock says to claims that were proved: SESSION_GOOD, SESSION_EARLY or SESSION_EXPIRED. */
enum session_read session_timely(const struct session_claims *claims, int64_t now);

/* Whether the row still lets the token in. Pure: the row says all that can end a session, idle_s is the longest time
 * between two uses. last_seen_at is written once an hour: after a refusal for idleness read the row again. */
bool session_valid(
    const struct session_row *row, const struct session_claims *claims, int64_t idle_s, int64_t now);

/* The token that names a row; false when it would not fit. */
bool session_seal(const struct keyring *ring, struct str site_url, const struct session_claims *claims,
    char out[SESSION_TOKEN]);

#endif
