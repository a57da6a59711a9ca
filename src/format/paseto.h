/* paseto.h: PASETO v4.local tokens and PASERK key ids (paseto-standard: 01-Protocol-Versions/Version4.md,
 * k4.md). */
#ifndef FORMAT_PASETO_H
#define FORMAT_PASETO_H

#include "base/err.h"
#include "base/str.h"

#define PASETO_TEXT 4096    /* longest token that is read or made; a cookie holds no more */
#define PASETO_BYTES 3072   /* what that decodes to, at most */
#define PASETO_FOOTER 512   /* bytes of a footer, decoded */
#define PASETO_IMPLICIT 512 /* bytes of an implicit assertion */
#define PASETO_KEY 32
#define PASETO_NONCE 32
#define PASETO_KID 51      /* k4.lid. and 44 characters of base64url */
#define PASETO_KEY_TEXT 52 /* k4.local. and 43 characters */

/* Seals message under key. nonce is 32 random bytes, never used twice. out gets the token and a NUL. False
 * when something is over its limit or out is too small. */
bool paseto_seal(const uint8_t key[PASETO_KEY], const uint8_t nonce[PASETO_NONCE], struct str message,
    struct str footer, struct str implicit, char *out, size_t size);

/* Opens a token: its authenticity is checked in constant time before a byte is decrypted. out gets *len
 * bytes; the caller wipes them. False for whatever paseto_seal would not have written, and out is untouched
 * then. */
bool paseto_open(const uint8_t key[PASETO_KEY], struct str token, struct str implicit, void *out, size_t size,
    size_t *len);

/* The footer, which anyone can have written: nothing about it is verified until paseto_open says so. */
bool paseto_footer(struct str token, char out[PASETO_FOOTER + 1], size_t *len);

/* PASERK: the name of a key that may be shown, and the text of the key that may not. */
void paseto_key_id(const uint8_t key[PASETO_KEY], char out[PASETO_KID + 1]);
void paseto_key_write(const uint8_t key[PASETO_KEY], char out[PASETO_KEY_TEXT + 1]);
bool paseto_key_read(struct str text, uint8_t key[PASETO_KEY]);
bool paseto_is_kid(struct str s);

/* For paseto_public.c and tests: a token in its two decoded parts, and its text again. */
struct paseto_parts {
	size_t body_len, footer_len;
	uint8_t body[PASETO_BYTES];
	char footer[PASETO_FOOTER];
};
bool paseto_take(struct str token, struct str header, struct paseto_parts *out);
bool paseto_put(struct str header, const void *body, size_t len, struct str footer, char *out, size_t size);

/* Pre-authentication encoding (Common.md): returns the bytes written, 0 when they do not fit. */
size_t paseto_pae(uint8_t *out, size_t size, const struct str *pieces, size_t count);
#define PASETO_PAE (PASETO_BYTES + PASETO_FOOTER + PASETO_IMPLICIT + 128)

#endif
