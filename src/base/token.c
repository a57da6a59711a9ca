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

/* Of the ASCII characters; 99: none of base64url. Tokens are text that the peer knows already, so a table tells it
 * nothing; keys are read at the start only. */
static const uint8_t base64url[128] = {
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    62,
    99,
    99,
    52,
    53,
    54,
    55,
    56,
    57,
    58,
    59,
    60,
    61,
    99,
    99,
    99,
    99,
    99,
    99,
    99,
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
    11,
    12,
    13,
    14,
    15,
    16,
    17,
    18,
    19,
    20,
    21,
    22,
    23,
    24,
    25,
    99,
    99,
    99,
    99,
    63,
    99,
    26,
    27,
    28,
    29,
    30,
    31,
    32,
    33,
    34,
    35,
    36,
    37,
    38,
    39,
    40,
    41,
    42,
    43,
    44,
    45,
    46,
    47,
    48,
    49,
    50,
    51,
    99,
    99,
    99,
    99,
    99,
};

/* The bits of up to four characters in a row; *bad is set when one is none of base64url. */
static uint32_t
four_characters(const uint8_t *at, size_t n, bool *bad)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < n; i++) {
		uint8_t value = base64url[at[i] & 0x7f];

		*bad = *bad || at[i] > 0x7f || value > 63;
		bits = bits << 6 | value;
	}
	return bits;
}

bool
token_decode(struct str text, void *out, size_t size, size_t *n_out)
{
	const uint8_t *at = (const uint8_t *)text.at;
	size_t rest = text.len % 4, n = text.len / 4 * 3 + (rest == 0 ? 0 : rest - 1);
	uint8_t *byte = out;
	bool bad = rest == 1;
	uint32_t bits;

	if (n > size || bad)
		return false;
	for (size_t i = 0; i < text.len / 4; i++, at += 4) {
		bits = four_characters(at, 4, &bad);
		*byte++ = (uint8_t)(bits >> 16);
		*byte++ = (uint8_t)(bits >> 8);
		*byte++ = (uint8_t)bits;
	}
	bits = four_characters(at, rest, &bad);
	if (rest == 2) {
		*byte = (uint8_t)(bits >> 4);
		bad = bad || (bits & 15) != 0;
	} else if (rest == 3) {
		*byte++ = (uint8_t)(bits >> 10);
		*byte = (uint8_t)(bits >> 2);
		bad = bad || (bits & 3) != 0;
	}
	*n_out = n;
	return !bad;
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
