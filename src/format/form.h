/* form.h: the fields of a form or of a query, bounded, decoded once, in an array: nothing to flood. */
#ifndef FORMAT_FORM_H
#define FORMAT_FORM_H

#include "base/arena.h"
#include "base/err.h"

#define FORM_FIELDS 64

struct form_field {
	struct str name, value;
};

struct form {
	struct form_field fields[FORM_FIELDS];
	size_t n;
};

/* application/x-www-form-urlencoded (WHATWG URL 5.1), also for a query string (at == NULL gives no field).
 * Views of body where nothing had to be decoded, else the arena's. ERR_INVALID: bad escape, not UTF-8, a
 * control byte other than tab, CR and LF; ERR_TOO_LARGE: more than FORM_FIELDS fields; ERR_MEMORY. */
enum err form_parse(struct str body, struct arena *a, struct form *out);

/* multipart/form-data (RFC 7578), text fields only: a part with a file name is skipped. All are views of
 * body. Errors as above; ERR_INVALID also when a part or the final boundary is missing. */
enum err form_parse_multipart(struct str body, struct str boundary, struct form *out);

/* Either of the two by its Content-Type; ERR_INVALID for another one. */
enum err form_parse_body(struct str content_type, struct str body, struct arena *a, struct form *out);

/* The value of the field of that name; false when there is none, or more than one (a duplicate is never
 * chosen from). */
bool form_get(const struct form *f, const char *name, struct str *value);

#endif
