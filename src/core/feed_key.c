/* feed_key.c: a token's hash to an account's facts. */
#include "core/feed_key.h"

#include "base/token.h"
#include "store/feed_key_store.h"

enum err
feed_key_reader(const struct paywall_doors *doors, struct arena *a, struct str token, int64_t now,
    struct facts *out, int64_t *since)
{
	char hash[TOKEN_HASH + 1];
	struct feed_key key;
	enum err e;

	if (token.len != TOKEN_TEXT)
		return ERR_NOT_FOUND;
	token_hash(token, hash);
	e = feed_key_store_find(doors->full, str_of(hash), &key);
	if (e != ERR_NONE)
		return e;
	*since = key.created_at;
	return facts_read(doors->open, a, key.subscriber_id, now, out);
}
