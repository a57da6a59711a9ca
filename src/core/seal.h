/* seal.h: sealed tokens, kept apart by purpose and site. */
#ifndef CORE_SEAL_H
#define CORE_SEAL_H

#include "core/keyring.h"

/* What a token is for. Each purpose has keys of its own, derived from those of the ring, and is named in the
 * token's implicit assertion together with the site: a token of one is nothing to the other. */
enum seal_purpose {
	SEAL_SESSION,
	SEAL_METER,
	SEAL_GIFT,
	SEAL_PREVIEW,
	SEAL_UNSUBSCRIBE,
	SEAL_HASH,
	SEAL_LOGIN, /* what a browser keeps that asked for a sign-in link */
	SEAL_COUNT
};

/* The newest key seals, with its id in the footer. False when the message is too long. out: a token and a NUL. */
bool seal_make(const struct keyring *ring, enum seal_purpose purpose, struct str site_url, struct str message,
    char *out, size_t size);

/* ERR_INVALID: not a token of ours by its form; ERR_NOT_FOUND: a key that is not in use here; ERR_DENIED: altered, of
 * another site or purpose. The caller wipes what is in out. */
enum err seal_open(const struct keyring *ring, enum seal_purpose purpose, struct str site_url,
    struct str token, void *out, size_t size, size_t *len);

/* A secret for other uses, as keyed hashes; another one after every rotation. The caller wipes it. */
void seal_secret(const struct keyring *ring, enum seal_purpose purpose, uint8_t out[PASETO_KEY]);

#endif
