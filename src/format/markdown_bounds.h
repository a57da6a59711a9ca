/* markdown_bounds.h: texts that would cost more to parse than any text is worth. */
#ifndef FORMAT_MARKDOWN_BOUNDS_H
#define FORMAT_MARKDOWN_BOUNDS_H

#include "base/err.h"
#include "base/str.h"

#define MARKDOWN_MAX ((size_t)256 << 10) /* bytes of source */

/* ERR_TOO_LARGE over MARKDOWN_MAX; ERR_INVALID with "line N: …" for what is not UTF-8, opens too many quotes or lists in
 * one line, or has brackets that libcmark would look at again and again. */
enum err markdown_check(struct str source, struct fault *f);

#endif
