/* media_names.c: images found where CommonMark shows them, and nowhere else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "format/media_names.h"

static enum err
shout(void *ctx, struct str from, unsigned line, struct buf *to)
{
	(void)ctx;
	if (str_eq(from, STR("stop.png")))
		return ERR_INVALID;
	if (!str_eq(from, STR("same.png")))
		buf_printf(to, "<" STR_FMT ":%u>", STR_ARG(from), line);
	return ERR_NONE;
}

static void
check(const char *in, const char *want)
{
	const struct media_names names = {shout, NULL};
	struct buf out = BUF_EMPTY;

	assert_int_equal(media_names_replace(str_of(in), &names, &out), ERR_NONE);
	buf_putc(&out, '\0');
	assert_string_equal(out.data, want);
	buf_free(&out);
}

static void
AD6_images_are_found(void **state)
{
	(void)state;
	check("", "");
	check("a ![b](c.png) d", "a ![b](<c.png:1>) d");
	check(
	    "\n![b [x] \\] y](c.png \"t\")![](d.png)\n", "\n![b [x] \\] y](<c.png:2> \"t\")![](<d.png:2>)\n");
	check("![b\nc]( <c.png> )", "![b\nc]( <<c.png:2>> )");
	check("![a](same.png)", "![a](same.png)");
}

static void
AD6_what_shows_none_is_left(void **state)
{
	(void)state;
	check("[a](b.png) ![c] ![d][e] ![f", "[a](b.png) ![c] ![d][e] ![f");
	check("`![a](b.png)` ![c](d.png)", "`![a](b.png)` ![c](<d.png:1>)");
	check("```\n![a](b.png)\n\n```\n![c](d.png)", "```\n![a](b.png)\n\n```\n![c](<d.png:5>)");
	check("un ` seul\n\n![a](b.png) `", "un ` seul\n\n![a](<b.png:3>) `");
	check("``` ![a](b.png)", "``` ![a](<b.png:1>)");
}

static void
AD6_a_refusal_ends_it(void **state)
{
	const struct media_names names = {shout, NULL};
	struct buf out = BUF_EMPTY;

	(void)state;
	assert_int_equal(media_names_replace(STR("![a](stop.png)"), &names, &out), ERR_INVALID);
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(AD6_images_are_found),
	    cmocka_unit_test(AD6_what_shows_none_is_left),
	    cmocka_unit_test(AD6_a_refusal_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
