/* feed_key.h: who reads by a private feed's address. */
#ifndef CORE_FEED_KEY_H
#define CORE_FEED_KEY_H

#include "core/paywall.h"

/* The account behind a token, as if signed in, read afresh each time: a right that ends, ends here too. *since: when
 * the key was made. ERR_NOT_FOUND: no such key. */
enum err feed_key_reader(const struct paywall_doors *doors, struct arena *a, struct str token, int64_t now,
    struct facts *out, int64_t *since);

#endif
