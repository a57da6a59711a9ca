/* front.h: a file with a YAML head parted from its text. */
#ifndef FORMAT_FRONT_H
#define FORMAT_FRONT_H

#include "base/arena.h"
#include "base/err.h"

struct front {
	struct str head,
	    body; /* what stands between the two lines "---", and after them; LF line ends in body */
	unsigned body_line; /* the head begins on line 2 */
};

/* Refuses what is not UTF-8 and heads over 64 KiB (ERR_INVALID) and texts over 256 KiB (ERR_TOO_LARGE), with
 * "LABEL:LINE: …". head views source, body is in the arena. */
enum err front_split(
    struct arena *a, struct str source, const char *label, struct front *out, struct fault *f);

#endif
