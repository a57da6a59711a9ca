/* devices.h: which devices of an account are reading at present, in memory, for plans that limit their number. */
#ifndef CORE_DEVICES_H
#define CORE_DEVICES_H

#include "base/err.h"
#include "base/str.h"

#define DEVICES_WINDOW_S 900 /* a device reads until so long after its last page */

struct devices;

enum err devices_open(struct devices **out);
void devices_close(struct devices *d); /* NULL is fine */

/* How many of the account's devices read now and began before this one, and whether this one has the article open. */
void devices_ask(struct devices *d, int64_t account, int64_t session, int64_t article, int64_t now,
    int32_t *ahead, bool *reading_on);

/* The article was shown whole on this device. */
void devices_note(struct devices *d, int64_t account, int64_t session, int64_t article, int64_t now);

#endif
