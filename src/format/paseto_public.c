/* paseto_public.c: v4.public: Ed25519 over the pre-authentication encoding. */
#include "format/paseto_public.h"

#include <sodium.h>
#include <string.h>

static const struct str header_public = {"v4.public.", 10};

_Static_assert(PASETO_SECRET_KEY == crypto_sign_SECRETKEYBYTES, "libsodium's form");

/* PAE(header, message, footer, implicit); 0 when one is over its limit. */
static size_t
encode(uint8_t pae[PASETO_PAE], struct str message, struct str footer, struct str implicit)
{
	if (message.len > PASETO_BYTES - crypto_sign_BYTES || footer.len > PASETO_FOOTER ||
	    implicit.len > PASETO_IMPLICIT)
		return 0;
	return paseto_pae(pae, PASETO_PAE, (const struct str[]){header_public, message, footer, implicit}, 4);
}

bool
paseto_sign(const uint8_t secret[PASETO_SECRET_KEY], struct str message, struct str footer,
    struct str implicit, char *out, size_t size)
{
	uint8_t pae[PASETO_PAE], body[PASETO_BYTES];
	size_t n = encode(pae, message, footer, implicit);

	if (n == 0 || crypto_sign_detached(body + message.len, NULL, pae, n, secret) != 0)
		return false;
	if (message.len > 0)
		memcpy(body, message.at, message.len);
	return paseto_put(header_public, body, message.len + crypto_sign_BYTES, footer, out, size);
}

bool
paseto_verify(const uint8_t key[PASETO_PUBLIC_KEY], struct str token, struct str implicit, void *out,
    size_t size, size_t *len)
{
	struct paseto_parts parts;
	uint8_t pae[PASETO_PAE];
	struct str message;
	size_t n;

	if (!paseto_take(token, header_public, &parts) || parts.body_len < crypto_sign_BYTES)
		return false;
	message = (struct str){(const char *)parts.body, parts.body_len - crypto_sign_BYTES};
	if (message.len > size)
		return false;
	n = encode(pae, message, (struct str){parts.footer, parts.footer_len}, implicit);
	if (n == 0 || crypto_sign_verify_detached(parts.body + message.len, pae, n, key) != 0)
		return false;
	memcpy(out, message.at, message.len);
	*len = message.len;
	return true;
}
