/* cookie.c: cookies in and out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "format/cookie.h"

#define NAME STR("__Host-session")

static void
SE6_cookies_are_counted(void **state)
{
	static const struct {
		const char *header;
		unsigned n;
		const char *value;
	} cases[] = {
	    {"", 0, NULL},
	    {"__Host-session=v4.local.x", 1, "v4.local.x"},
	    {"a=b; __Host-session=x; c=d", 1, "x"},
	    {"__Host-session=x;__Host-session=y", 2, "x"},
	    {"__Host-session=x; a=1; __Host-session=x", 2, "x"},
	    {"__Host-session=\"x\"", 1, "x"},
	    {"__Host-session=\"", 1, "\""},
	    {"__Host-session=", 1, ""},
	    {"__Host-session=a=b", 1, "a=b"},
	    {"__Host-session = x ", 1, "x"},
	    {"__Host-session", 0, NULL},
	    {"__host-session=x", 0, NULL},
	    {"x__Host-session=x", 0, NULL},
	    {"__Host-sessionx=x", 0, NULL},
	    {"a=__Host-session=x", 0, NULL},
	    {";;;=;=;; ;__Host-session=x;", 1, "x"},
	    {"\x01\xff\x7f;__Host-session=\xff", 1, "\xff"},
	    {"a=\"b; __Host-session=x\"", 1, "x\""},
	    {"a=b, __Host-session=x", 0, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct str v = STR_NONE;
		unsigned n = cookie_find(str_of(cases[i].header), NAME, &v);

		if (n != cases[i].n || (n > 0 && !str_eq(v, str_of(cases[i].value))))
			fail_msg("%s: %u, " STR_FMT, cases[i].header, n, STR_ARG(v));
	}
}

static void
SE6_a_huge_header_is_read(void **state)
{
	static char header[64 * 1024];
	struct str v;

	(void)state;
	memset(header, ';', sizeof header);
	memcpy(header + sizeof header - 16, "__Host-session=x", 16);
	assert_int_equal(cookie_find((struct str){header, sizeof header}, NAME, &v), 1);
	assert_true(str_eq(v, STR("x")));
	assert_int_equal(cookie_find((struct str){NULL, 0}, NAME, &v), 0);
}

static void
SE5_every_cookie_bears_the_flags(void **state)
{
	struct buf b = BUF_EMPTY;

	(void)state;
	assert_true(cookie_set(&b, NAME, STR("v4.local.abc"), 2592000));
	assert_true(str_eq(buf_str(&b),
	    STR("__Host-session=v4.local.abc; Max-Age=2592000; Path=/; Secure; HttpOnly; SameSite=Lax")));
	buf_clear(&b);
	assert_true(cookie_set(&b, NAME, STR_NONE, 0));
	assert_true(
	    str_eq(buf_str(&b), STR("__Host-session=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax")));
	buf_free(&b);
}

static void
SE5_what_may_not_stand_is_refused(void **state)
{
	static const char *const bad[] = {
	    "a;b", "a b", "a\r\nb", "a,b", "a\"b", "a\\b", "\x7f", "\xc3\xa9", "\t"};
	static char longest[COOKIE_MAX];
	struct buf b = BUF_EMPTY;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(cookie_set(&b, NAME, str_of(bad[i]), 1));
	assert_false(cookie_set(&b, STR("a b"), STR("x"), 1));
	assert_false(cookie_set(&b, STR(""), STR("x"), 1));
	assert_false(cookie_set(&b, NAME, STR("x"), -1));
	memset(longest, 'a', sizeof longest);
	assert_false(cookie_set(&b, NAME, (struct str){longest, sizeof longest}, 1));
	assert_int_equal(b.len, 0);
	assert_true(cookie_set(&b, NAME, (struct str){longest, 3900}, INT64_MAX));
	assert_true(b.len <= COOKIE_MAX);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(SE6_cookies_are_counted),
	    cmocka_unit_test(SE6_a_huge_header_is_read),
	    cmocka_unit_test(SE5_every_cookie_bears_the_flags),
	    cmocka_unit_test(SE5_what_may_not_stand_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
