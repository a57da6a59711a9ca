/* token.h: randomness, text forms of bytes, hashes of secrets, comparison in constant time. */
#ifndef BASE_TOKEN_H
#define BASE_TOKEN_H

#include "base/err.h"
#include "base/str.h"

#define TOKEN_BYTES 32 /* random bytes of a one-time token: 256 bit */
#define TOKEN_TEXT 43  /* its base64url without padding */
#define TOKEN_HASH 64  /* hex digits of a BLAKE2b-256 hash */

bool token_start(void); /* once, before any thread: libsodium's own start; false when it fails */
void token_random(void *out, size_t n);
uint32_t token_random_below(uint32_t n);
void token_new(char out[TOKEN_TEXT + 1]);

/* base64url without padding (RFC 4648 5). Encode writes NUL too; size must be at least 4 * ((n + 2) / 3) + 1.
 * Decode refuses padding, other characters and spare bits; *n_out is the number of bytes written. */
bool token_encode(const void *bytes, size_t n, char *out, size_t size);
bool token_decode(struct str text, void *out, size_t size, size_t *n_out);

void token_hex(const void *bytes, size_t n, char *out);       /* 2 n digits and NUL */
void token_hash(struct str secret, char out[TOKEN_HASH + 1]); /* what a table stores instead of the secret */
void token_hash_keyed(const uint8_t key[32], struct str secret, char out[TOKEN_HASH + 1]);
/* A short keyed print (SipHash-2-4, 128 bits): to know a text again without keeping it. */
#define TOKEN_PRINT 16
void token_print(const uint8_t key[TOKEN_PRINT], struct str text, uint8_t out[TOKEN_PRINT]);
bool token_equal(struct str a, struct str b); /* time depends on the lengths only */
void token_wipe(void *p, size_t n);

#endif
