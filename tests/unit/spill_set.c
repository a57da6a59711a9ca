/* spill_set.c: small blocks come back whole or not at all, and of those that meet the oldest goes. */
#include "spill_help.h"

static struct spill *
open_spill(uint64_t budget)
{
	struct fault f = {""};
	struct spill *s;

	assert_int_equal(spill_open_set(&s, folder, budget, &f), ERR_NONE);
	return s;
}

static void
a_block_comes_back_as_it_was(void **state)
{
	struct spill *s = open_spill(MIB);
	char room[SPILL_SMALL];

	(void)state;
	assert_false(get(s, 1, 0));
	for (uint64_t n = 0; n < 1000; n++)
		assert_true(spill_put(s, hash_of(n), block(n, 8 * (n % 29), room)));
	for (uint64_t n = 0; n < 1000; n++)
		assert_true(get(s, n, 8 * (n % 29)));
	assert_true(spill_put(s, hash_of(7), block(7, 200, room)));
	assert_true(get(s, 7, 200));
	assert_true(spill_bytes(s) > 0);
	spill_close(s);
	spill_close(NULL);
}

/* Twenty times as many as fit: the newest are there, and the file is as long as it may be. */
static void
the_newest_stay_and_the_file_keeps_its_size(void **state)
{
	struct spill *s = open_spill(MIB);
	char room[200];
	int there = 0, old = 0;

	(void)state;
	for (uint64_t n = 0; n < 80000; n++) {
		assert_true(spill_put(s, hash_of(n), block(n, 200, room)));
		if (n % 1000 == 0)
			assert_true(get(s, n, 200));
	}
	assert_true(spill_bytes(s) <= MIB);
	for (uint64_t n = 0; n < 40000; n++)
		old += get(s, n, 200);
	for (uint64_t n = 79000; n < 80000; n++)
		there += get(s, n, 200);
	assert_true(there > 950);
	assert_int_equal(old, 0);
	spill_close(s);
}

static void
what_is_too_large_is_not_kept(void **state)
{
	struct spill *s = open_spill(0);
	char room[SPILL_SMALL + 8];

	(void)state;
	assert_false(spill_put(s, hash_of(1), block(1, SPILL_SMALL + 8, room)));
	assert_false(get(s, 1, 0));
	assert_true(spill_put(s, hash_of(2), block(2, SPILL_SMALL, room)));
	assert_true(get(s, 2, SPILL_SMALL));
	spill_close(s);
}

/* Nothing is added to a full disk; what is there is replaced. */
static void
OP9_a_full_disk_is_left_alone(void **state)
{
	struct spill *none = open_spill(MIB), *some = open_spill(16 * MIB);
	char room[200];
	int kept = 0;

	(void)state;
	full = true;
	assert_false(spill_put(none, hash_of(0), block(0, 200, room)));
	assert_false(get(none, 0, 0));
	full = false;
	assert_true(spill_put(some, hash_of(0), block(0, 200, room)));
	full = true;
	for (uint64_t n = 1; n < 20000; n++)
		kept += spill_put(some, hash_of(n), block(n, 200, room));
	assert_true(kept > 0 && kept < 2000);
	assert_true(spill_put(some, hash_of(0), block(0, 160, room)));
	assert_true(get(some, 0, 160));
	full = false;
	spill_close(none);
	spill_close(some);
}

static void
a_folder_that_is_not_there_is_named(void **state)
{
	(void)state;
	assert_folder_is_named(spill_open_set);
}

static void
readers_among_writers_get_whole_blocks(void **state)
{
	(void)state;
	assert_true(crowd_run(open_spill(MIB / 8), 200) > 4000);
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
