/* auth.h: signing in: by a mailed link or its code, which also makes accounts, or by password. */
#ifndef CORE_AUTH_H
#define CORE_AUTH_H

#include "core/session_issue.h"
#include "format/config.h"
#include "store/auth_store.h"

#define AUTH_COOKIE "__Host-login"
#define AUTH_COOKIE_TEXT 2048
#define AUTH_CODE 8 /* digits */

/* What every act needs, and who is at the desk. */
struct auth_desk {
	struct db *db; /* DB_WRITER; to look at things DB_ENTITLED will do */
	const struct keyring *ring;
	const struct config *config;
	struct arena *arena;
	int64_t now;
	struct str ip, device; /* address; Firefox on Linux */
	struct str device_text,
	    moment;             /* for mails: in the site's language; both without quotes or backslashes */
	int64_t old_session_id; /* the session that this browser had: it ends with a sign-in (SE4); 0: none */
	int64_t old_subscriber_id;
};

/* What the browser that asked keeps, sealed, for as long as the code is good. */
struct auth_pending {
	struct str secret, email,
	    next; /* secret wiped with the arena's next use: it is worth nothing without the code */
};

/* Sends link and code to the address, or the invitation to make an account; cookie is what the browser gets. The answer
 * and the work are the same for every address (LG1), also when the address was written to too often (LG9): then
 * the browser keeps what it had, its cookie of before (empty: none), with which the last mail still works. ERR_INVALID: no
 * address. */
enum err auth_ask(const struct auth_desk *d, struct str typed, struct str next, struct str before,
    char cookie[AUTH_COOKIE_TEXT], struct fault *f);

bool auth_pending_read(const struct auth_desk *d, struct str cookie, struct auth_pending *out);

/* Looks at a link and changes nothing. ERR_NOT_FOUND: unknown, used, over. */
enum err auth_look(const struct auth_desk *d, struct str token, struct auth_row *out);
/* Whether this browser asked for it (LG7). */
bool auth_same_browser(const struct auth_row *row, const struct auth_pending *pending);

struct auth_entry {
	struct session_ticket ticket;
	int64_t subscriber_id;
	bool registered; /* the account was made just now */
	struct str next;
};

/* Both use the link up, make the account when there is none, end this browser's old session and open one, in one
 * transaction. ERR_NOT_FOUND: unknown, used, over, blocked; ERR_DENIED: the code is wrong (*left more tries), or there is
 * no account and none is made here. */
enum err auth_enter_by_link(
    const struct auth_desk *d, struct str token, struct auth_entry *out, struct fault *f);
enum err auth_enter_by_code(const struct auth_desk *d, const struct auth_pending *pending, struct str typed,
    struct auth_entry *out, int64_t *left, struct fault *f);

/* Within the caller's transaction: revokes the browser's old session and opens one. */
enum err auth_open_session(
    const struct auth_desk *d, int64_t subscriber_id, struct session_ticket *out, struct fault *f);

#endif
