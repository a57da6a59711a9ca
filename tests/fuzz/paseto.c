/* paseto.c: only what our signer made is opened; what parses is written again as it was; claims stay inside. */
#include <stdlib.h>
#include <string.h>

#include "format/claims.h"
#include "format/paseto_public.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t key[PASETO_KEY] = {7}, nonce[PASETO_NONCE] = {9};

static void
check(bool holds)
{
	if (!holds)
		abort();
}

/* No key of ours made the input. */
static void
never_opens(struct str in)
{
	char out[PASETO_BYTES], footer[PASETO_FOOTER + 1];
	struct paseto_parts parts;
	size_t n;

	check(!paseto_open(key, in, STR("site"), out, sizeof out, &n));
	check(!paseto_verify(key, in, STR("site"), out, sizeof out, &n));
	if (paseto_take(in, STR("v4.local."), &parts)) {
		char again[PASETO_TEXT + 1];

		check(paseto_put(STR("v4.local."), parts.body, parts.body_len,
		    (struct str){parts.footer, parts.footer_len}, again, sizeof again));
		check(str_eq(in, str_of(again)));
		check(paseto_footer(in, footer, &n) && n == parts.footer_len);
	}
}

/* The input as the message, the footer and the assertion: it comes back, and only with the same assertion. */
static void
round_trip(struct str in)
{
	struct str half = str_slice(in, 0, in.len / 2), rest = str_slice(in, in.len / 2, in.len);
	char token[PASETO_TEXT + 1], out[PASETO_BYTES], other[PASETO_IMPLICIT + 1];
	size_t n;

	if (!paseto_seal(key, nonce, half, rest, rest, token, sizeof token))
		return;
	check(
	    paseto_open(key, str_of(token), rest, out, sizeof out, &n) && str_eq((struct str){out, n}, half));
	memcpy(other, rest.at, rest.len);
	other[rest.len] = 'x';
	check(!paseto_open(key, str_of(token), (struct str){other, rest.len + 1}, out, sizeof out, &n));
}

static void
claims_stay_inside(struct str in)
{
	struct claims claims;
	int64_t t;

	if (!claims_read(in, &claims))
		return;
	check(claims.count <= CLAIMS_MOST);
	for (size_t i = 0; i < claims.count; i++) {
		const struct claim *c = &claims.list[i];

		check(
		    c->name.len == 0 || (c->name.at >= in.at && c->name.at + c->name.len <= in.at + in.len));
		check(c->value.len == 0 ||
		      (c->value.at >= in.at && c->value.at + c->value.len <= in.at + in.len));
		(void)claims_time(&claims, c->name, &t);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = {(const char *)data, size};

	never_opens(in);
	round_trip(in);
	claims_stay_inside(in);
	return 0;
}
