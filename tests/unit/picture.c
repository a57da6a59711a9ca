/* picture.c: which versions an image should have, what they are called, and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "format/picture.h"

static const char *
planned(const char *name, uint32_t width, const char *widths)
{
	static char text[200];
	struct picture p = {.width = width, .height = width / 2};
	struct buf out = BUF_EMPTY;

	picture_plan(&p, str_of(name), str_of(widths));
	picture_put(&out, &p);
	buf_putc(&out, '\0');
	(void)snprintf(text, sizeof text, "%s", out.data);
	buf_free(&out);
	return text;
}

static void
never_larger_than_the_original(void **state)
{
	static const char widths[] = "480 800 1200 1600";

	(void)state;
	assert_string_equal(planned("a.jpg", 1000, widths), "avif:480,800,1000 webp:480,800,1000");
	assert_string_equal(planned("a.jpg", 800, widths), "avif:480,800 webp:480,800");
	assert_string_equal(planned("a.png", 300, widths), "avif:300 webp:300");
	assert_string_equal(
	    planned("a.jpg", 5000, widths), "avif:480,800,1200,1600 webp:480,800,1200,1600 jpg:1200");
	assert_string_equal(planned("a.webp", 1200, widths), "avif:480,800,1200 webp:480,800 jpg:1200");
	assert_string_equal(planned("a.avif", 900, widths), "avif:480,800 webp:480,800,900 jpg:900");
	assert_string_equal(planned("a.svg", 900, widths), "");
	assert_string_equal(planned("a.jpg", 0, widths), "");
	assert_string_equal(planned("a.jpg", 1000, ""), "");
}

static void
LK7_a_version_leads_to_its_original(void **state)
{
	static const char *const none[] = {"a.webp", "a.480.webp.", "a.b.avif", "a..avif", ".480.avif",
	    "480.avif", "a.png.0480.avif", "a.png.15.avif", "a.png.4001.avif", "a.png.480.png",
	    "a.png.480x.avif", "", ".avif"};
	struct str original;

	(void)state;
	assert_true(picture_original(STR("x/a.png.480.avif"), &original));
	assert_true(str_eq(original, STR("x/a.png")));
	assert_true(picture_original(STR("a.webp.1200.jpg"), &original));
	assert_true(str_eq(original, STR("a.webp")));
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		if (picture_original(str_of(none[i]), &original))
			fail_msg("%s is taken for a version", none[i]);
}

static void
a_row_keeps_what_was_made(void **state)
{
	static const char text[] = "avif:480,800 webp:480 jpg:1200";
	struct picture p;
	struct buf out = BUF_EMPTY;

	(void)state;
	picture_read(&p, str_of(text));
	picture_put(&out, &p);
	assert_true(str_eq(buf_str(&out), str_of(text)));
	buf_free(&out);
	picture_read(&p, STR("tiff:480 avif: webp:x,480,99999 jpg"));
	assert_int_equal(p.made[PICTURE_AVIF].n, 0);
	assert_int_equal(p.made[PICTURE_WEBP].n, 1);
	assert_int_equal(p.made[PICTURE_JPEG].n, 0);
	picture_read(&p, STR(""));
	assert_int_equal(p.made[PICTURE_WEBP].n, 0);
}

static void
share(const char *name, const char *versions, const char *want, uint32_t width, uint32_t height)
{
	struct picture p;
	struct buf out = BUF_EMPTY;
	uint32_t w, h;

	picture_read(&p, str_of(versions));
	p.width = 3000;
	p.height = 2001;
	assert_int_equal(picture_share(&out, &p, str_of(name), &w, &h), want != NULL);
	if (want != NULL) {
		assert_true(str_eq(buf_str(&out), str_of(want)));
		assert_int_equal(w, width);
		assert_int_equal(h, height);
	}
	buf_free(&out);
}

static void
other_sites_get_what_they_can_show(void **state)
{
	(void)state;
	share("a.avif", "webp:480 jpg:1200", "a.avif.1200.jpg", 1200, 800);
	share("a.jpg", "", "a.jpg", 3000, 2001);
	share("a.webp", "", "a.webp", 3000, 2001);
	share("a.svg", "", NULL, 0, 0);
	share("a.avif", "", NULL, 0, 0);
}

static void
widths_of_the_settings(void **state)
{
	(void)state;
	assert_true(picture_widths_valid(STR("480 800 1200 1600")));
	assert_true(picture_widths_valid(STR("")));
	assert_true(picture_widths_valid(STR("16  4000")));
	assert_false(picture_widths_valid(STR("800 480")));
	assert_false(picture_widths_valid(STR("480 480")));
	assert_false(picture_widths_valid(STR("480,800")));
	assert_false(picture_widths_valid(STR("15")));
	assert_false(picture_widths_valid(STR("1 2 3")));
	assert_false(picture_widths_valid(STR("100 200 300 400 500 600 700")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(never_larger_than_the_original),
	    cmocka_unit_test(LK7_a_version_leads_to_its_original),
	    cmocka_unit_test(a_row_keeps_what_was_made),
	    cmocka_unit_test(other_sites_get_what_they_can_show),
	    cmocka_unit_test(widths_of_the_settings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
