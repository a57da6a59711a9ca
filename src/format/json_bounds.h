/* json_bounds.h: JSON from strangers, parsed only once it is known to be small in every direction. */
#ifndef FORMAT_JSON_BOUNDS_H
#define FORMAT_JSON_BOUNDS_H

#include <jansson.h>

#include "base/err.h"
#include "base/str.h"

#define JSON_BOUNDS_BYTES ((size_t)256 * 1024)
#define JSON_BOUNDS_DEPTH 32
#define JSON_BOUNDS_VALUES 20000 /* about 4 MB when parsed */

/* An object (RFC 8259) without duplicate keys, within the bounds above; the caller's to json_decref. ERR_TOO_LARGE,
 * ERR_INVALID or ERR_MEMORY with the reason. */
enum err json_bounds_open(struct str text, json_t **out, struct fault *f);

#endif
