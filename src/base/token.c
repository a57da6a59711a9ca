/* token.c: libsodium's randomness, base64url, BLAKE2b. */
#include "base/token.h"

#include <sodium.h>

_Static_assert(TOKEN_PRINT == crypto_shorthash_siphashx24_BYTES, "a print of SipHash");
_Static_assert(TOKEN_PRINT == crypto_shorthash_siphashx24_KEYBYTES, "its key");
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

/* Of the ASCII characters; 128: none of base64url. Tokens are text that the peer knows already, so a table tells it
 * nothing; keys are read at the start only. */
static const uint8_t base64url[128] = {128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
    128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
    128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 62, 128, 128, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61,
    128, 128, 128, 128, 128, 128, 128, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19,
    20, 21, 22, 23, 24, 25, 128, 128, 128, 128, 63, 128, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38,
    39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 128, 128, 128, 128, 128};

/* The six bits of a character, 128 and more when it is none. */
static uint32_t
six_bits(uint8_t c)
{
	return (uint32_t)base64url[c & 0x7f] | (c & 0x80);
}

/* The last two or three characters, whose spare bits must be 0. */
static bool
decode_rest(const uint8_t *at, size_t rest, uint8_t *byte)
{
	uint32_t a = six_bits(at[0]), b = six_bits(at[1]), c = rest == 3 ? six_bits(at[2]) : 0;

	byte[0] = (uint8_t)(a << 2 | b >> 4);
	if (rest == 3)
		byte[1] = (uint8_t)(b << 4 | c >> 2);
	return ((a | b | c) & 128) == 0 && (rest == 3 ? c & 3 : b & 15) == 0;
}

bool
token_decode(struct str text, void *out, size_t size, size_t *n_out)
{
	const uint8_t *at = (const uint8_t *)text.at;
	size_t fours = text.len / 4, rest = text.len % 4;
	uint8_t *byte = out;
	uint32_t seen = 0;

	*n_out = fours * 3 + (rest > 1 ? rest - 1 : 0);
	if (rest == 1 || *n_out > size)
		return false;
	for (size_t i = 0; i < fours; i++, at += 4, byte += 3) {
		uint32_t a = six_bits(at[0]), b = six_bits(at[1]), c = six_bits(at[2]), d = six_bits(at[3]);

		seen |= a | b | c | d;
		byte[0] = (uint8_t)(a << 2 | b >> 4);
		byte[1] = (uint8_t)(b << 4 | c >> 2);
		byte[2] = (uint8_t)(c << 6 | d);
	}
	return (seen & 128) == 0 && (rest == 0 || decode_rest(at, rest, byte));
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

void
token_print(const uint8_t key[TOKEN_PRINT], struct str text, uint8_t out[TOKEN_PRINT])
{
	(void)crypto_shorthash_siphashx24(out, (const uint8_t *)text.at, text.len, key);
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
