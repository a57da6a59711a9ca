/* cookie.h: reading the Cookie header, writing Set-Cookie (RFC 6265bis). */
#ifndef FORMAT_COOKIE_H
#define FORMAT_COOKIE_H

#include "base/buf.h"

#define COOKIE_MAX 4096 /* bytes of name, value and attributes together */

/* How many cookies of that name (case matters) the header has; *value is the first one's, without surrounding
 * quotes. Several Cookie headers are joined by "; " before. Garbage is skipped. More than one: the caller
 * believes none (SE6). */
unsigned cookie_find(struct str header, struct str name, struct str *value);

/* Appends a Set-Cookie value: NAME=VALUE; Max-Age=S; Path=/; Secure; HttpOnly; SameSite=Lax, which is what
 * __Host- asks. False, with nothing appended, when a byte may not stand in a name or value, it would pass
 * COOKIE_MAX, or max_age < 0. max_age 0 removes. */
bool cookie_set(struct buf *out, struct str name, struct str value, int64_t max_age);

#endif
