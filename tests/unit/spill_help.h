/* spill_help.h: a folder for spills, a disk that says on demand that it is full, and blocks that say which they are. */
#ifndef SPILL_HELP_H
#define SPILL_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/spill.h"

#define MIB ((uint64_t)1 << 20)

/* The disk says that it is full, on demand. */
static bool full;

int
fstatvfs(int fd, struct statvfs *out)
{
	assert_true(fd >= 0);
	*out = (struct statvfs){.f_blocks = 1000000, .f_bavail = full ? 99 : 900000};
	return 0;
}

static char folder[] = "/tmp/poterne-spill.XXXXXX";

static int
make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL;
}

/* The file has no name: the folder is empty. */
static int
remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

/* Spreads n over all bits, as a hash does. */
static uint64_t
hash_of(uint64_t n)
{
	n = (n + 1) * UINT64_C(0x9e3779b97f4a7c15);
	n = (n ^ n >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
	return n ^ n >> 32;
}

/* A block that says which it is at every eight bytes. */
static struct str
block(uint64_t n, size_t bytes, char *room)
{
	for (size_t i = 0; i + 8 <= bytes; i += 8)
		memcpy(room + i, &n, 8);
	return (struct str){room, bytes};
}

static bool
is_whole(struct str s, uint64_t n, size_t bytes)
{
	for (size_t i = 0; i + 8 <= s.len; i += 8)
		if (memcmp(s.at + i, &n, 8) != 0)
			return false;
	return s.len == bytes;
}

static bool
get(struct spill *s, uint64_t n, size_t bytes)
{
	struct buf b = BUF_EMPTY;
	bool there = spill_get(s, hash_of(n), &b);

	if (there)
		assert_true(is_whole(buf_str(&b), n, bytes));
	else
		assert_int_equal(b.len, 0);
	buf_free(&b);
	return there;
}

static void
assert_folder_is_named(
    enum err open(struct spill **out, const char *folder, uint64_t budget, struct fault *f))
{
	struct fault f = {""};
	struct spill *s;

	assert_int_equal(open(&s, "/nowhere/at/all", MIB, &f), ERR_DENIED);
	assert_null(s);
	assert_non_null(strstr(f.text, "/nowhere/at/all"));
}

/* Threads that read while others write over what they read: whole blocks or none. */
struct crowd {
	struct spill *s;
	size_t bytes; /* of a block */
	_Atomic uint64_t next;
	_Atomic int found;
};

static void *
crowd_member(void *arg)
{
	struct crowd *c = arg;
	char room[4000];

	for (int i = 0; i < 2000; i++) {
		uint64_t n = atomic_fetch_add(&c->next, 1);

		assert_true(spill_put(c->s, hash_of(n), block(n, c->bytes, room)));
		atomic_fetch_add(&c->found, get(c->s, n, c->bytes) + get(c->s, n - n % 40, c->bytes));
	}
	return NULL;
}

/* How many of 16,000 were there. Closes it. */
static int
crowd_run(struct spill *s, size_t bytes)
{
	struct crowd c = {.s = s, .bytes = bytes};
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, crowd_member, &c), 0);
	for (int i = 0; i < 4; i++)
		(void)pthread_join(threads[i], NULL);
	spill_close(s);
	return c.found;
}

#endif
