/* session_issue.h: opens sessions: a row and the token that names it; one-time links that do so in a browser. */
#ifndef CORE_SESSION_ISSUE_H
#define CORE_SESSION_ISSUE_H

#include "base/token.h"
#include "core/session.h"

struct session_ticket {
	int64_t id, expires_at;
	char token[SESSION_TOKEN];
};

/* The row and its token, both or none. ERR_NOT_FOUND: no such account, or it is blocked. DB_WRITER. */
enum err session_issue(struct db *db, const struct keyring *ring, struct str site_url,
    const struct session_new *s, struct session_ticket *out, struct fault *f);

/* The same in the caller's transaction: after a fault the caller rolls back. */
enum err session_issue_within(struct db *db, const struct keyring *ring, struct str site_url,
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
