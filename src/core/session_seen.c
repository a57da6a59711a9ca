/* session_seen.c: a table of prints of a fixed size; a newer token takes an older one's place. */
#include "core/session_seen.h"

#include <stdlib.h>
#include <string.h>

#include "base/token.h"

#define SLOTS 256

struct session_seen {
	uint8_t key[TOKEN_PRINT];
	struct {
		uint8_t print[TOKEN_PRINT];
		struct session_claims claims; /* session_id 0: an empty slot */
	} slots[SLOTS];
};

struct session_seen *
session_seen_new(void)
{
	struct session_seen *seen = calloc(1, sizeof *seen);

	if (seen != NULL)
		token_random(seen->key, sizeof seen->key);
	return seen;
}

void
session_seen_free(struct session_seen *seen)
{
	if (seen == NULL)
		return;
	token_wipe(seen, sizeof *seen);
	free(seen);
}

void
session_seen_forget(struct session_seen *seen)
{
	if (seen != NULL)
		memset(seen->slots, 0, sizeof seen->slots);
}

enum session_read
session_seen_read(struct session_seen *seen, const struct keyring *ring, struct str site_url,
    struct str token, int64_t now, struct session_claims *out)
{
	uint8_t print[TOKEN_PRINT];
	enum session_read how;
	size_t i;

	if (seen == NULL)
		return session_read(ring, site_url, token, now, out);
	token_print(seen->key, token, print);
	i = print[0] % SLOTS;
	if (seen->slots[i].claims.session_id != 0 &&
	    token_equal((struct str){(const char *)print, sizeof print},
	        (struct str){(const char *)seen->slots[i].print, sizeof print})) {
		how = session_timely(&seen->slots[i].claims, now);
		if (how == SESSION_GOOD)
			*out = seen->slots[i].claims;
		return how;
	}
	how = session_read(ring, site_url, token, now, out);
	if (how == SESSION_GOOD) {
		memcpy(seen->slots[i].print, print, sizeof print);
		seen->slots[i].claims = *out;
	}
	return how;
}
