/* seal.c: tokens under the ring's keys, a key and an implicit assertion a purpose. */
#include "core/seal.h"

#include <stdio.h>

#include "base/token.h"
#include "format/claims.h"

static const char *const purposes[] = {
    [SEAL_SESSION] = "session",
    [SEAL_METER] = "meter",
    [SEAL_GIFT] = "gift",
    [SEAL_PREVIEW] = "preview",
    [SEAL_UNSUBSCRIBE] = "unsubscribe",
    [SEAL_HASH] = "hash",
    [SEAL_LOGIN] = "login",
};
_Static_assert(sizeof purposes / sizeof *purposes == SEAL_COUNT, "name every purpose");

void
seal_secret(const struct keyring *ring, enum seal_purpose purpose, uint8_t out[PASETO_KEY])
{
	keyring_derive(ring, keyring_signing(ring), str_of(purposes[purpose]), out);
}

/* "poterne:PURPOSE:SITE", part of what is authenticated though not in the token. False when the URL is too long. */
static bool
assertion(enum seal_purpose purpose, struct str site_url, char out[PASETO_IMPLICIT])
{
	int n = snprintf(out, PASETO_IMPLICIT, "poterne:%s:" STR_FMT, purposes[purpose], STR_ARG(site_url));

	return n > 0 && n < PASETO_IMPLICIT;
}

bool
seal_make(const struct keyring *ring, enum seal_purpose purpose, struct str site_url, struct str message,
    char *out, size_t size)
{
	size_t i = keyring_signing(ring);
	uint8_t key[PASETO_KEY], nonce[PASETO_NONCE];
	char footer[PASETO_KID + 16], implicit[PASETO_IMPLICIT];
	bool ok;

	if (!assertion(purpose, site_url, implicit))
		return false;
	(void)snprintf(footer, sizeof footer, "{\"kid\":\"%s\"}", keyring_at(ring, i)->kid);
	token_random(nonce, sizeof nonce);
	keyring_derive(ring, i, str_of(purposes[purpose]), key);
	ok = paseto_seal(key, nonce, message, str_of(footer), str_of(implicit), out, size);
	token_wipe(key, sizeof key);
	return ok;
}

/* The footer must be {"kid":"k4.lid…"} and nothing else. It only chooses among our keys; the MAC decides. */
static enum err
find_key(const struct keyring *ring, struct str token, size_t *out)
{
	char text[PASETO_FOOTER + 1];
	struct claims footer;
	struct str kid;
	size_t n;

	if (!paseto_footer(token, text, &n) || !claims_read((struct str){text, n}, &footer) ||
	    footer.count != 1 || !claims_text(&footer, STR("kid"), &kid) || !paseto_is_kid(kid))
		return ERR_INVALID;
	if (!keyring_find(ring, kid, out) || keyring_at(ring, *out)->state == KEY_RETIRED)
		return ERR_NOT_FOUND;
	return ERR_NONE;
}

enum err
seal_open(const struct keyring *ring, enum seal_purpose purpose, struct str site_url, struct str token,
    void *out, size_t size, size_t *len)
{
	char implicit[PASETO_IMPLICIT];
	uint8_t key[PASETO_KEY];
	enum err e;
	size_t i;
	bool ok;

	if ((e = find_key(ring, token, &i)) != ERR_NONE)
		return e;
	if (!assertion(purpose, site_url, implicit))
		return ERR_INVALID;
	keyring_derive(ring, i, str_of(purposes[purpose]), key);
	ok = paseto_open(key, token, str_of(implicit), out, size, len);
	token_wipe(key, sizeof key);
	return ok ? ERR_NONE : ERR_DENIED;
}
