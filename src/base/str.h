/* str.h: a view of bytes, with its length; owns nothing. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
	const char *at; /* never NULL when len > 0; not NUL-terminated */
	size_t len;
};

#define STR_LITERAL(literal)                   \
	{                                      \
		"" literal, sizeof literal - 1 \
	} /* where a constant initializer is needed */
#define STR(literal) ((struct str)STR_LITERAL(literal))
#define STR_NONE ((struct str){"", 0})
#define STR_FMT "%.*s"
#define STR_ARG(s) (int)(s).len, (s).at

struct str str_of(const char *cstr);                        /* NULL gives the empty string */
struct str str_slice(struct str s, size_t from, size_t to); /* bounds are clamped */
bool str_eq(struct str a, struct str b);
bool str_eq_nocase(struct str a, struct str b); /* ASCII only */
int str_cmp(struct str a, struct str b);        /* bytewise, shorter first */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
bool str_has(struct str s, char c);
size_t str_find(struct str s, struct str needle); /* s.len when absent */
struct str str_trim(struct str s);                /* ASCII space, tab, CR, LF at both ends */

/* Takes what stands before the first sep off *rest; false when *rest was already used up (at == NULL). */
bool str_split(struct str *rest, char sep, struct str *part);

/* Decimal digits only, whole string, within min..max. */
bool str_to_int(struct str s, int64_t min, int64_t max, int64_t *out);

bool str_is_utf8(struct str s);     /* RFC 3629: no overlong forms, no surrogates */
bool str_has_control(struct str s); /* any byte below 0x20, or 0x7f */

#endif
