/* preview.c: an article's id and an end, sealed. */
#include "core/preview.h"

#include <inttypes.h>
#include <stdio.h>

#include "core/seal.h"
#include "format/claims.h"

bool
preview_make(const struct keyring *ring, struct str site_url, int64_t article_id, int64_t expires_at,
    char out[PREVIEW_TOKEN])
{
	char message[96];
	int n = snprintf(message, sizeof message, "{\"article\":%" PRId64 ",\"until\":%" PRId64 "}",
	    article_id, expires_at);

	return n > 0 && (size_t)n < sizeof message &&
	       seal_make(ring, SEAL_PREVIEW, site_url, (struct str){message, (size_t)n}, out, PREVIEW_TOKEN);
}

enum err
preview_read(
    const struct keyring *ring, struct str site_url, struct str token, int64_t now, int64_t *article_id)
{
	char message[PREVIEW_TOKEN];
	struct claims claims;
	int64_t until;
	size_t n;

	if (seal_open(ring, SEAL_PREVIEW, site_url, token, message, sizeof message, &n) != ERR_NONE ||
	    !claims_read((struct str){message, n}, &claims) ||
	    !claims_int(&claims, STR("article"), 1, INT64_MAX, article_id) ||
	    !claims_int(&claims, STR("until"), now + 1, INT64_MAX, &until))
		return ERR_NOT_FOUND;
	return ERR_NONE;
}
