/* spill_ring.c: blocks come back whole or not at all, and the file stays as long as it may be. */
#include "spill_help.h"

static struct spill *
open_spill(uint64_t budget)
{
	struct fault f = {""};
	struct spill *s;

	assert_int_equal(spill_open_ring(&s, folder, budget, &f), ERR_NONE);
	return s;
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

/* Three of four slots taken: none has to go because others met in its bucket. */
static void
all_are_found_while_the_index_has_room(void **state)
{
	struct spill *s = open_spill(12 * MIB);
	size_t slots = spill_ring_memory(12 * MIB) / 8;
	char room[4000];

	(void)state;
	for (uint64_t n = 0; n < slots * 3 / 4; n++)
		assert_true(spill_put(s, hash_of(n), block(n, 4000, room)));
	for (uint64_t n = 0; n < slots * 3 / 4; n++)
		assert_true(get(s, n, 4000));
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
	(void)state;
	assert_folder_is_named(spill_open_ring);
}

static void
readers_among_writers_get_whole_blocks(void **state)
{
	(void)state;
	assert_true(crowd_run(open_spill(MIB / 8), 3000) > 4000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_block_comes_back_as_it_was),
	    cmocka_unit_test(the_newest_stay_and_the_file_keeps_its_size),
	    cmocka_unit_test(all_are_found_while_the_index_has_room),
	    cmocka_unit_test(what_is_too_large_is_not_kept),
	    cmocka_unit_test(OP9_a_full_disk_is_left_alone),
	    cmocka_unit_test(a_folder_that_is_not_there_is_named),
	    cmocka_unit_test(readers_among_writers_get_whole_blocks),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
