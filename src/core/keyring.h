/* keyring.h: the keys that tokens are sealed with: the newest seals, all that are not retired open. */
#ifndef CORE_KEYRING_H
#define CORE_KEYRING_H

#include "base/err.h"
#include "format/paseto.h"

enum key_state { KEY_SIGNING, KEY_ACCEPTED, KEY_RETIRED };

struct key_info {
	char kid[PASETO_KID + 1];
	int64_t created_at, retired_at; /* retired_at 0: in use */
	enum key_state state;
};

struct keyring; /* immutable; its secrets are locked in memory where the system lets us, and read-only */

/* Loads every key of the folder. Refuses a missing folder, one without a key in use, wrong owners and modes, and any
 * key file that is not whole, with a sentence; never makes a key. *out starts with one reference. */
enum err keyring_load(struct keyring **out, const char *folder, struct fault *f);
void keyring_release(struct keyring *ring); /* wipes the secrets; NULL is fine */

/* True when the folder is no longer as it was loaded: one stat(2), to be asked now and then. */
bool keyring_is_stale(const struct keyring *ring, const char *folder);

/* Newest first, retired ones too. */
size_t keyring_count(const struct keyring *ring);
const struct key_info *keyring_at(const struct keyring *ring, size_t i);

size_t keyring_signing(const struct keyring *ring); /* the index of the key that seals */
bool keyring_find(const struct keyring *ring, struct str kid, size_t *out); /* a retired one too */

/* A key derived from key i for one context (keyed BLAKE2b); the caller wipes it. Tokens: core/seal.h. */
void keyring_derive(const struct keyring *ring, size_t i, struct str context, uint8_t out[PASETO_KEY]);

/* On disk: a new key that signs from now on (its folder is made when it is missing), and the end of an old one, whose
 * secret leaves the file. The signing key cannot be retired (ERR_CONFLICT), nor one that is not there. */
enum err keyring_create(const char *folder, int64_t now, char kid[PASETO_KID + 1], struct fault *f);
enum err keyring_retire(const char *folder, struct str kid, int64_t now, struct fault *f);

#endif
