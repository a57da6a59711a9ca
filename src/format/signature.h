/* signature.h: the signature of a webhook's body: HMAC-SHA-256 over "TIME.BODY", in "t=TIME,v1=HEX[,v1=HEX…]". */
#ifndef FORMAT_SIGNATURE_H
#define FORMAT_SIGNATURE_H

#include "base/str.h"

#define SIGNATURE_TOLERANCE_S 300
#define SIGNATURE_SECRETS 8

struct signature_secrets {
	struct str items[SIGNATURE_SECRETS];
	size_t n;
};

enum signature {
	SIGNATURE_GOOD,
	SIGNATURE_MALFORMED, /* no time, two times, no v1, a field that is none */
	SIGNATURE_FORGED,    /* no secret makes one of these signatures */
	SIGNATURE_LATE       /* genuine, and from more than the tolerance ago or ahead */
};

/* One secret a line; blank lines and those that begin with '#' are skipped. Views of the text. false: there are too
 * many, or one is shorter than 16 bytes. */
bool signature_secrets_read(struct str text, struct signature_secrets *out);

/* The time it takes depends on lengths and counts only. */
enum signature signature_check(
    const struct signature_secrets *secrets, struct str header, struct str body, int64_t now);

const char *signature_name(enum signature s);

#endif
