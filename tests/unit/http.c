/* http.c: header syntax, validators, content negotiation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "format/http.h"

#define ID (1u << CODING_IDENTITY)
#define GZ (1u << CODING_GZIP)
#define BR (1u << CODING_BR)

static void
reasons_and_methods(void **state)
{
	(void)state;
	assert_string_equal(http_reason(STATUS_OK), "OK");
	assert_string_equal(http_reason(STATUS_UNAVAILABLE), "Service Unavailable");
	assert_string_equal(http_reason((enum status)299), "Unknown");
	assert_int_equal(http_method(STR("GET")), METHOD_GET);
	assert_int_equal(http_method(STR("HEAD")), METHOD_HEAD);
	assert_int_equal(http_method(STR("POST")), METHOD_POST);
	assert_int_equal(http_method(STR("OPTIONS")), METHOD_OPTIONS);
	assert_int_equal(http_method(STR("get")), METHOD_OTHER);
	assert_int_equal(http_method(STR("")), METHOD_OTHER);
	assert_string_equal(http_coding_name(CODING_BR), "br");
	assert_string_equal(http_coding_name(CODING_GZIP), "gzip");
	assert_string_equal(http_coding_name(CODING_IDENTITY), "identity");
}

static void
NG4_header_syntax(void **state)
{
	(void)state;
	assert_true(http_token_ok(STR("Content-Type")));
	assert_false(http_token_ok(STR("")));
	assert_false(http_token_ok(STR("a b")));
	assert_false(http_token_ok(STR("a:")));
	assert_false(http_token_ok((struct str){"a\0", 2}));
	assert_false(http_token_ok(STR("\xc3\xa9")));
	assert_true(http_value_ok(STR("")));
	assert_true(http_value_ok(STR("a\tb; c=\"d\" \xc3\xa9")));
	assert_false(http_value_ok(STR("a\r\nSet-Cookie: b")));
	assert_false(http_value_ok(STR("a\nb")));
	assert_false(http_value_ok((struct str){"a\0b", 3}));
	assert_false(http_value_ok(STR(" a")));
	assert_false(http_value_ok(STR("a\t")));
	assert_false(http_value_ok(STR("\x7f")));
}

static void
LK14_if_none_match(void **state)
{
	static const struct {
		const char *list, *etag;
		bool match;
	} cases[] = {
	    {"\"a\"", "\"a\"", true},
	    {"W/\"a\"", "\"a\"", true},
	    {"\"a\"", "W/\"a\"", true},
	    {"\"b\", \"a\"", "\"a\"", true},
	    {",, \"b\" ,\t\"a\",", "\"a\"", true},
	    {"\"b\",W/\"a\"", "\"a\"", true},
	    {"*", "\"a\"", true},
	    {" * ", "\"a\"", true},
	    {"\"a,b\"", "\"a,b\"", true},
	    {"\"\"", "\"\"", true},
	    {"", "\"a\"", false},
	    {"a", "\"a\"", false},
	    {"\"a", "\"a\"", false},
	    {"\"A\"", "\"a\"", false},
	    {"\"a-br\"", "\"a\"", false},
	    {"w/\"a\"", "\"a\"", false},
	    {"*, \"a\"", "\"a\"", false},
	    {"x, \"a\"", "\"a\"", false},
	    {"\"b c\", \"a\"", "\"a\"", false},
	    {"W/W/\"a\"", "\"a\"", false},
	    {"\"", "\"a\"", false},
	    {"W/", "\"a\"", false},
	    {"*", "", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (http_etag_match(str_of(cases[i].list), str_of(cases[i].etag)) != cases[i].match)
			fail_msg("%s against %s", cases[i].list, cases[i].etag);
}

static void
accept_encoding(void **state)
{
	static const struct {
		const char *header;
		unsigned mask;
	} cases[] = {
	    {"", ID},
	    {"gzip", ID | GZ},
	    {"gzip, deflate, br, zstd", ID | GZ | BR},
	    {"GZip , BR", ID | GZ | BR},
	    {"x-gzip", ID | GZ},
	    {"br;q=0", ID},
	    {"br;q=0.000, gzip;q=0.001", ID | GZ},
	    {"br; Q=0, gzip ;\tq=1.000", ID | GZ},
	    {"*", ID | GZ | BR},
	    {"*;q=0", ID},
	    {"gzip, *;q=0", GZ},
	    {"br;q=0, *", ID | GZ},
	    {"identity;q=0", ID},
	    {"identity;q=0, gzip", GZ},
	    {"identity;q=0.5, *;q=0", ID},
	    {"gzip;q=2", ID},
	    {"gzip;q=1.001", ID},
	    {"gzip;q=0.0001", ID},
	    {"gzip;q=", ID},
	    {"gzip;q=.5", ID},
	    {"gzip;q=-1", ID},
	    {"gzip;q=0x", ID},
	    {"gz ip, br", ID | BR},
	    {",,;,;q=1,br", ID | BR},
	    {"br;level=11", ID | BR},
	    {"bro, gzipped", ID},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (http_codings(str_of(cases[i].header)) != cases[i].mask)
			fail_msg("%s: %u", cases[i].header, http_codings(str_of(cases[i].header)));
	assert_int_equal(http_codings((struct str){NULL, 0}), ID);
}

static void
accept_encoding_is_bounded(void **state)
{
	static char header[3000];

	(void)state;
	memset(header, ' ', sizeof header);
	memcpy(header, "gzip,", 5);
	memcpy(header + 1022, "br;q=0", 6); /* cut after "br": must not count as br */
	assert_int_equal(http_codings((struct str){header, sizeof header}), ID | GZ);
	memset(header, 'a', sizeof header);
	assert_int_equal(http_codings((struct str){header, sizeof header}), ID);
}

static void
media_types(void **state)
{
	struct str v;

	(void)state;
	assert_true(http_media_is(
	    STR("application/x-www-form-urlencoded"), STR("application/x-www-form-urlencoded")));
	assert_true(http_media_is(STR(" Text/HTML ; charset=utf-8"), STR("text/html")));
	assert_false(http_media_is(STR("text/htmlx"), STR("text/html")));
	assert_false(http_media_is(STR(""), STR("text/html")));
	assert_true(http_media_param(STR("a/b; x=y; Boundary=\"q;r\""), STR("boundary"), &v));
	assert_true(str_eq(v, STR("q;r")));
	assert_true(http_media_param(STR("a/b;boundary=zz;c=d"), STR("boundary"), &v));
	assert_true(str_eq(v, STR("zz")));
	assert_true(http_media_param(STR("a/b;b=\"\""), STR("b"), &v));
	assert_int_equal(v.len, 0);
	assert_false(http_media_param(STR("a/b"), STR("b"), &v));
	assert_false(http_media_param(STR("a/b;b"), STR("b"), &v));
	assert_false(http_media_param(STR("a/b;b="), STR("b"), &v));
	assert_false(http_media_param(STR("a/b;b=\"x"), STR("b"), &v));
	assert_false(http_media_param(STR("a/b;b=\"x\\\""), STR("b"), &v));
	assert_false(http_media_param(STR("a/b; =c; b=d"), STR("b"), &v));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reasons_and_methods),
	    cmocka_unit_test(NG4_header_syntax),
	    cmocka_unit_test(LK14_if_none_match),
	    cmocka_unit_test(accept_encoding),
	    cmocka_unit_test(accept_encoding_is_bounded),
	    cmocka_unit_test(media_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
