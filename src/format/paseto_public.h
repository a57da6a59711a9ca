/* paseto_public.h: PASETO v4.public: tokens that another program can verify without the secret. */
#ifndef FORMAT_PASETO_PUBLIC_H
#define FORMAT_PASETO_PUBLIC_H

#include "format/paseto.h"

#define PASETO_PUBLIC_KEY 32
#define PASETO_SECRET_KEY 64 /* seed and public key, as libsodium keeps them */

/* Signs message; it stays readable to everyone. out gets the token and a NUL. */
bool paseto_sign(const uint8_t secret[PASETO_SECRET_KEY], struct str message, struct str footer,
    struct str implicit, char *out, size_t size);

/* The message of a token whose signature holds, *len bytes of it in out; false otherwise, and out is
 * untouched. */
bool paseto_verify(const uint8_t key[PASETO_PUBLIC_KEY], struct str token, struct str implicit, void *out,
    size_t size, size_t *len);

#endif
