/* http.h: the words of HTTP: methods, statuses, header syntax, ETags, content codings, media types (RFC
 * 9110). */
#ifndef FORMAT_HTTP_H
#define FORMAT_HTTP_H

#include "base/str.h"

enum status {
	STATUS_OK = 200,
	STATUS_NO_CONTENT = 204,
	STATUS_MOVED = 301,
	STATUS_FOUND = 302,
	STATUS_SEE_OTHER = 303,
	STATUS_NOT_MODIFIED = 304,
	STATUS_PERMANENT = 308,
	STATUS_BAD_REQUEST = 400,
	STATUS_FORBIDDEN = 403,
	STATUS_NOT_FOUND = 404,
	STATUS_METHOD = 405,
	STATUS_CONFLICT = 409,
	STATUS_GONE = 410,
	STATUS_TOO_LARGE = 413,
	STATUS_MEDIA_TYPE = 415,
	STATUS_UNPROCESSABLE = 422,
	STATUS_TOO_MANY = 429,
	STATUS_INTERNAL = 500,
	STATUS_UNAVAILABLE = 503
};

const char *http_reason(enum status s); /* "Not Found"; "Unknown" for a number not above */

enum method { METHOD_GET, METHOD_HEAD, METHOD_POST, METHOD_OPTIONS, METHOD_OTHER };

enum method http_method(struct str s); /* case matters (9.1) */
bool http_token_ok(struct str s);      /* a header name: tchar+ (5.6.2) */
bool http_value_ok(struct str s); /* a header value: no control byte but tab, no blank at the ends (5.5) */

/* Whether an If-None-Match value names the etag (with its quotes): weak comparison, list or `*` (13.1.2). A
 * malformed list matches up to where it is well-formed. */
bool http_etag_match(struct str if_none_match, struct str etag);

enum coding { CODING_IDENTITY, CODING_GZIP, CODING_BR, CODING_COUNT };

const char *http_coding_name(enum coding c); /* "identity", "gzip", "br" */

/* The codings a client takes, as bits 1u << coding, from its Accept-Encoding (12.5.3): q=0, `*`, x-gzip and
 * identity are honoured; empty or malformed parts are skipped; only the first 1024 bytes are read. Identity
 * is always set unless refused, and set too when nothing else would be left. */
unsigned http_codings(struct str accept_encoding);

/* Whether a Content-Type names the media type (lower case), whatever its parameters. */
bool http_media_is(struct str content_type, struct str media);
/* A parameter's value without its quotes ("boundary"); false when absent or malformed. Backslashes are not
 * undone. */
bool http_media_param(struct str content_type, struct str name, struct str *value);

#endif
