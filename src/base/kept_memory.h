/* kept_memory.h: what a library maps for one call stays mapped for the next. libsodium maps 19 MiB for each hash of a
 * password and unmaps them after it: half of the time that a hash takes, in stretches in which the kernel lets nobody else
 * onto the processor, and readers wait for them.
 *
 * libsodium takes no allocator. So the program has a mmap and a munmap of its own, which the linker puts before the C
 * library's: all they do is the system call, except for a thread that is between begin and end. */
#ifndef BASE_KEPT_MEMORY_H
#define BASE_KEPT_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#define KEPT_MOST \
	((size_t)20 << 20) /* bytes; what is larger is mapped and unmapped as if we were not there */

/* Of one thread, on its stack or in what it owns; all zero at first. */
struct kept_memory {
	void *at; /* NULL: none is mapped. Zeros whenever nobody has it */
	size_t size;
	size_t lent; /* bytes that the library has at the moment */
};

/* Until end, what this thread maps for itself (anonymous, private, anywhere, at most KEPT_MOST) is the kept memory, and
 * unmapping that wipes it. One block at a time: a second one is mapped. No memory: the library's mmap fails, as it would. */
void kept_memory_begin(struct kept_memory *kept);
/* What the library did not give back stays the library's. */
void kept_memory_end(struct kept_memory *kept);
void kept_memory_free(struct kept_memory *kept); /* unmaps it; not between begin and end */

#endif
