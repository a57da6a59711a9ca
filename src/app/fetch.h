/* fetch.h: addresses read over HTTP, as anybody would. */
#ifndef APP_FETCH_H
#define APP_FETCH_H

#include "base/buf.h"
#include "base/err.h"

#define FETCH_MAX ((size_t)16 << 20) /* bytes of an answer; the rest is left */

struct fetch; /* lifetime: fetch_open … fetch_close; keeps its connection */

struct fetch_answer {
	long status;
	struct buf head, body; /* header lines, CR LF between them; the body as it came, not packed */
	const char *type;      /* of the content, "" when not said; until the next fetch_get */
};

enum err fetch_open(struct fetch **out, struct fault *f);
void fetch_close(struct fetch *h); /* NULL is fine */

/* One GET without cookies; redirects are not followed. Any status is an answer; ERR_BUSY when there is none. */
enum err fetch_get(
    struct fetch *h, const char *url, const char *agent, struct fetch_answer *out, struct fault *f);

#endif
