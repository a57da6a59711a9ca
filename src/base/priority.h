/* priority.h: work that may be put off while somebody waits for a page. */
#ifndef BASE_PRIORITY_H
#define BASE_PRIORITY_H

#define PRIORITY_LOW \
	10 /* nice: a tenth of a reader's share when all want the processor. Put off, never starved */

/* The calling thread, and those it starts from now on, let others go first and keep to the upper half of the processors: the
 * last one of two or three; where there is one alone, that one. For a low priority is not enough: while the kernel works for
 * such a thread, as when it maps memory or writes a file, readers wait for it all the same, unless they have another
 * processor. Not for threads that hold locks which readers wait for; once only in the first thread of a process, whose
 * processors are taken for all that there are. Where the service manager forbids it all goes on as before. */
void priority_give_way(void);

/* The same processors, but a step back only, for threads that somebody waits for too, and that hold locks of ours for a
 * moment: readers who wake go first, but their share is still a third of a reader's. */
#define PRIORITY_BEHIND 5
void priority_stand_back(void);

/* How many threads may compute for long at once: one for each processor of that half. 1 to most. */
unsigned priority_at_once(unsigned most);

#endif
