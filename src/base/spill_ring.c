/* spill_ring.c: blocks are written one after the other, round and round; an index in memory knows where the newest lie. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/spill_file.h"

#define UNIT ((uint64_t)512)
#define WAYS 8
#define CHOICES 2
#define BLOCK_USUAL ((uint64_t)6 * 1024) /* the index has a slot for so many bytes of the file */
#define LENGTH_MAX ((unsigned)511)       /* units */
#define UNITS_MAX ((uint64_t)UINT32_MAX)
#define GROWTH \
	((uint64_t)16 * 1024 * 1024 / UNIT) /* the disk is asked each time whether it has room for so much */

/* Where a block lies, in units. The parity of the lap tells a block from what has been written over it since. */
struct slot {
	uint32_t offset;
	unsigned length : 15, lap : 1, print : 16; /* length 0: a free slot */
};

struct block {
	uint64_t hash, at, bytes;
};

struct ring {
	struct spill spill; /* first */
	pthread_mutex_t lock;
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
spill_ring_memory(uint64_t budget)
{
	return buckets_of(budget) * WAYS * sizeof(struct slot);
}

static struct ring *
ring_of(struct spill *s)
{
	return (struct ring *)s;
}

/* Either of two buckets may hold a hash, so that none runs over while others have room. */
static struct slot *
bucket_of(struct ring *s, uint64_t hash, unsigned which)
{
	uint64_t spread = which == 0 ? hash : hash * UINT64_C(0x9e3779b97f4a7c15);

	return s->slots + (size_t)((spread >> 32) * s->buckets >> 32) * WAYS;
}

static unsigned
print_of(uint64_t hash)
{
	return hash & UINT16_MAX;
}

static unsigned
lap_of(const struct ring *s, uint64_t at)
{
	return at / s->units & 1;
}

/* How many units ago it was written; more than the file holds: over it lies something else by now. */
static uint64_t
age_of(const struct ring *s, const struct slot *slot)
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
find_slot(struct ring *s, uint64_t hash)
{
	for (unsigned which = 0; which < CHOICES; which++) {
		struct slot *slot = bucket_of(s, hash, which);

		for (int i = 0; i < WAYS; i++)
			if (slot[i].print == print_of(hash) && age_of(s, &slot[i]) <= s->units)
				return &slot[i];
	}
	return NULL;
}

/* How many slots of a bucket have nothing to keep; one of them, else the one whose block has been there longest. */
static unsigned
free_slots(const struct ring *s, struct slot *bucket, struct slot **best)
{
	unsigned n = 0;

	*best = bucket;
	for (int i = 0; i < WAYS; i++) {
		n += age_of(s, &bucket[i]) > s->units;
		if (age_of(s, &bucket[i]) > age_of(s, *best))
			*best = &bucket[i];
	}
	return n;
}

/* The slot that has this hash, else a free one where more are free, else the oldest. */
static struct slot *
slot_for(struct ring *s, uint64_t hash)
{
	struct slot *one, *other, *same = find_slot(s, hash);
	unsigned n, m;

	if (same != NULL)
		return same;
	n = free_slots(s, bucket_of(s, hash, 0), &one);
	m = free_slots(s, bucket_of(s, hash, 1), &other);
	if (n == 0 && m == 0)
		return age_of(s, one) >= age_of(s, other) ? one : other;
	return n >= m ? one : other;
}

/* In the first round, the disk is asked before the file grows. When it has no room, the file stays as long as it is. */
static void
mind_disk(struct ring *s, uint64_t n)
{
	if (s->head + n <= s->asked || s->asked >= s->units)
		return;
	if (!spill_file_may_grow(&s->spill)) {
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
take_units(struct ring *s, uint64_t n, uint64_t *at)
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
ring_put(struct spill *spill, uint64_t hash, struct str bytes)
{
	struct ring *s = ring_of(spill);
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
	if (!spill_file_write(spill, &block, sizeof block, bytes, (off_t)(offset * UNIT)))
		return false;
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
read_block(const struct ring *s, char *to, size_t n, off_t at, struct block *out)
{
	ssize_t got = spill_file_read(&s->spill, to, n, at);

	if (got < (ssize_t)sizeof *out)
		return false;
	memcpy(out, to, sizeof *out);
	return out->bytes <= (size_t)got - sizeof *out;
}

/* Whether all of the block was there when it had been read: nobody had been given its place by then. */
static bool
still_there(struct ring *s, const struct block *block, uint64_t offset)
{
	bool there;

	(void)pthread_mutex_lock(&s->lock);
	there = block->at % s->units == offset && block->at < s->head && s->head - block->at <= s->units;
	(void)pthread_mutex_unlock(&s->lock);
	return there;
}

static bool
ring_get(struct spill *spill, uint64_t hash, struct buf *out)
{
	struct ring *s = ring_of(spill);
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
	    !read_block(s, out->data + out->len, room, (off_t)((uint64_t)found.offset * UNIT), &block))
		return false;
	if (block.hash != hash || !still_there(s, &block, found.offset))
		return false;
	memmove(out->data + out->len, out->data + out->len + sizeof block, (size_t)block.bytes);
	out->len += (size_t)block.bytes;
	return true;
}

static uint64_t
ring_bytes(struct spill *spill)
{
	struct ring *s = ring_of(spill);
	uint64_t units;

	(void)pthread_mutex_lock(&s->lock);
	units = s->head < s->units ? s->head : s->units;
	(void)pthread_mutex_unlock(&s->lock);
	return units * UNIT;
}

static void
ring_close(struct spill *spill)
{
	struct ring *s = ring_of(spill);

	spill_file_close(spill);
	(void)pthread_mutex_destroy(&s->lock);
	free(s->slots);
	free(s);
}

enum err
spill_open_ring(struct spill **out, const char *folder, uint64_t budget, struct fault *f)
{
	static const struct spill_kind kind = {ring_put, ring_get, ring_bytes, ring_close};
	struct ring *s = calloc(1, sizeof *s);
	enum err e;

	*out = NULL;
	if (s == NULL)
		return fault_set(f, ERR_MEMORY, "no memory for the cache on disk");
	s->units = units_of(budget);
	s->buckets = buckets_of(budget);
	s->slots = calloc(s->buckets * WAYS, sizeof *s->slots);
	e = s->slots == NULL ? fault_set(f, ERR_MEMORY, "no memory for the index of the cache on disk")
	                     : spill_file_open(&s->spill, &kind, folder, f);
	if (e != ERR_NONE) {
		free(s->slots);
		free(s);
		return e;
	}
	(void)pthread_mutex_init(&s->lock, NULL);
	*out = &s->spill;
	return ERR_NONE;
}
