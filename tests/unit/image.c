/* image.c and svg.c: sizes from bytes, and drawings that are more than drawings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "format/image.h"

#define CHECK(bytes, k, w, h)                                                   \
	do {                                                                    \
		struct image got;                                               \
		assert_int_equal(image_read(STR(bytes), &got, NULL), ERR_NONE); \
		assert_int_equal(got.kind, k);                                  \
		assert_int_equal(got.width, w);                                 \
		assert_int_equal(got.height, h);                                \
	} while (0)

static void
AD6_sizes_of_each_kind(void **state)
{
	(void)state;
	CHECK("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x02\x80\0\0\x01\xe0\x08\x06\0\0\0", IMAGE_PNG, 640, 480);
	CHECK("\xff\xd8\xff\xe0\0\x04JF\xff\xff\xc2\0\x11\x08\x01\xe0\x02\x80\x03", IMAGE_JPEG, 640, 480);
	CHECK("RIFF\x24\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x7f\x02\0\xdf\x01\0", IMAGE_WEBP, 640, 480);
	CHECK("RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0\x30\x01\0\x9d\x01\x2a\x80\x02\xe0\x01", IMAGE_WEBP, 640, 480);
	CHECK("RIFF\x24\0\0\0WEBPVP8L\x18\0\0\0\x2f\x7f\xc2\x77\0", IMAGE_WEBP, 640, 480);
	CHECK("\0\0\0\x1c"
	      "ftypavif\0\0\0\0mif1\0\0\0\x14ispe\0\0\0\0\0\0\x02\x80\0\0\x01\xe0",
	    IMAGE_AVIF, 640, 480);
	CHECK("<svg xmlns='http://www.w3.org/2000/svg' width='64px' height='48'/>", IMAGE_SVG, 64, 48);
	CHECK(
	    "<?xml version='1.0'?>\n<!-- c --><svg viewBox='0 0 640 480' width='100%'><path d='M0 0'/></svg>",
	    IMAGE_SVG, 640, 480);
	CHECK("<svg><style>a{fill:url(#g)}</style><use href='#a'/><image "
	      "href='data:image/png;base64,AA'/></svg>",
	    IMAGE_SVG, 0, 0);
}

static void
AD6_drawings_that_do_more_are_refused(void **state)
{
	static const char *const bad[] = {"<svg><script>x</script></svg>", "<svg onload='x'/>",
	    "<svg><SCRIPT/></svg>", "<svg><x:script/></svg>", "<svg><a href='javascript:x'/></svg>",
	    "<svg><a xlink:href='https://e.example'/></svg>", "<svg><image href='//e.example/a.png'/></svg>",
	    "<svg><style>@import 'x'</style></svg>", "<svg><style>a{fill:url(http://e)}</style></svg>",
	    "<svg><style><![CDATA[a{b:url(x)}]]></style></svg>", "<svg><style>a{b:\\75rl(x)}</style></svg>",
	    "<svg fill=\"url('http://e')\"/>", "<svg style='b:ur&#108;(x)'/>",
	    "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg/>", "<svg><foreignObject/></svg>", "<svg><set/></svg>",
	    "<svg><animate/></svg>", "<?xml-stylesheet href='x'?><svg/>", "<svg a=b/>", "<svg a/>",
	    "<svg a='", "<svg", "<svg><!-- ", "<svg/><?php ?>", "<html><svg/></html>",
	    "<svg xml:base='http://e'/>", "<svg><image href='data:image/svg+xml;base64,AA'/></svg>",
	    "<svg \nONclick='x'/>", "<svg><a\thref='vbscript:x'/></svg>"};
	struct image got;
	struct fault f;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		f.text[0] = '\0';
		if (image_read(str_of(bad[i]), &got, &f) != ERR_INVALID || f.text[0] == '\0')
			fail_msg("accepted: %s", bad[i]);
	}
}

static void
AD6_damaged_and_foreign_files(void **state)
{
	static const char png[] = "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x02\x80\0\0\x01\xe0";
	static const char jpeg[] = "\xff\xd8\xff\xe0\0\x04JF\xff\xff\xc2\0\x11\x08\x01\xe0\x02\x80";
	struct image got;
	struct fault f;

	(void)state;
	for (size_t n = 0; n < 24; n++)
		assert_int_equal(image_read((struct str){png, n}, &got, &f), ERR_INVALID);
	for (size_t n = 0; n < 16; n++)
		assert_int_equal(image_read((struct str){jpeg, n}, &got, &f), ERR_INVALID);
	assert_int_equal(image_read(STR("GIF89a"), &got, &f), ERR_INVALID);
	assert_int_equal(image_read(STR("%PDF-1.4 <svg"), &got, &f), ERR_INVALID);
	assert_int_equal(
	    image_read(STR("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\xff\xff\xff\xff\0\0\x01\xe0"), &got, &f),
	    ERR_INVALID);
	assert_int_equal(image_read(STR("\xff\xd8\xff\xe0\0\0\0\0"), &got, &f), ERR_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(AD6_sizes_of_each_kind),
	    cmocka_unit_test(AD6_drawings_that_do_more_are_refused),
	    cmocka_unit_test(AD6_damaged_and_foreign_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
