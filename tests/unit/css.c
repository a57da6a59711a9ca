/* css.c: declarations with their lines, addresses, colours and their contrast. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "base/buf.h"
#include "format/css.h"

static bool
write_item(void *ctx, const struct css_item *item)
{
	buf_printf(ctx, "%u " STR_FMT "|" STR_FMT "|" STR_FMT "|" STR_FMT "\n", item->line,
	    STR_ARG(item->media), STR_ARG(item->rule), STR_ARG(item->name), STR_ARG(item->value));
	return true;
}

static void
every_declaration_has_its_line(void **state)
{
	struct buf out = BUF_EMPTY;
	struct fault f = {""};

	(void)state;
	assert_int_equal(css_read(STR("/* a; { */ @import \"x;y\";\n:root {\n\t--a: #fff; /* \n */\n\t--b: "
	                              "url(\"a}b\")\n}\n@media (x) {\n "
	                              "p { color: red }\n}\n"),
	                     write_item, &out, &f),
	    ERR_NONE);
	buf_putc(&out, '\0');
	assert_string_equal(out.data, "1 ||@import|\"x;y\"\n3 |:root|--a|#fff\n5 |:root|--b|url(\"a}b\")\n"
	                              "8 @media (x)|p|color|red\n");
	buf_free(&out);
}

static void
what_does_not_end_is_told(void **state)
{
	static const char *const bad[][2] = {{"p {\n", "line 2: a { that is never closed"},
	    {"p { } }", "line 1: a } that does not fit"}, {"\n/* x", "line 2: a comment that does not end"},
	    {"p { a: 'x }", "line 1: a text in quotes that does not end"},
	    {"{{{{{{{{{", "line 1: a { that does not fit"}};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct buf out = BUF_EMPTY;
		struct fault f = {""};

		assert_int_equal(css_read(str_of(bad[i][0]), write_item, &out, &f), ERR_INVALID);
		assert_string_equal(f.text, bad[i][1]);
		buf_free(&out);
	}
}

static void
addresses_of_a_value(void **state)
{
	struct str value = STR("url(a.png), url( 'b c.png' ) x url(\"d\")"), url;
	static const char *const want[] = {"a.png", "b c.png", "d"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_true(css_url(&value, &url));
		assert_true(str_eq(url, str_of(want[i])));
	}
	assert_false(css_url(&value, &url));
}

static double
between(const char *a, const char *b)
{
	struct css_colour x, y;

	assert_true(css_colour(str_of(a), &x));
	assert_true(css_colour(str_of(b), &y));
	return css_contrast(x, y);
}

static void
near(double got, double want)
{
	if (got < want - 0.01 || got > want + 0.01)
		fail_msg("%.3f instead of %.2f", got, want);
}

static void
WCAG_contrast_as_others_compute_it(void **state)
{
	struct css_colour c;

	(void)state;
	near(between("#000", "white"), 21);
	near(between("#777777", "#fff"), 4.48);
	near(between("#767676", "#ffffff"), 4.54);
	near(between("rgb(10, 90, 70)", "#0a5a46"), 1);
	near(between("rgb(255 0 0)", "black"), 5.25);
	assert_false(css_colour(STR("#12"), &c));
	assert_false(css_colour(STR("#12345g"), &c));
	assert_false(css_colour(STR("rgb(1 2)"), &c));
	assert_false(css_colour(STR("rgb(1 2 3 / 50%)"), &c));
	assert_false(css_colour(STR("rgb(256 0 0)"), &c));
	assert_false(css_colour(STR("tomato"), &c));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_declaration_has_its_line),
	    cmocka_unit_test(what_does_not_end_is_told),
	    cmocka_unit_test(addresses_of_a_value),
	    cmocka_unit_test(WCAG_contrast_as_others_compute_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
