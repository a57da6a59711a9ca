/* url.h: paths and percent-escapes: one spelling for each page, and what may be redirected to. */
#ifndef FORMAT_URL_H
#define FORMAT_URL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define URL_PATH_MAX 2048 /* bytes of a raw path, escapes counted as they stand */
#define URL_OWN_MAX 512   /* bytes of a path of ours that a reader may be sent back to */

enum url_form {
	URL_CANONICAL, /* as it should be: path is a view of the input, nothing was allocated */
	URL_REDIRECT,  /* path is the right spelling: 308 (or 301) there, with the query */
	URL_BAD,       /* 400: no path of ours can be meant */
	URL_NO_MEMORY  /* 503 */
};

struct url {
	struct str path;  /* canonical spelling, still escaped: starts with one '/', compare it as it is */
	struct str query; /* raw, without the '?'; at == NULL when there was no '?' */
};

/* Reads a raw REQUEST_URI (origin form). Canonical: no empty or trailing segment but in "/", no escape of a
 * byte that may stand for itself, upper-case hex, lower-case letters when fold_case (not for paths that carry
 * tokens). Refused: NUL, control bytes, bytes or escapes that are not UTF-8, '\', '#', %2F, %5C, dot
 * segments, over URL_PATH_MAX. ';' and every escaped delimiter stay what they are: nothing decoded ever
 * becomes structure. */
enum url_form url_canonical(struct str request_uri, bool fold_case, struct arena *a, struct url *out);

/* Percent-decodes s once: writes at most s.len bytes to out; plus: '+' is a space (forms). False at a bad
 * escape. */
bool url_unescape(struct str s, bool plus, char *out, size_t *n);

/* Whether a reader may be redirected to s: a path of this site with its query, at most URL_OWN_MAX bytes,
 * that every browser (WHATWG URL) resolves to this origin, and that says so without a second look. */
bool url_own_path(struct str s);

#endif
