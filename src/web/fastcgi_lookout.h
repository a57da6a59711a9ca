/* fastcgi_lookout.h: who waits for bytes. Few threads at a time each stand at a lookout, an epoll set, and serve what
 * it finds one after the other: answers from memory cost no change of threads, and no call to the kernel but to read
 * and to write. Who has longer to do leaves the place to one that rests; who does not come back is relieved. */
#ifndef WEB_FASTCGI_LOOKOUT_H
#define WEB_FASTCGI_LOOKOUT_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/err.h"

struct lookout;
struct lookouts;

/* What is watched: the first member of what stands behind it. Set fd, the rest is ours. */
struct lookout_item {
	int fd;
	struct lookout *home; /* always the same one */
	bool away;            /* not in its set, so that no one is told of it */
};

/* A thread that takes turns. Zero at first. */
struct lookout_turn {
	struct lookout *at; /* NULL: rests, or does what takes longer */
	atomic_bool came_round;
};

/* n places; listening, whose fd is a listening socket, is watched from each. */
enum err lookouts_open(struct lookouts **out, unsigned n, struct lookout_item *listening, struct fault *f);
void lookouts_close(struct lookouts *l); /* no thread may be inside; NULL is fine */
/* Nobody listens any more; lookout_next gives what has arrived, then NULL. */
void lookouts_stop(struct lookouts *l);

/* What to serve next, whenever there is something; the last one has been kept, dropped or lent. NULL: stopped. */
struct lookout_item *lookout_next(struct lookouts *l, struct lookout_turn *t);

/* A new item, watched from each place in its turn, so that no place has all the work. Not watched when false. */
bool lookout_add(struct lookouts *l, struct lookout_item *item);
/* Served: it is watched again, and may at once be another's. Not watched when false. t NULL: by no thread of these. */
bool lookout_keep(struct lookouts *l, struct lookout_turn *t, struct lookout_item *item);
/* Served: it is closed and freed next. */
void lookout_drop(struct lookouts *l, struct lookout_turn *t, struct lookout_item *item);
/* Others go on with it, who keep or drop it; nobody hears of it meanwhile. */
void lookout_lend(struct lookouts *l, struct lookout_turn *t, struct lookout_item *item);
/* What is being served takes longer: another takes the place. Once more does nothing. */
void lookout_leave(struct lookouts *l, struct lookout_turn *t);

#endif
