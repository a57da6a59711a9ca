/* session.h: sessions: the row decides, the token in the cookie names it; one-time links that open one. */
#ifndef CORE_SESSION_H
#define CORE_SESSION_H

#include "base/token.h"
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

/* Whether the row still lets the token in. Pure: the row says all that can end a session, idle_s is the longest time
 * between two uses. last_seen_at is written once an hour: after a refusal for idleness read the row again. */
bool session_valid(
    const struct session_row *row, const struct session_claims *claims, int64_t idle_s, int64_t now);

struct session_ticket {
	int64_t id, expires_at;
	char token[SESSION_TOKEN];
};

/* The row and its token, both or none. ERR_NOT_FOUND: no such account, or it is blocked. DB_WRITER. */
enum err session_issue(struct db *db, const struct keyring *ring, struct str site_url,
    const struct session_new *s, struct session_ticket *out, struct fault *f);

/* One-time links: SITE_URL/session/TOKEN. The table has only the token's hash. */
enum err session_link_create(struct db *db, int64_t subscriber_id, int64_t now, int64_t life_s,
    char token[TOKEN_TEXT + 1], struct fault *f);
/* Could be used; changes nothing, so that whoever looks at the page first does not use it up. ERR_NOT_FOUND: no. */
enum err session_link_peek(struct db *db, struct str token, int64_t now);
/* Uses the link up and opens a session (s->subscriber_id is not read), in one transaction. ERR_NOT_FOUND: no. */
enum err session_link_consume(struct db *db, const struct keyring *ring, struct str site_url,
    struct str token, const struct session_new *s, struct session_ticket *out, struct fault *f);

#endif
