/* log.c: what a line looks like, which are written, and what happens when none can be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

#define ESC "\x1b[31m"

static char said[8192];

/* Standard error goes to a pipe while line() writes. */
static const char *
heard(void (*line)(void))
{
	int ends[2], kept = dup(STDERR_FILENO);
	ssize_t n;

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
	line();
	assert_int_equal(dup2(kept, STDERR_FILENO), STDERR_FILENO);
	(void)close(ends[1]);
	n = read(ends[0], said, sizeof said - 1);
	assert_true(n >= 0);
	said[n] = '\0';
	(void)close(ends[0]);
	(void)close(kept);
	return said;
}

static void
plain(void)
{
	LOG_INFO("saved", LOG_CSTR("slug", "a-b"), LOG_NUM("words", -12), LOG_CSTR("title", "deux mots"));
}

static void
hostile(void)
{
	LOG_ERROR("refused", LOG_CSTR("agent", "a\r\n<3>event=forged " ESC),
	    LOG_CSTR("quoted", "say \"no\" \\"), LOG_TEXT("bytes", STR("\xff\xfe")),
	    LOG_TEXT("c1", STR("\xc2\x9b"
	                       "31m")),
	    LOG_CSTR("accent", "\xc3\xa9t\xc3\xa9"), LOG_CSTR("none", ""));
}

static void
endless(void)
{
	static char value[5000];

	memset(value, 'x', sizeof value - 1);
	LOG_WARNING("long", LOG_CSTR("a", value), LOG_CSTR("b", value), LOG_CSTR("c", value),
	    LOG_CSTR("d", value), LOG_CSTR("e", value), LOG_CSTR("f", value), LOG_CSTR("g", value),
	    LOG_CSTR("h", value), LOG_CSTR("i", value), LOG_CSTR("j", value));
}

static void
halved(void)
{
	static char value[602];

	memset(value, 'x', 499);
	memset(value + 499, '\xc3', 1);
	memset(value + 500, '\xa9', 1);
	memset(value + 501, 'y', 100);
	LOG_INFO("cut", LOG_CSTR("text", value));
}

static void
each_level(void)
{
	LOG_LINE(LOG_LEVEL_DEBUG, "d", LOG_NUM("n", 7));
	LOG_INFO("i", LOG_NUM("n", 6));
	LOG_WARNING("w", LOG_NUM("n", 4));
	LOG_ERROR("e", LOG_NUM("n", 3));
}

static void
a_line_is_logfmt(void **state)
{
	(void)state;
	assert_string_equal(heard(plain), "<6>event=saved slug=a-b words=-12 title=\"deux mots\"\n");
}

static void
DB3_nothing_ends_the_line_or_drives_a_terminal(void **state)
{
	(void)state;
	assert_string_equal(heard(hostile),
	    "<3>event=refused agent=\"a\\x0d\\x0a<3>event=forged \\x1b[31m\" quoted=\"say \\\"no\\\" \\\\\""
	    " bytes=\"\\xff\\xfe\" c1=\"\\xc2\\x9b31m\" accent=\"\xc3\xa9t\xc3\xa9\" none=\"\"\n");
}

static void
DB3_a_line_is_bounded(void **state)
{
	size_t n;

	(void)state;
	n = strlen(heard(endless));
	assert_in_range(n, 1000, 4096);
	assert_int_equal(said[n - 1], '\n');
	assert_ptr_equal(strchr(said, '\n'), said + n - 1);
}

static void
DB3_no_character_is_halved(void **state)
{
	(void)state;
	assert_int_equal(strlen(heard(halved)), strlen("<6>event=cut text=\"\"\n") + 499);
}

static void
the_level_is_a_choice(void **state)
{
	(void)state;
	assert_string_equal(heard(each_level), "<6>event=i n=6\n<4>event=w n=4\n<3>event=e n=3\n");
	log_set_level(STR("debug"));
	assert_string_equal(
	    heard(each_level), "<7>event=d n=7\n<6>event=i n=6\n<4>event=w n=4\n<3>event=e n=3\n");
	log_set_level(STR("warning"));
	assert_string_equal(heard(each_level), "<4>event=w n=4\n<3>event=e n=3\n");
	log_set_level(STR("error"));
	assert_string_equal(heard(each_level), "<3>event=e n=3\n");
	log_set_level(STR("info"));
}

static void
FT27_what_cannot_be_written_is_counted(void **state)
{
	int kept = dup(STDERR_FILENO), full = open("/dev/full", O_WRONLY);
	uint64_t before = log_dropped();

	(void)state;
	assert_int_equal(dup2(full, STDERR_FILENO), STDERR_FILENO);
	plain();
	(void)close(STDERR_FILENO);
	plain();
	assert_int_equal(dup2(kept, STDERR_FILENO), STDERR_FILENO);
	assert_int_equal(log_dropped(), before + 2);
	(void)close(full);
	(void)close(kept);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_line_is_logfmt),
	    cmocka_unit_test(DB3_nothing_ends_the_line_or_drives_a_terminal),
	    cmocka_unit_test(DB3_a_line_is_bounded),
	    cmocka_unit_test(DB3_no_character_is_halved),
	    cmocka_unit_test(the_level_is_a_choice),
	    cmocka_unit_test(FT27_what_cannot_be_written_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
