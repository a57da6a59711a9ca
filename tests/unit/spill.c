/* spill.c: blocks come back whole or not at all, and the file stays as long as it may be. */
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

static struct spill *
open_spill(uint64_t budget)
{
	struct fault f = {""};
	struct spill *s;

	assert_int_equal(spill_open(&s, folder, budget, &f), ERR_NONE);
	return s;
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
a_block_comes_back_as_it_was(void **state)
{
	struct spill *s = open_spill(4 * MIB);
	char room[8000];

	(void)state;
	assert_false(get(s, 1, 0));
	for (uint64_t n = 0; n < 100; n++)
		assert_true(spill_put(s, hash_of(n), block(n, 8 * n, room)));
	for (uint64_t n = 0; n < 100; n++)
		assert_true(get(s, n, 8 * n));
	assert_true(spill_put(s, hash_of(7), block(7, 800, room)));
	assert_true(get(s, 7, 800));
	spill_close(s);
	spill_close(NULL);
}

static void
the_newest_stay_and_the_file_keeps_its_size(void **state)
{
	struct spill *s = open_spill(MIB);
	char room[6000];
	int there = 0;

	(void)state;
	for (uint64_t n = 0; n < 2000; n++) {
		assert_true(spill_put(s, hash_of(n), block(n, 5000 + n % 7 * 100 / 8 * 8, room)));
		assert_true(get(s, n, 5000 + n % 7 * 100 / 8 * 8));
		assert_true(spill_bytes(s) <= MIB);
	}
	for (uint64_t n = 0; n < 1800; n++)
		assert_false(get(s, n, 0)); /* written over: 200 fit */
	for (uint64_t n = 1850; n < 2000; n++)
		there += get(s, n, 5000 + n % 7 * 100 / 8 * 8);
	assert_true(there > 130); /* a few met in the index */
	spill_close(s);
}

static void
what_is_too_large_is_not_kept(void **state)
{
	struct spill *s = open_spill(4 * MIB), *tiny = open_spill(4096);
	char *room = calloc(1, MIB);

	(void)state;
	assert_non_null(room);
	assert_false(spill_put(s, hash_of(1), block(1, MIB, room)));
	assert_true(spill_put(s, hash_of(2), block(2, 200000, room)));
	assert_true(get(s, 2, 200000));
	assert_false(spill_put(tiny, hash_of(3), block(3, 4000, room)));
	assert_true(spill_put(tiny, hash_of(3), block(3, 1000, room)));
	assert_true(get(tiny, 3, 1000));
	free(room);
	spill_close(s);
	spill_close(tiny);
}

/* On a disk that is full from the start there is no file, and on one that fills up it stays as long as it is. */
static void
OP9_a_full_disk_is_left_alone(void **state)
{
	struct spill *none = open_spill(MIB), *some = open_spill(64 * MIB);
	static char room[200000];
	struct buf b = BUF_EMPTY;
	uint64_t n = 0;

	(void)state;
	full = true;
	assert_false(spill_put(none, 0, block(0, 800, room)));
	assert_false(spill_get(none, 0, &b));
	assert_int_equal(spill_bytes(none), 0);
	full = false;
	assert_true(spill_put(some, hash_of(n), block(n, 200000, room)));
	full = true;
	for (n = 1; n < 300; n++)
		assert_true(spill_put(some, hash_of(n), block(n, 200000, room)));
	full = false;
	assert_true(spill_bytes(some) < 20 * MIB);
	assert_true(get(some, 299, 200000));
	assert_false(get(some, 1, 200000));
	buf_free(&b);
	spill_close(none);
	spill_close(some);
}

static void
a_folder_that_is_not_there_is_named(void **state)
{
	struct fault f = {""};
	struct spill *s;

	(void)state;
	assert_int_equal(spill_open(&s, "/nowhere/at/all", MIB, &f), ERR_DENIED);
	assert_null(s);
	assert_non_null(strstr(f.text, "/nowhere/at/all"));
}

/* Threads that read while others write over what they read: whole blocks or none. */
struct crowd {
	struct spill *s;
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

		assert_true(spill_put(c->s, hash_of(n), block(n, 3000, room)));
		atomic_fetch_add(&c->found, get(c->s, n, 3000) + get(c->s, n - n % 40, 3000));
	}
	return NULL;
}

static void
readers_among_writers_get_whole_blocks(void **state)
{
	struct crowd c = {.s = open_spill(MIB / 8)};
	pthread_t threads[4];

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, crowd_member, &c), 0);
	for (int i = 0; i < 4; i++)
		(void)pthread_join(threads[i], NULL);
	assert_true(c.found > 4000);
	spill_close(c.s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_block_comes_back_as_it_was),
	    cmocka_unit_test(the_newest_stay_and_the_file_keeps_its_size),
	    cmocka_unit_test(what_is_too_large_is_not_kept),
	    cmocka_unit_test(OP9_a_full_disk_is_left_alone),
	    cmocka_unit_test(a_folder_that_is_not_there_is_named),
	    cmocka_unit_test(readers_among_writers_get_whole_blocks),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
