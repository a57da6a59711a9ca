/* signature.c: reads the header, makes the code for every secret, compares all with all. */
#include "format/signature.h"

#include <sodium.h>
#include <string.h>

#define CODES 8 /* signatures of one header that are looked at */
#define SECRET_MIN 16

struct header {
	struct str time; /* as it was written: it is part of what is signed */
	int64_t at;
	uint8_t codes[CODES][crypto_auth_hmacsha256_BYTES];
	size_t n;
};

bool
signature_secrets_read(struct str text, struct signature_secrets *out)
{
	struct str line;

	out->n = 0;
	while (text.at != NULL && str_split(&text, '\n', &line)) {
		line = str_trim(line);
		if (line.len == 0 || line.at[0] == '#')
			continue;
		if (out->n == SIGNATURE_SECRETS || line.len < SECRET_MIN)
			return false;
		out->items[out->n++] = line;
	}
	return true;
}

static bool
take_time(struct header *h, struct str value)
{
	if (h->time.len > 0 || value.len > 12 || !str_to_int(value, 1, INT64_MAX, &h->at))
		return false;
	h->time = value;
	return true;
}

/* A code of another length or alphabet is none, which is no fault: another one may be ours. */
static void
take_code(struct header *h, struct str hex)
{
	size_t n = 0;

	if (h->n < CODES && hex.len == 2 * sizeof h->codes[0] &&
	    sodium_hex2bin(h->codes[h->n], sizeof h->codes[0], hex.at, hex.len, NULL, &n, NULL) == 0 &&
	    n == sizeof h->codes[0])
		h->n++;
}

static bool
read_header(struct str text, struct header *h)
{
	struct str part;

	*h = (struct header){.n = 0};
	if (text.len == 0)
		return false;
	while (str_split(&text, ',', &part)) {
		size_t at = str_find(part, STR("="));
		struct str name = str_trim(str_slice(part, 0, at)), value = str_slice(part, at + 1, part.len);

		if (at == part.len)
			return false;
		if (str_eq(name, STR("t")) && !take_time(h, value))
			return false;
		if (str_eq(name, STR("v1")))
			take_code(h, value);
	}
	return h->time.len > 0 && h->n > 0;
}

static void
make_code(struct str secret, struct str time, struct str body, uint8_t out[crypto_auth_hmacsha256_BYTES])
{
	crypto_auth_hmacsha256_state st;

	(void)crypto_auth_hmacsha256_init(&st, (const uint8_t *)secret.at, secret.len);
	(void)crypto_auth_hmacsha256_update(&st, (const uint8_t *)time.at, time.len);
	(void)crypto_auth_hmacsha256_update(&st, (const uint8_t *)".", 1);
	(void)crypto_auth_hmacsha256_update(&st, (const uint8_t *)body.at, body.len);
	(void)crypto_auth_hmacsha256_final(&st, out);
	sodium_memzero(&st, sizeof st);
}

enum signature
signature_check(const struct signature_secrets *secrets, struct str header, struct str body, int64_t now)
{
	uint8_t code[crypto_auth_hmacsha256_BYTES];
	struct header h;
	unsigned good = 0;

	if (!read_header(header, &h))
		return SIGNATURE_MALFORMED;
	for (size_t i = 0; i < secrets->n; i++) {
		make_code(secrets->items[i], h.time, body, code);
		for (size_t k = 0; k < h.n; k++)
			good |= crypto_verify_32(code, h.codes[k]) == 0;
	}
	sodium_memzero(code, sizeof code);
	if (good == 0)
		return SIGNATURE_FORGED;
	return h.at < now - SIGNATURE_TOLERANCE_S || h.at > now + SIGNATURE_TOLERANCE_S ? SIGNATURE_LATE
	                                                                                : SIGNATURE_GOOD;
}

const char *
signature_name(enum signature s)
{
	static const char *const names[] = {
	    [SIGNATURE_GOOD] = "good",
	    [SIGNATURE_MALFORMED] = "malformed",
	    [SIGNATURE_FORGED] = "forged",
	    [SIGNATURE_LATE] = "late",
	};

	return names[s];
}
