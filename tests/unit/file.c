/* Whole files: limits, atomic replacement, ordered folders, locks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/token.h"

struct place {
	char folder[64];
	struct arena arena;
	struct fault fault;
};

static int
set_up(void **state)
{
	struct place *place = calloc(1, sizeof *place);

	assert_non_null(place);
	(void)snprintf(place->folder, sizeof place->folder, "/tmp/poterne-file-XXXXXX");
	assert_non_null(mkdtemp(place->folder));
	arena_init(&place->arena, (size_t)16 << 20);
	*state = place;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *place = *state;
	char command[96];

	(void)snprintf(command, sizeof command, "rm -rf %s", place->folder);
	assert_int_equal(system(command), 0);
	arena_free(&place->arena);
	free(place);
	return 0;
}

static const char *
in(struct place *place, const char *name)
{
	return arena_printf(&place->arena, "%s/%s", place->folder, name).at;
}

static void
written_is_what_is_read(void **state)
{
	struct place *place = *state;
	const char *path = in(place, "a");
	struct str got;
	struct stat st;

	assert_int_equal(file_write(path, STR("one\0two"), 0640, false, NULL), ERR_NONE);
	assert_int_equal(file_read(&place->arena, path, 7, &got, NULL), ERR_NONE);
	assert_true(str_eq(got, STR("one\0two")));
	assert_int_equal(got.at[got.len], '\0');
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_int_equal(file_write(path, STR_NONE, 0600, true, NULL), ERR_NONE);
	assert_int_equal(file_read(&place->arena, path, 0, &got, NULL), ERR_NONE);
	assert_int_equal(got.len, 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void
read_refuses_what_is_no_small_file(void **state)
{
	struct place *place = *state;
	struct str got;

	assert_int_equal(file_write(in(place, "a"), STR("12345678"), 0600, false, NULL), ERR_NONE);
	assert_int_equal(file_read(&place->arena, in(place, "a"), 7, &got, &place->fault), ERR_TOO_LARGE);
	assert_non_null(strstr(place->fault.text, "larger than 7 bytes"));
	assert_int_equal(file_read(&place->arena, in(place, "none"), 7, &got, &place->fault), ERR_NOT_FOUND);
	assert_int_equal(file_read(&place->arena, place->folder, 7, &got, &place->fault), ERR_INVALID);
	assert_int_equal(mkfifo(in(place, "pipe"), 0600), 0);
	assert_int_equal(file_read(&place->arena, in(place, "pipe"), 7, &got, &place->fault), ERR_INVALID);
	/* says it is empty and is not */
	assert_int_equal(
	    file_read(&place->arena, "/proc/self/status", 1 << 20, &got, &place->fault), ERR_INTERNAL);
	arena_free(&place->arena);
	arena_init(&place->arena, 16);
	assert_int_equal(file_read(&place->arena, "/usr/bin/env", 1 << 30, &got, &place->fault), ERR_MEMORY);
}

static void
write_replaces_only_when_told(void **state)
{
	struct place *place = *state;
	struct str got;
	char **names;
	size_t n;

	assert_int_equal(file_write(in(place, "a"), STR("old"), 0600, false, NULL), ERR_NONE);
	assert_int_equal(file_write(in(place, "a"), STR("new"), 0600, false, &place->fault), ERR_CONFLICT);
	assert_int_equal(file_create(in(place, "a"), 0600, &place->fault), ERR_CONFLICT);
	assert_int_equal(file_read(&place->arena, in(place, "a"), 10, &got, NULL), ERR_NONE);
	assert_true(str_eq(got, STR("old")));
	assert_int_equal(file_write(in(place, "no/b"), STR("x"), 0600, true, &place->fault), ERR_NOT_FOUND);
	assert_int_equal(file_write(place->folder, STR("x"), 0600, true, &place->fault), ERR_INVALID);
	assert_int_equal(file_create(in(place, "b"), 0600, NULL), ERR_NONE);
	assert_int_equal(file_commit(in(place, "b"), in(place, "a"), false, &place->fault), ERR_CONFLICT);
	assert_int_equal(file_commit(in(place, "none"), in(place, "c"), false, &place->fault), ERR_NOT_FOUND);
	assert_int_equal(file_commit(in(place, "b"), in(place, "a"), true, &place->fault), ERR_NONE);
	assert_int_equal(file_list(&place->arena, place->folder, "", &names, &n, NULL), ERR_NONE);
	assert_int_equal(n, 1);
}

static void
FT3_full_disk_leaves_the_old_file(void **state)
{
	struct place *place = *state;

	/* /dev/full cannot be replaced; writing beside it can neither by a plain user */
	if (geteuid() == 0)
		assert_int_equal(
		    file_write("/proc/poterne", STR("x"), 0600, true, &place->fault), ERR_NOT_FOUND);
	else
		assert_int_not_equal(file_write("/dev/full", STR("x"), 0600, true, &place->fault), ERR_NONE);
	assert_true(place->fault.text[0] != '\0');
}

static void
list_is_sorted_and_filtered(void **state)
{
	struct place *place = *state;
	static const char *const made[] = {"b.sql", "a.sql", ".hidden.sql", "Z.sql", "c.txt"};
	char **names;
	size_t n;

	for (size_t i = 0; i < sizeof made / sizeof *made; i++)
		assert_int_equal(file_create(in(place, made[i]), 0600, NULL), ERR_NONE);
	assert_int_equal(file_list(&place->arena, place->folder, ".sql", &names, &n, NULL), ERR_NONE);
	assert_int_equal(n, 3);
	assert_string_equal(names[0], "Z.sql");
	assert_string_equal(names[1], "a.sql");
	assert_string_equal(names[2], "b.sql");
	assert_int_equal(
	    file_list(&place->arena, in(place, "none"), "", &names, &n, &place->fault), ERR_NOT_FOUND);
	assert_int_equal(
	    file_list(&place->arena, in(place, "a.sql"), "", &names, &n, &place->fault), ERR_NOT_FOUND);
	assert_int_equal(n, 0);
}

static void
list_grows(void **state)
{
	struct place *place = *state;
	char **names, name[16];
	size_t n;

	for (int i = 0; i < 300; i++) {
		(void)snprintf(name, sizeof name, "%03d", i);
		assert_int_equal(file_create(in(place, name), 0600, NULL), ERR_NONE);
	}
	assert_int_equal(file_list(&place->arena, place->folder, "", &names, &n, NULL), ERR_NONE);
	assert_int_equal(n, 300);
	assert_string_equal(names[299], "299");
}

static void
lock_is_held_by_one(void **state)
{
	struct place *place = *state;
	int lock, second, status = -1;
	pid_t pid;

	assert_int_equal(file_lock(in(place, "lock"), &lock, NULL), ERR_NONE);
	assert_int_equal(file_lock(in(place, "lock"), &second, &place->fault), ERR_BUSY);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit((int)file_lock(in(place, "lock"), &second, NULL));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), ERR_BUSY);
	file_unlock(lock);
	assert_int_equal(file_lock(in(place, "lock"), &lock, NULL), ERR_NONE);
	file_unlock(lock);
	assert_int_equal(file_lock(in(place, "no/lock"), &lock, &place->fault), ERR_NOT_FOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(written_is_what_is_read, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(read_refuses_what_is_no_small_file, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(write_replaces_only_when_told, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(FT3_full_disk_leaves_the_old_file, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(list_is_sorted_and_filtered, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(list_grows, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(lock_is_held_by_one, set_up, tear_down),
	};

	if (!token_start())
		return 1;
	return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
