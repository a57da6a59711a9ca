/* spill.c: blocks are written one after the other, round and round; an index in memory knows where the newest lie. */
#include "base/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/log.h"

#define UNIT ((uint64_t)512)
#define WAYS 8
#define BLOCK_USUAL ((uint64_t)6 * 1024) /* the index has a slot for so many bytes of the file */
#define LENGTH_MAX ((unsigned)511)       /* units */
#define UNITS_MAX ((uint64_t)UINT32_MAX)
#define GROWTH \
	((uint64_t)16 * 1024 * 1024 / UNIT) /* the disk is asked each time whether it has room for so much */
#define LEFT_FREE 10                        /* the file grows while a tenth of the disk stays free */

/* Where a block lies, in units. The parity of the lap tells a block from what has been written over it since. */
struct slot {
	uint32_t offset;
	unsigned length : 15, lap : 1, print : 16; /* length 0: a free slot */
};

struct block {
	uint64_t hash, at, bytes;
};

struct spill {
	pthread_mutex_t lock;
	int fd;
	bool told;            /* that the disk takes no more */
	uint64_t units, head; /* of the file; ever given out */
	uint64_t asked;       /* the disk has room up to here */
	size_t buckets;
	struct slot *slots;
};

static uint64_t
units_of(uint64_t budget)
{
	uint64_t units = budget / UNIT;

	return units < UNITS_MAX ? units : UNITS_MAX;
}

static size_t
buckets_of(uint64_t budget)
{
	return (size_t)(units_of(budget) * UNIT / BLOCK_USUAL / WAYS) + 1;
}

size_t
spill_memory(uint64_t budget)
{
	return buckets_of(budget) * WAYS * sizeof(struct slot);
}

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
spill_open(struct spill **out, const char *folder, uint64_t budget, struct fault *f)
{
	struct spill *s = calloc(1, sizeof *s);

	*out = NULL;
	if (s == NULL)
		return fault_set(f, ERR_MEMORY, "no memory for the cache on disk");
	s->units = units_of(budget);
	s->buckets = buckets_of(budget);
	s->slots = calloc(s->buckets * WAYS, sizeof *s->slots);
	if (s->slots == NULL) {
		free(s);
		return fault_set(f, ERR_MEMORY, "no memory for the index of the cache on disk");
	}
	s->fd = open_nameless(folder);
	if (s->fd < 0) {
		enum err e = fault_set(f, ERR_DENIED, "no file can be made in %s for the cache on disk: %s",
		    folder, strerror(errno));

		free(s->slots);
		free(s);
		return e;
	}
	(void)pthread_mutex_init(&s->lock, NULL);
	*out = s;
	return ERR_NONE;
}

void
spill_close(struct spill *s)
{
	if (s == NULL)
		return;
	(void)close(s->fd);
	(void)pthread_mutex_destroy(&s->lock);
	free(s->slots);
	free(s);
}

static struct slot *
bucket_of(struct spill *s, uint64_t hash)
{
	return s->slots + (size_t)((hash >> 32) * s->buckets >> 32) * WAYS;
}

static unsigned
print_of(uint64_t hash)
{
	return hash & UINT16_MAX;
}

static unsigned
lap_of(const struct spill *s, uint64_t at)
{
	return at / s->units & 1;
}

/* How many units ago it was written; more than the file holds: over it lies something else by now. */
static uint64_t
age_of(const struct spill *s, const struct slot *slot)
{
	uint64_t at;
	bool this_lap;

	if (slot->length == 0) /* all are while the file has no length */
		return UINT64_MAX;
	at = s->head % s->units;
	this_lap = slot->lap == lap_of(s, s->head);
	if (this_lap != (slot->offset < at))
		return UINT64_MAX;
	return this_lap ? at - slot->offset : at + s->units - slot->offset;
}

static struct slot *
find_slot(struct spill *s, uint64_t hash)
{
	struct slot *slot = bucket_of(s, hash);

	for (int i = 0; i < WAYS; i++)
		if (slot[i].print == print_of(hash) && age_of(s, &slot[i]) <= s->units)
			return &slot[i];
	return NULL;
}

/* The slot that has this hash, else the one whose block has been there longest. */
static struct slot *
slot_for(struct spill *s, uint64_t hash)
{
	struct slot *slot = bucket_of(s, hash), *oldest = slot, *same = find_slot(s, hash);

	if (same != NULL)
		return same;
	for (int i = 1; i < WAYS; i++)
		if (age_of(s, &slot[i]) > age_of(s, oldest))
			oldest = &slot[i];
	return oldest;
}

/* In the first round, the disk is asked before the file grows. When it has no room, the file stays as long as it is. */
static void
mind_disk(struct spill *s, uint64_t n)
{
	struct statvfs disk;

	if (s->head + n <= s->asked || s->asked >= s->units)
		return;
	if (fstatvfs(s->fd, &disk) == 0 &&
	    disk.f_bavail / LEFT_FREE < disk.f_blocks / LEFT_FREE / LEFT_FREE) {
		s->units = s->head;
		s->asked = s->units;
		LOG_WARNING("cache_disk", LOG_CSTR("reason", "less than a tenth of the disk is free"),
		    LOG_NUM("bytes", (int64_t)(s->units * UNIT)));
	} else {
		s->asked = s->head + n + GROWTH;
	}
}

/* A place for n units, none of them over the end. false: the file is too short. */
static bool
take_units(struct spill *s, uint64_t n, uint64_t *at)
{
	mind_disk(s, n);
	if (n > LENGTH_MAX || n > s->units / 2)
		return false;
	if (s->head % s->units + n > s->units)
		s->head += s->units - s->head % s->units;
	*at = s->head;
	s->head += n;
	return true;
}

static bool
write_whole(int fd, const struct block *block, struct str bytes, off_t at)
{
	struct iovec parts[] = {
	    {(void *)(uintptr_t)block, sizeof *block}, {(void *)(uintptr_t)bytes.at, bytes.len}};
	ssize_t n;

	do
		n = pwritev(fd, parts, 2, at);
	while (n < 0 && errno == EINTR);
	return n >= 0 && (size_t)n == sizeof *block + bytes.len;
}

static void
tell_once(struct spill *s)
{
	bool told;

	(void)pthread_mutex_lock(&s->lock);
	told = s->told;
	s->told = true;
	(void)pthread_mutex_unlock(&s->lock);
	if (!told)
		LOG_WARNING("cache_disk", LOG_CSTR("reason", strerror(errno)));
}

bool
spill_put(struct spill *s, uint64_t hash, struct str bytes)
{
	struct block block = {.hash = hash, .bytes = bytes.len};
	uint64_t n, offset;
	bool fits;

	if (bytes.len >= LENGTH_MAX * UNIT)
		return false;
	n = (sizeof block + bytes.len + UNIT - 1) / UNIT;
	(void)pthread_mutex_lock(&s->lock);
	fits = take_units(s, n, &block.at);
	offset = fits ? block.at % s->units : 0;
	(void)pthread_mutex_unlock(&s->lock);
	if (!fits)
		return false;
	if (!write_whole(s->fd, &block, bytes, (off_t)(offset * UNIT))) {
		tell_once(s);
		return false;
	}
	(void)pthread_mutex_lock(&s->lock);
	*slot_for(s, hash) = (struct slot){.offset = (uint32_t)offset,
	    .length = n & LENGTH_MAX,
	    .lap = lap_of(s, block.at) & 1,
	    .print = print_of(hash) & UINT16_MAX};
	(void)pthread_mutex_unlock(&s->lock);
	return true;
}

/* The block at the front of what was read: whole, since the last one of the file ends where its bytes do. */
static bool
read_block(int fd, char *to, size_t n, off_t at, struct block *out)
{
	ssize_t got;

	do
		got = pread(fd, to, n, at);
	while (got < 0 && errno == EINTR);
	if (got < (ssize_t)sizeof *out)
		return false;
	memcpy(out, to, sizeof *out);
	return out->bytes <= (size_t)got - sizeof *out;
}

/* Whether all of the block was there when it had been read: nobody had been given its place by then. */
static bool
still_there(struct spill *s, const struct block *block, uint64_t offset)
{
	bool there;

	(void)pthread_mutex_lock(&s->lock);
	there = block->at % s->units == offset && block->at < s->head && s->head - block->at <= s->units;
	(void)pthread_mutex_unlock(&s->lock);
	return there;
}

bool
spill_get(struct spill *s, uint64_t hash, struct buf *out)
{
	const struct slot *slot;
	struct slot found = {.length = 0};
	struct block block;
	size_t room;

	(void)pthread_mutex_lock(&s->lock);
	slot = find_slot(s, hash);
	if (slot != NULL)
		found = *slot;
	(void)pthread_mutex_unlock(&s->lock);
	room = (size_t)found.length * (size_t)UNIT;
	if (found.length == 0 || !buf_reserve(out, room) ||
	    !read_block(s->fd, out->data + out->len, room, (off_t)((uint64_t)found.offset * UNIT), &block))
		return false;
	if (block.hash != hash || !still_there(s, &block, found.offset))
		return false;
	memmove(out->data + out->len, out->data + out->len + sizeof block, (size_t)block.bytes);
	out->len += (size_t)block.bytes;
	return true;
}

uint64_t
spill_bytes(struct spill *s)
{
	uint64_t units;

	(void)pthread_mutex_lock(&s->lock);
	units = s->head < s->units ? s->head : s->units;
	(void)pthread_mutex_unlock(&s->lock);
	return units * UNIT;
}
