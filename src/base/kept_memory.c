/* kept_memory.c: a block for each thread, and the mmap and munmap that hand it out. */
#include "base/kept_memory.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/token.h"

/* Sanitizers have a mmap of their own, which has to see every call; and only where off_t is a long does mmap(2) take it as it
 * is. Elsewhere nothing is kept, and all works as before. */
#if defined(__LP64__) && !defined(POTERNE_SANITIZED)
#define KEEPS 1
#else
#define KEEPS 0
#endif

/* What the thread is lent from; NULL: it is not between begin and end. */
static _Thread_local struct kept_memory *lender;

void
kept_memory_begin(struct kept_memory *kept)
{
	lender = kept;
}

void
kept_memory_end(struct kept_memory *kept)
{
	lender = NULL;
	if (kept->lent > 0)
		*kept = (struct kept_memory){.at = NULL};
}

void
kept_memory_free(struct kept_memory *kept)
{
	if (kept->at != NULL)
		(void)munmap(kept->at, kept->size);
	*kept = (struct kept_memory){.at = NULL};
}

#if KEEPS
static void *
map(void *addr, size_t len, int prot, int flags, int fd, off_t offset)
{
	return (void *)syscall(SYS_mmap, addr, len, prot, flags, fd, offset);
}

/* The block that the thread has, unless it is too small: then a larger one, mapped as it was asked for, stays in its place. */
static void *
lend(struct kept_memory *kept, size_t size, int flags)
{
	void *fresh;

	if (kept->size < size) {
		fresh = map(NULL, size, PROT_READ | PROT_WRITE, flags, -1, 0);
		if (fresh == MAP_FAILED)
			return fresh;
		if (kept->at != NULL)
			(void)syscall(SYS_munmap, kept->at, kept->size);
		*kept = (struct kept_memory){.at = fresh, .size = size};
	}
	kept->lent = size;
	return kept->at;
}

/* What sys/mman.h declares. */
void *
mmap(void *addr, size_t len, int prot, int flags, int fd, off_t offset)
{
	const int plain = MAP_PRIVATE | MAP_ANONYMOUS;
	struct kept_memory *kept = lender;

	if (kept != NULL && kept->lent == 0 && addr == NULL && len > 0 && len <= KEPT_MOST &&
	    prot == (PROT_READ | PROT_WRITE) && (flags & ~MAP_POPULATE) == plain)
		return lend(kept, len, flags);
	return map(addr, len, prot, flags, fd, offset);
}

int
munmap(void *addr, size_t len)
{
	struct kept_memory *kept = lender;

	if (kept == NULL || kept->lent == 0 || addr != kept->at || len != kept->lent)
		return (int)syscall(SYS_munmap, addr, len);
	token_wipe(addr, len);
	kept->lent = 0;
	return 0;
}
#endif
