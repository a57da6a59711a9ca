/* spill_file.c: a file that nobody else can open, on a disk that is never filled. */
#include "base/spill_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/log.h"

#define LEFT_FREE 10 /* the file grows while a tenth of the disk stays free */

/* Without a name from the start where the file system can; elsewhere for as long as it takes to take it away. */
static int
open_nameless(const char *folder)
{
	char path[4096];
	int n, fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
		return fd;
	n = snprintf(path, sizeof path, "%s/.pages.XXXXXX", folder);
	if (n < 0 || (size_t)n >= sizeof path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0 && unlink(path) != 0) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

enum err
spill_file_open(struct spill *s, const struct spill_kind *kind, const char *folder, struct fault *f)
{
	s->kind = kind;
	s->fd = open_nameless(folder);
	if (s->fd >= 0)
		return ERR_NONE;
	return fault_set(
	    f, ERR_DENIED, "no file can be made in %s for the cache on disk: %s", folder, strerror(errno));
}

void
spill_file_close(struct spill *s)
{
	(void)close(s->fd); /* it has no name: nothing of it is wanted any more */
}

bool
spill_file_may_grow(const struct spill *s)
{
	struct statvfs disk;

	return fstatvfs(s->fd, &disk) != 0 ||
	       disk.f_bavail / LEFT_FREE >= disk.f_blocks / LEFT_FREE / LEFT_FREE;
}

bool
spill_file_write(struct spill *s, const void *head, size_t head_bytes, struct str bytes, off_t at)
{
	struct iovec parts[] = {
	    {(void *)(uintptr_t)head, head_bytes}, {(void *)(uintptr_t)bytes.at, bytes.len}};
	ssize_t n;

	do
		n = pwritev(s->fd, parts, 2, at);
	while (n < 0 && errno == EINTR);
	if (n >= 0 && (size_t)n == head_bytes + bytes.len)
		return true;
	if (!atomic_exchange(&s->told, true))
		LOG_WARNING("cache_disk", LOG_CSTR("reason", n < 0 ? strerror(errno) : "the disk is full"));
	return false;
}

ssize_t
spill_file_read(const struct spill *s, char *to, size_t n, off_t at)
{
	ssize_t got;

	do
		got = pread(s->fd, to, n, at);
	while (got < 0 && errno == EINTR);
	return got;
}

void
spill_close(struct spill *s)
{
	if (s != NULL)
		s->kind->close(s);
}

bool
spill_put(struct spill *s, uint64_t hash, struct str block)
{
	return s->kind->put(s, hash, block);
}

bool
spill_get(struct spill *s, uint64_t hash, struct buf *out)
{
	return s->kind->get(s, hash, out);
}

uint64_t
spill_bytes(struct spill *s)
{
	return s->kind->bytes(s);
}
