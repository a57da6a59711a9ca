/* newsletter_end.h: the end of what is kept about readers of newsletters. */
#ifndef CORE_NEWSLETTER_END_H
#define CORE_NEWSLETTER_END_H

#include "core/newsletter.h"

/* Before an account or an address is erased: the end of each list is written down, the rows and the address's mail go. In
 * the caller's transaction. method: account, command. ERR_NOT_FOUND: the address had no list. */
enum err newsletter_forget(
    const struct newsletter_desk *d, struct str email, const char *method, struct fault *f);

/* Before an account's address becomes another, which its reader has proven: each list that goes there is written down as
 * left by the one and given to the other. In the caller's transaction. method: account. */
enum err newsletter_move(const struct newsletter_desk *d, struct str from, struct str to, const char *method);

/* Drops what was never confirmed in 30 days and who was silent for three years, and empties proofs of consents that ended
 * five years ago. *n: how many. */
enum err newsletter_purge(const struct newsletter_desk *d, int64_t *n, struct fault *f);

#endif
