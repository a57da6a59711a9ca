/* session_seen.h: tokens that one thread has opened, so that a cookie is unsealed once, not for each page of a visit. */
#ifndef CORE_SESSION_SEEN_H
#define CORE_SESSION_SEEN_H

#include "core/session.h"

struct session_seen;

struct session_seen *session_seen_new(void);       /* NULL: no memory, which is fine below */
void session_seen_free(struct session_seen *seen); /* wipes; NULL is fine */

/* To be called when the ring is another one than before: what a retired key has sealed is not known any more. */
void session_seen_forget(struct session_seen *seen);

/* session_read, with what it proved of this very token before: bytes, ring and site make up the proof, the clock is looked at
 * each time. Tokens are known by a print of 128 bits under a random key of this process, never kept. */
enum session_read session_seen_read(struct session_seen *seen, const struct keyring *ring,
    struct str site_url, struct str token, int64_t now, struct session_claims *out);

#endif
