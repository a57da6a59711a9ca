/* claims.h: what a token says: a flat JSON object of strings and whole numbers, read strictly, views into the
 * text. */
#ifndef FORMAT_CLAIMS_H
#define FORMAT_CLAIMS_H

#include "base/str.h"

#define CLAIMS_MOST 16

struct claim {
	struct str name, value; /* value: the characters between the quotes, or the digits */
	bool text;
};

struct claims {
	size_t count;
	struct claim list[CLAIMS_MOST];
};

/* The whole text must be one object. Refused: nesting, a member twice, escapes, control characters, bytes
 * that are not UTF-8, true, false, null, fractions, more than CLAIMS_MOST members. Views end with json. */
bool claims_read(struct str json, struct claims *out);

/* False when the member is absent or of another type. */
bool claims_text(const struct claims *claims, struct str name, struct str *out);
bool claims_int(const struct claims *claims, struct str name, int64_t min, int64_t max, int64_t *out);
bool claims_time(const struct claims *claims, struct str name, int64_t *out); /* RFC 3339 with its offset */

#endif
