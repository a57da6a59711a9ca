/* token.c: libsodium's randomness, base64url, BLAKE2b. */
#include "base/token.h"

#include <sodium.h>

_Static_assert(TOKEN_HASH == 2 * crypto_generichash_BYTES, "hex of BLAKE2b-256");

bool
token_start(void)
{
	return sodium_init() >= 0;
}

void
token_random(void *out, size_t n)
{
	randombytes_buf(out, n);
}

uint32_t
token_random_below(uint32_t n)
{
	return randombytes_uniform(n);
}

void
token_new(char out[TOKEN_TEXT + 1])
{
	uint8_t bytes[TOKEN_BYTES];

	token_random(bytes, sizeof bytes);
	(void)token_encode(bytes, sizeof bytes, out, TOKEN_TEXT + 1);
	token_wipe(bytes, sizeof bytes);
}

bool
token_encode(const void *bytes, size_t n, char *out, size_t size)
{
	if (size < sodium_base64_encoded_len(n, sodium_base64_VARIANT_URLSAFE_NO_PADDING))
		return false;
	return sodium_bin2base64(out, size, bytes, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != NULL;
}

/* libsodium 1.0.18 reads the byte 0xdf as '_': what it is given is looked at first. */
static bool
is_base64url(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		        c == '-' || c == '_'))
			return false;
	}
	return true;
}

bool
token_decode(struct str text, void *out, size_t size, size_t *n_out)
{
	/* b64_end NULL: trailing characters and non-zero spare bits are refused by libsodium. */
	return is_base64url(text) && sodium_base642bin(out, size, text.at, text.len, NULL, n_out, NULL,
	                                 sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0;
}

void
token_hex(const void *bytes, size_t n, char *out)
{
	(void)sodium_bin2hex(out, 2 * n + 1, bytes, n);
}

void
token_hash(struct str secret, char out[TOKEN_HASH + 1])
{
	uint8_t hash[crypto_generichash_BYTES];

	(void)crypto_generichash(hash, sizeof hash, (const uint8_t *)secret.at, secret.len, NULL, 0);
	token_hex(hash, sizeof hash, out);
}

void
token_hash_keyed(const uint8_t key[32], struct str secret, char out[TOKEN_HASH + 1])
{
	uint8_t hash[crypto_generichash_BYTES];

	(void)crypto_generichash(hash, sizeof hash, (const uint8_t *)secret.at, secret.len, key, 32);
	token_hex(hash, sizeof hash, out);
}

bool
token_equal(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || sodium_memcmp(a.at, b.at, a.len) == 0);
}

void
token_wipe(void *p, size_t n)
{
	sodium_memzero(p, n);
}
