/* account.h: what a reader changes about the account. Each act ends every session and every link of it, and opens a new
 * session for the browser at the desk, whose reader is desk->old_subscriber_id. */
#ifndef CORE_ACCOUNT_H
#define CORE_ACCOUNT_H

#include "core/auth.h"
#include "core/newsletter.h"

/* hash.len 0 takes the password away. A notice goes to the address (LG12). */
enum err account_set_password(
    const struct auth_desk *d, struct str hash, struct session_ticket *out, struct fault *f);

/* Asks the new address to confirm. The same work whether it has an account or not. ERR_INVALID: no address. */
enum err account_ask_email(const struct auth_desk *d, struct str typed, struct fault *f);
/* ERR_NOT_FOUND: unknown, used, over. */
enum err account_look_email(const struct auth_desk *d, struct str token, struct auth_row *out);
/* Gives the account its new address and tells the old one. *opened: the link was followed by the reader of the account,
 * who stays signed in. ERR_CONFLICT: the address has an account of its own. letters, here and below, works on the same
 * connection. */
enum err account_set_email(const struct auth_desk *d, const struct newsletter_desk *letters, struct str token,
    struct session_ticket *out, bool *opened, struct fault *f);

/* Removes the account and all that is kept about the person, notes the address as forgotten, says so by mail. */
enum err account_erase(const struct auth_desk *d, const struct newsletter_desk *letters, struct fault *f);

#endif
