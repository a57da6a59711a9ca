/* peer.c: our side of the interoperation test: one command a line on stdin, one answer a line on stdout.
 *
 *   id KEY                              the key's id
 *   seal KEY PAYLOAD FOOTER IMPLICIT    a v4.local token            KEY: k4.local.…
 *   open KEY TOKEN IMPLICIT             its payload, or "refused"
 *   sign KEY PAYLOAD FOOTER IMPLICIT    a v4.public token           KEY: k4.secret.…
 *   verify KEY TOKEN IMPLICIT           its payload, or "refused"   KEY: k4.public.…
 *   session FOLDER SITE TOKEN           what a session cookie turns out to be, with its claims
 *   issue FOLDER SITE PAYLOAD           a token as the daemon makes them
 *
 * Words are separated by tabs. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/token.h"
#include "core/seal.h"
#include "core/session.h"
#include "format/paseto_public.h"

#define WORDS 5

static void
answer(bool ok, const char *text, size_t n)
{
	(void)printf("%.*s\n", ok ? (int)n : 7, ok ? text : "refused");
	(void)fflush(stdout);
}

static bool
local(struct str w[WORDS], char out[PASETO_TEXT + 1], size_t *n)
{
	uint8_t key[PASETO_KEY], nonce[PASETO_NONCE];

	if (!paseto_key_read(w[1], key))
		return false;
	token_random(nonce, sizeof nonce);
	if (str_eq(w[0], STR("open")))
		return paseto_open(key, w[2], w[3], out, PASETO_TEXT, n);
	if (str_eq(w[0], STR("id")))
		paseto_key_id(key, out);
	else if (!paseto_seal(key, nonce, w[2], w[3], w[4], out, PASETO_TEXT + 1))
		return false;
	*n = strlen(out);
	return true;
}

static bool public(struct str w[WORDS], char out[PASETO_TEXT + 1], size_t *n)
{
	bool sign = str_eq(w[0], STR("sign"));
	struct str header = sign ? STR("k4.secret.") : STR("k4.public.");
	uint8_t key[PASETO_SECRET_KEY];
	size_t len;

	if (!str_starts(w[1], header) ||
	    !token_decode(str_slice(w[1], header.len, w[1].len), key, sizeof key, &len) ||
	    len != (sign ? PASETO_SECRET_KEY : PASETO_PUBLIC_KEY))
		return false;
	if (!sign)
		return paseto_verify(key, w[2], w[3], out, PASETO_TEXT, n);
	if (!paseto_sign(key, w[2], w[3], w[4], out, PASETO_TEXT + 1))
		return false;
	*n = strlen(out);
	return true;
}

static bool
ring(struct str w[WORDS], char out[PASETO_TEXT + 1], size_t *n)
{
	struct session_claims claims = {0, 0, 0, 0};
	struct fault f = {""};
	struct keyring *keys;
	char folder[256];
	bool ok = true;

	(void)snprintf(folder, sizeof folder, STR_FMT, STR_ARG(w[1]));
	if (keyring_load(&keys, folder, &f) != ERR_NONE) {
		(void)fprintf(stderr, "%s\n", f.text);
		return false;
	}
	if (str_eq(w[0], STR("issue"))) {
		ok = seal_make(keys, SEAL_SESSION, w[2], w[3], out, PASETO_TEXT + 1);
	} else {
		enum session_read r = session_read(keys, w[2], w[3], clock_now(), &claims);

		(void)snprintf(out, PASETO_TEXT, "%s %lld %lld", session_read_name(r),
		    (long long)claims.session_id, (long long)claims.subscriber_id);
	}
	keyring_release(keys);
	*n = strlen(out);
	return ok;
}

int
main(void)
{
	char line[4 * PASETO_TEXT], out[PASETO_TEXT + 1];

	if (!token_start())
		return 1;
	while (fgets(line, sizeof line, stdin) != NULL) {
		struct str rest = str_slice(str_of(line), 0, strcspn(line, "\n")), w[WORDS];
		size_t n = 0;
		bool ok;

		for (size_t i = 0; i < WORDS; i++)
			if (!str_split(&rest, '\t', &w[i]))
				w[i] = STR_NONE;
		if (str_eq(w[0], STR("sign")) || str_eq(w[0], STR("verify")))
			ok = public(w, out, &n);
		else if (str_eq(w[0], STR("session")) || str_eq(w[0], STR("issue")))
			ok = ring(w, out, &n);
		else
			ok = local(w, out, &n);
		answer(ok, out, n);
	}
	return 0;
}
