/* cookie.c: cookies in and out. */
#include "format/cookie.h"

#include "format/http.h"

static const char attributes[] = "; Path=/; Secure; HttpOnly; SameSite=Lax";

unsigned
cookie_find(struct str header, struct str name, struct str *value)
{
	struct str pair, key;
	unsigned found = 0;

	while (str_split(&header, ';', &pair)) {
		(void)str_split(&pair, '=', &key);
		if (pair.at == NULL || !str_eq(str_trim(key), name))
			continue;
		pair = str_trim(pair);
		if (pair.len >= 2 && pair.at[0] == '"' && pair.at[pair.len - 1] == '"')
			pair = str_slice(pair, 1, pair.len - 1);
		if (found++ == 0)
			*value = pair;
	}
	return found;
}

/* RFC 6265 4.1.1 cookie-octet. */
static bool
value_ok(struct str value)
{
	for (size_t i = 0; i < value.len; i++) {
		char c = value.at[i];

		if (c <= 0x20 || c >= 0x7f || c == '"' || c == ',' || c == ';' || c == '\\')
			return false;
	}
	return true;
}

bool
cookie_set(struct buf *out, struct str name, struct str value, int64_t max_age)
{
	size_t overhead = sizeof "=; Max-Age=" + 20 + sizeof attributes;

	if (max_age < 0 || !http_token_ok(name) || !value_ok(value))
		return false;
	if (name.len > COOKIE_MAX || value.len > COOKIE_MAX || name.len + value.len + overhead > COOKIE_MAX)
		return false;
	buf_printf(out, STR_FMT "=" STR_FMT "; Max-Age=%lld%s", STR_ARG(name), STR_ARG(value),
	    (long long)max_age, attributes);
	return !out->failed;
}
