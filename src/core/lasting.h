/* lasting.h: the one secret that is never rotated: hashes of addresses and links in mail must hold for years. */
#ifndef CORE_LASTING_H
#define CORE_LASTING_H

#include "base/err.h"
#include "base/token.h"

#define LASTING_FILE "lasting.secret" /* in [paths] keys, mode 0600 */

struct lasting {
	uint8_t key[32];
};

/* Reads the file, making it at the first call. ERR_INVALID: it is there and is not whole. */
enum err lasting_load(const char *keys, struct lasting *out, struct fault *f);

/* Keyed BLAKE2b-256 of "PURPOSE TEXT", hexadecimal. */
void lasting_hash(const struct lasting *l, const char *purpose, struct str text, char out[TOKEN_HASH + 1]);

/* A token for links that work as long as the mail they stand in: a number and a proof that we wrote it. */
#define LASTING_TOKEN 32
void lasting_token(const struct lasting *l, const char *purpose, int64_t id, char out[LASTING_TOKEN + 1]);
bool lasting_open(const struct lasting *l, const char *purpose, struct str token, int64_t *id);

#endif
