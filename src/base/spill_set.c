/* spill_set.c: small blocks in a file of buckets: the hash says which, and the bucket is looked through. No order is kept, so
 * that what one asks for costs one read and what is kept one write, of a file that may be sparse. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/spill_file.h"

#define WAYS 8
#define LOCKS ((size_t)32)
#define ASK_EVERY 1024u /* new places in the file, between questions to the disk */

struct record {
	uint64_t hash, when; /* when 0: nothing here */
	uint64_t bytes;
	char data[SPILL_SMALL];
};

struct bucket {
	struct record ways[WAYS];
};
_Static_assert(sizeof(struct bucket) == 2048, "no bucket lies across more pages than it must");

struct set {
	struct spill spill; /* first */
	uint64_t buckets;
	_Atomic uint64_t puts, used; /* ever; records that are taken */
	atomic_bool full;            /* the disk has no room for more of them */
	/* A bucket's record is written while nobody reads it. */
	pthread_mutex_t locks[LOCKS];
};

static struct set *
set_of(struct spill *s)
{
	return (struct set *)s;
}

static uint64_t
bucket_of(const struct set *set, uint64_t hash)
{
	return (hash >> 32) * set->buckets >> 32;
}

static off_t
place_of(uint64_t bucket, size_t way)
{
	return (off_t)(bucket * sizeof(struct bucket) + way * sizeof(struct record));
}

/* What has not been written yet reads as zeros. */
static bool
read_bucket(const struct set *set, uint64_t bucket, struct bucket *out)
{
	ssize_t n = spill_file_read(&set->spill, (char *)out, sizeof *out, place_of(bucket, 0));

	if (n >= 0)
		memset((char *)out + n, 0, sizeof *out - (size_t)n);
	return n >= 0;
}

/* The record of that hash, else a free one, else the oldest. */
static size_t
way_for(const struct bucket *b, uint64_t hash)
{
	size_t best = 0;

	for (size_t i = 0; i < WAYS; i++) {
		if (b->ways[i].when != 0 && b->ways[i].hash == hash)
			return i;
		if (b->ways[i].when < b->ways[best].when)
			best = i;
	}
	return best;
}

/* Counts a place that is taken for the first time. false: there is no room for it. */
static bool
may_take(struct set *set)
{
	if (atomic_fetch_add(&set->used, 1) % ASK_EVERY == 0)
		atomic_store(&set->full, !spill_file_may_grow(&set->spill));
	if (!atomic_load(&set->full))
		return true;
	(void)atomic_fetch_sub(&set->used, 1);
	return false;
}

static bool
set_put(struct spill *s, uint64_t hash, struct str block)
{
	struct set *set = set_of(s);
	uint64_t at = bucket_of(set, hash);
	pthread_mutex_t *lock = &set->locks[at % LOCKS];
	struct record record = {.hash = hash, .bytes = block.len};
	struct bucket bucket;
	size_t way;
	bool done;

	if (block.len > SPILL_SMALL)
		return false;
	memcpy(record.data, block.at, block.len);
	record.when = atomic_fetch_add(&set->puts, 1) + 1;
	(void)pthread_mutex_lock(lock);
	done = read_bucket(set, at, &bucket);
	way = done ? way_for(&bucket, hash) : 0;
	done = done && (bucket.ways[way].when != 0 || may_take(set)) &&
	       spill_file_write(s, &record, sizeof record, STR_NONE, place_of(at, way));
	(void)pthread_mutex_unlock(lock);
	return done;
}

static bool
set_get(struct spill *s, uint64_t hash, struct buf *out)
{
	struct set *set = set_of(s);
	uint64_t at = bucket_of(set, hash);
	pthread_mutex_t *lock = &set->locks[at % LOCKS];
	struct bucket bucket;
	bool there;

	(void)pthread_mutex_lock(lock);
	there = read_bucket(set, at, &bucket);
	(void)pthread_mutex_unlock(lock);
	for (size_t i = 0; there && i < WAYS; i++) {
		const struct record *r = &bucket.ways[i];

		if (r->when == 0 || r->hash != hash || r->bytes > SPILL_SMALL)
			continue;
		buf_put(out, (struct str){r->data, (size_t)r->bytes});
		return !out->failed;
	}
	return false;
}

/* The file has holes: it takes less than it is long. */
static uint64_t
set_bytes(struct spill *s)
{
	struct stat file;

	return fstat(s->fd, &file) == 0 ? (uint64_t)file.st_blocks * 512 : 0;
}

static void
set_close(struct spill *s)
{
	struct set *set = set_of(s);

	spill_file_close(s);
	for (size_t i = 0; i < LOCKS; i++)
		(void)pthread_mutex_destroy(&set->locks[i]);
	free(set);
}

enum err
spill_open_set(struct spill **out, const char *folder, uint64_t budget, struct fault *f)
{
	static const struct spill_kind kind = {set_put, set_get, set_bytes, set_close};
	struct set *set = calloc(1, sizeof *set);
	enum err e;

	*out = NULL;
	if (set == NULL)
		return fault_set(f, ERR_MEMORY, "no memory for the cache on disk");
	set->buckets = budget / sizeof(struct bucket);
	if (set->buckets == 0)
		set->buckets = 1;
	if (set->buckets > UINT32_MAX)
		set->buckets = UINT32_MAX;
	if ((e = spill_file_open(&set->spill, &kind, folder, f)) != ERR_NONE) {
		free(set);
		return e;
	}
	for (size_t i = 0; i < LOCKS; i++)
		(void)pthread_mutex_init(&set->locks[i], NULL);
	*out = &set->spill;
	return ERR_NONE;
}
