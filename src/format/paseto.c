/* paseto.c: v4.local: XChaCha20 under a keyed BLAKE2b MAC, from libsodium's pieces, without the heap. */
#include "format/paseto.h"

#include <sodium.h>
#include <string.h>

#include "base/token.h"

#define MAC 32

static const struct str header_local = {"v4.local.", 9};

_Static_assert(PASETO_KEY == crypto_generichash_KEYBYTES, "the key keys BLAKE2b");
_Static_assert(
    crypto_stream_xchacha20_KEYBYTES == 32 && crypto_stream_xchacha20_NONCEBYTES == 24, "56 bytes split");
_Static_assert(PASETO_BYTES >= PASETO_TEXT / 4 * 3, "a decoded token fits");

/* Common.md: little-endian 64 bit, the top bit cleared (lengths here never reach it). */
static uint8_t *
put_le64(uint8_t *p, uint64_t n)
{
	for (unsigned i = 0; i < 8; i++)
		p[i] = (uint8_t)(n >> (8 * i));
	return p + 8;
}

size_t
paseto_pae(uint8_t *out, size_t size, const struct str *pieces, size_t count)
{
	uint8_t *p = out;

	if (size < 8)
		return 0;
	p = put_le64(p, count);
	for (size_t i = 0; i < count; i++) {
		size_t left = size - (size_t)(p - out);

		if (left < 8 || pieces[i].len > left - 8)
			return 0;
		p = put_le64(p, pieces[i].len);
		if (pieces[i].len > 0)
			memcpy(p, pieces[i].at, pieces[i].len);
		p += pieces[i].len;
	}
	return (size_t)(p - out);
}

/* Splits "HEADER body [. footer]" without decoding; an empty footer has no dot. */
static bool
split(struct str token, struct str header, struct str *body, struct str *footer)
{
	size_t dot;

	if (token.len > PASETO_TEXT || !str_starts(token, header))
		return false;
	*body = str_slice(token, header.len, token.len);
	*footer = STR_NONE;
	dot = str_find(*body, STR("."));
	if (dot == body->len)
		return true;
	*footer = str_slice(*body, dot + 1, body->len);
	*body = str_slice(*body, 0, dot);
	return footer->len > 0;
}

bool
paseto_take(struct str token, struct str header, struct paseto_parts *out)
{
	struct str body, footer;

	return split(token, header, &body, &footer) &&
	       token_decode(body, out->body, sizeof out->body, &out->body_len) &&
	       token_decode(footer, out->footer, sizeof out->footer, &out->footer_len);
}

bool
paseto_put(struct str header, const void *body, size_t len, struct str footer, char *out, size_t size)
{
	size_t text = header.len + (len * 4 + 2) / 3;
	size_t total = text + (footer.len > 0 ? 1 + (footer.len * 4 + 2) / 3 : 0);

	if (len > PASETO_BYTES || footer.len > PASETO_FOOTER || total > PASETO_TEXT || total >= size)
		return false;
	memcpy(out, header.at, header.len);
	if (!token_encode(body, len, out + header.len, size - header.len))
		return false;
	if (footer.len == 0)
		return true;
	out[text] = '.';
	return token_encode(footer.at, footer.len, out + text + 1, size - text - 1);
}

struct keys {
	uint8_t encryption[crypto_stream_xchacha20_KEYBYTES]; /* Ek and n2 are one hash's two parts */
	uint8_t nonce[crypto_stream_xchacha20_NONCEBYTES];
	uint8_t authentication[32];
};

static void
derive(struct keys *keys, const uint8_t key[PASETO_KEY], const uint8_t nonce[PASETO_NONCE])
{
	static const uint8_t for_encryption[] = "paseto-encryption-key",
	                     for_mac[] = "paseto-auth-key-for-aead";
	uint8_t in[sizeof for_mac + PASETO_NONCE], split_hash[56];

	memcpy(in, for_encryption, sizeof for_encryption - 1);
	memcpy(in + sizeof for_encryption - 1, nonce, PASETO_NONCE);
	(void)crypto_generichash(
	    split_hash, sizeof split_hash, in, sizeof for_encryption - 1 + PASETO_NONCE, key, PASETO_KEY);
	memcpy(keys->encryption, split_hash, sizeof keys->encryption);
	memcpy(keys->nonce, split_hash + sizeof keys->encryption, sizeof keys->nonce);
	memcpy(in, for_mac, sizeof for_mac - 1);
	memcpy(in + sizeof for_mac - 1, nonce, PASETO_NONCE);
	(void)crypto_generichash(keys->authentication, sizeof keys->authentication, in,
	    sizeof for_mac - 1 + PASETO_NONCE, key, PASETO_KEY);
	token_wipe(split_hash, sizeof split_hash);
}

/* The MAC over PAE(header, nonce, ciphertext, footer, implicit). body is nonce and ciphertext. */
static bool
authenticate(const struct keys *keys, const uint8_t *body, size_t len, struct str footer, struct str implicit,
    uint8_t mac[MAC])
{
	uint8_t pae[PASETO_PAE];
	const char *text = (const char *)body;
	size_t n;

	if (implicit.len > PASETO_IMPLICIT)
		return false;
	n = paseto_pae(pae, sizeof pae,
	    (const struct str[]){header_local, {text, PASETO_NONCE},
	        {text + PASETO_NONCE, len - PASETO_NONCE}, footer, implicit},
	    5);
	return n > 0 &&
	       crypto_generichash(mac, MAC, pae, n, keys->authentication, sizeof keys->authentication) == 0;
}

bool
paseto_seal(const uint8_t key[PASETO_KEY], const uint8_t nonce[PASETO_NONCE], struct str message,
    struct str footer, struct str implicit, char *out, size_t size)
{
	uint8_t body[PASETO_BYTES];
	size_t sealed = PASETO_NONCE + message.len;
	struct keys keys;
	bool ok;

	if (message.len > PASETO_BYTES - PASETO_NONCE - MAC || footer.len > PASETO_FOOTER)
		return false;
	derive(&keys, key, nonce);
	memcpy(body, nonce, PASETO_NONCE);
	if (message.len > 0)
		(void)crypto_stream_xchacha20_xor(body + PASETO_NONCE, (const uint8_t *)message.at,
		    message.len, keys.nonce, keys.encryption);
	ok = authenticate(&keys, body, sealed, footer, implicit, body + sealed) &&
	     paseto_put(header_local, body, sealed + MAC, footer, out, size);
	token_wipe(&keys, sizeof keys);
	return ok;
}

bool
paseto_open(
    const uint8_t key[PASETO_KEY], struct str token, struct str implicit, void *out, size_t size, size_t *len)
{
	struct paseto_parts parts;
	uint8_t mac[MAC];
	struct keys keys;
	size_t sealed, n;
	bool ok;

	if (!paseto_take(token, header_local, &parts) || parts.body_len < PASETO_NONCE + MAC)
		return false;
	sealed = parts.body_len - MAC;
	n = sealed - PASETO_NONCE;
	if (n > size)
		return false;
	derive(&keys, key, parts.body);
	ok = authenticate(
	         &keys, parts.body, sealed, (struct str){parts.footer, parts.footer_len}, implicit, mac) &&
	     crypto_verify_32(mac, parts.body + sealed) == 0;
	if (ok) {
		(void)crypto_stream_xchacha20_xor(
		    out, parts.body + PASETO_NONCE, n, keys.nonce, keys.encryption);
		*len = n;
	}
	token_wipe(&keys, sizeof keys);
	token_wipe(mac, sizeof mac);
	return ok;
}

bool
paseto_footer(struct str token, char out[PASETO_FOOTER + 1], size_t *len)
{
	struct str body, footer;

	if (!split(token, header_local, &body, &footer) || !token_decode(footer, out, PASETO_FOOTER, len))
		return false;
	out[*len] = '\0';
	return true;
}

/* PASERK, operations/ID.md: the id's header hashed together with the whole serialised key. */
void
paseto_key_id(const uint8_t key[PASETO_KEY], char out[PASETO_KID + 1])
{
	static const char prefix[] = "k4.lid.";
	char in[sizeof prefix + PASETO_KEY_TEXT];
	uint8_t hash[33];

	memcpy(in, prefix, sizeof prefix - 1);
	paseto_key_write(key, in + sizeof prefix - 1);
	(void)crypto_generichash(hash, sizeof hash, (const uint8_t *)in, sizeof in - 1, NULL, 0);
	memcpy(out, prefix, sizeof prefix - 1);
	(void)token_encode(hash, sizeof hash, out + sizeof prefix - 1, PASETO_KID + 2 - sizeof prefix);
	token_wipe(in, sizeof in);
}

void
paseto_key_write(const uint8_t key[PASETO_KEY], char out[PASETO_KEY_TEXT + 1])
{
	memcpy(out, "k4.local.", 9);
	(void)token_encode(key, PASETO_KEY, out + 9, PASETO_KEY_TEXT + 1 - 9);
}

bool
paseto_key_read(struct str text, uint8_t key[PASETO_KEY])
{
	size_t n;

	return text.len == PASETO_KEY_TEXT && str_starts(text, STR("k4.local.")) &&
	       token_decode(str_slice(text, 9, text.len), key, PASETO_KEY, &n) && n == PASETO_KEY;
}

bool
paseto_is_kid(struct str s)
{
	uint8_t hash[33];
	size_t n;

	return s.len == PASETO_KID && str_starts(s, STR("k4.lid.")) &&
	       token_decode(str_slice(s, 7, s.len), hash, sizeof hash, &n) && n == sizeof hash;
}
