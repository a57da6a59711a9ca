/* devices.h: which devices of an account are reading at present, in memory, for plans that limit their number. */
#ifndef CORE_DEVICES_H
#define CORE_DEVICES_H

#include "base/err.h"
#include "base/str.h"

#define DEVICES_WINDOW_S 900 /* a device reads until so long after its last page */

struct devices;

struct devices_visit {
	int64_t account, session, article;
	int64_t signed_in_at; /* when the session began */
	int64_t now;
};

enum err devices_open(struct devices **out, int64_t now);
void devices_close(struct devices *d); /* NULL is fine */

/* How many of the account's devices read now and began before this one, and whether this one has the article open. A
 * table that was opened less than a window ago does not know who reads: a session that is older than it may have any
 * article open. */
void devices_ask(struct devices *d, const struct devices_visit *v, int32_t *ahead, bool *reading_on);

/* The article was shown whole on this device. */
void devices_note(struct devices *d, const struct devices_visit *v);

#endif
