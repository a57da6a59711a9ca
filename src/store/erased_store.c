/* erased_store.c: keyed hashes of addresses, so that forgetting does not mean keeping them. */
#include "store/erased_store.h"

#include <string.h>

#include "base/token.h"
#include "store/subscriber_store.h"

static int
digit(char c)
{
	return c >= 'a' ? c - 'a' + 10 : c - '0';
}

static enum err
read_key(struct db *db, uint8_t key[32])
{
	static const char sql[] = "SELECT secret FROM site_secret WHERE name = 'erased'";
	struct rows *rows = NULL;
	struct str text;
	enum err e = db_query(db, sql, &rows, "");

	if (e == ERR_NONE)
		e = rows_next(rows);
	text = e == ERR_NONE ? rows_str(rows, 0) : STR_NONE;
	if (text.len == 64)
		for (size_t i = 0; i < 32; i++)
			key[i] = (uint8_t)(digit(text.at[2 * i]) << 4 | digit(text.at[2 * i + 1]));
	rows_close(rows);
	return e == ERR_NOT_FOUND || (e == ERR_NONE && text.len != 64) ? ERR_INTERNAL : e;
}

static enum err
hash_address(struct db *db, struct str email, char out[TOKEN_HASH + 1])
{
	char address[SUBSCRIBER_EMAIL + 1];
	uint8_t key[32];
	enum err e;

	if (!subscriber_email(email, address))
		return ERR_INVALID;
	e = read_key(db, key);
	if (e == ERR_NONE)
		token_hash_keyed(key, str_of(address), out);
	token_wipe(key, sizeof key);
	return e;
}

enum err
erased_store_find(struct db *db, struct str email)
{
	static const char sql[] = "SELECT at FROM erased WHERE hash = $1";
	char hash[TOKEN_HASH + 1];
	int64_t at;
	enum err e = hash_address(db, email, hash);

	return e == ERR_NONE ? db_int(db, &at, sql, "z", hash) : e;
}

enum err
erased_store_allows(struct db *db, struct str email, struct fault *f)
{
	switch (erased_store_find(db, email)) {
	case ERR_NOT_FOUND: return ERR_NONE;
	case ERR_NONE:
		return fault_set(f, ERR_CONFLICT,
		    STR_FMT " asked to be forgotten; only the person can come back, by signing in",
		    STR_ARG(email));
	case ERR_INVALID: return fault_set(f, ERR_INVALID, "it is no e-mail address");
	default:
		return fault_set(
		    f, ERR_INTERNAL, "it cannot be read who asked to be forgotten: %s", db_message(db));
	}
}

enum err
erased_store_add(struct db *db, struct str email, int64_t now)
{
	static const char sql[] =
	    "INSERT INTO erased (hash, at) VALUES ($1, $2) ON CONFLICT (hash) DO UPDATE SET at = excluded.at";
	char hash[TOKEN_HASH + 1];
	enum err e = hash_address(db, email, hash);

	return e == ERR_NONE ? db_exec(db, NULL, sql, "zi", hash, now) : e;
}

enum err
erased_store_remove(struct db *db, struct str email)
{
	static const char sql[] = "DELETE FROM erased WHERE hash = $1";
	char hash[TOKEN_HASH + 1];
	enum err e = hash_address(db, email, hash);

	return e == ERR_NONE ? db_exec(db, NULL, sql, "z", hash) : e;
}
