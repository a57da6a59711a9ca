/* url.c: one spelling a page, decoding once, redirects to this site only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "format/escape.h"
#include "format/url.h"

static struct arena arena = {.limit = 1 << 20};

struct spelling_case {
	const char *raw;
	enum url_form form;
	const char *path; /* NULL: not looked at */
};

static void
check_spellings(const struct spelling_case *cases, size_t n, bool fold)
{
	for (size_t i = 0; i < n; i++) {
		struct url url;
		enum url_form form = url_canonical(str_of(cases[i].raw), fold, &arena, &url);

		if (form != cases[i].form)
			fail_msg("%s: form %d, not %d", cases[i].raw, (int)form, (int)cases[i].form);
		if (cases[i].path != NULL && !str_eq(url.path, str_of(cases[i].path)))
			fail_msg("%s: path " STR_FMT, cases[i].raw, STR_ARG(url.path));
	}
	arena_reset(&arena);
}

#define CHECK_SPELLINGS(cases, fold) check_spellings(cases, sizeof(cases) / sizeof(cases)[0], fold)

static void
canonical_paths_stay(void **state)
{
	static const struct spelling_case cases[] = {
	    {"/", URL_CANONICAL, "/"},
	    {"/innovation", URL_CANONICAL, "/innovation"},
	    {"/innovation/cantine-locale", URL_CANONICAL, "/innovation/cantine-locale"},
	    {"/a/b.c~d_e-f", URL_CANONICAL, "/a/b.c~d_e-f"},
	    {"/a;b=c", URL_CANONICAL, "/a;b=c"},
	    {"/a+b", URL_CANONICAL, "/a+b"},
	    {"/a@b:c", URL_CANONICAL, "/a@b:c"},
	    {"/%C3%A9t%C3%A9", URL_CANONICAL, "/%C3%A9t%C3%A9"},
	    {"/a%20b", URL_CANONICAL, "/a%20b"},
	    {"/a%3Bb", URL_CANONICAL, "/a%3Bb"},
	    {"/a%3Fb", URL_CANONICAL, "/a%3Fb"},
	    {"/a%25b", URL_CANONICAL, "/a%25b"},
	    {"/...", URL_CANONICAL, "/..."},
	    {"/.well-known/security.txt", URL_CANONICAL, NULL},
	    {"/a?x=%zz#\\", URL_CANONICAL, "/a"},
	};

	(void)state;
	CHECK_SPELLINGS(cases, true);
}

static void
other_spellings_redirect(void **state)
{
	static const struct spelling_case cases[] = {
	    {"/Innovation", URL_REDIRECT, "/innovation"},
	    {"/innovation/", URL_REDIRECT, "/innovation"},
	    {"//", URL_REDIRECT, "/"},
	    {"//evil.example", URL_REDIRECT, "/evil.example"},
	    {"///a//b///", URL_REDIRECT, "/a/b"},
	    {"/%61bc", URL_REDIRECT, "/abc"},
	    {"/%41", URL_REDIRECT, "/a"},
	    {"/a%2Db", URL_REDIRECT, "/a-b"},
	    {"/a%7Eb", URL_REDIRECT, "/a~b"},
	    {"/a%3bB", URL_REDIRECT, "/a%3Bb"},
	    {"/%c3%a9", URL_REDIRECT, "/%C3%A9"},
	    {"/\xc3\xa9", URL_REDIRECT, "/%C3%A9"},
	    {"/a|b", URL_REDIRECT, "/a%7Cb"},
	    {"/a\"b", URL_REDIRECT, "/a%22b"},
	    {"/a b", URL_REDIRECT, "/a%20b"},
	};

	(void)state;
	CHECK_SPELLINGS(cases, true);
}

static void
NG2_bad_paths_are_refused(void **state)
{
	static const struct spelling_case cases[] = {
	    {"", URL_BAD, NULL},
	    {"*", URL_BAD, NULL},
	    {"a", URL_BAD, NULL},
	    {"http://h/a", URL_BAD, NULL},
	    {"?a", URL_BAD, NULL},
	    {"/%00", URL_BAD, NULL},
	    {"/a%00.html", URL_BAD, NULL},
	    {"/%", URL_BAD, NULL},
	    {"/%4", URL_BAD, NULL},
	    {"/%zz", URL_BAD, NULL},
	    {"/%2", URL_BAD, NULL},
	    {"/%2f", URL_BAD, NULL},
	    {"/a%2Fb", URL_BAD, NULL},
	    {"/a%5cb", URL_BAD, NULL},
	    {"/a\\b", URL_BAD, NULL},
	    {"/a#b", URL_BAD, NULL},
	    {"/a\rb", URL_BAD, NULL},
	    {"/a%0d%0ab", URL_BAD, NULL},
	    {"/a%09b", URL_BAD, NULL},
	    {"/a%7fb", URL_BAD, NULL},
	    {"/.", URL_BAD, NULL},
	    {"/..", URL_BAD, NULL},
	    {"/a/../b", URL_BAD, NULL},
	    {"/a/./b", URL_BAD, NULL},
	    {"/a/..", URL_BAD, NULL},
	    {"/%2e%2e", URL_BAD, NULL},
	    {"/a/%2E./b", URL_BAD, NULL},
	    {"/a/.%2e/", URL_BAD, NULL},
	    {"/../", URL_BAD, NULL},
	    {"/%ff", URL_BAD, NULL},
	    {"/%c3", URL_BAD, NULL},
	    {"/\xc3", URL_BAD, NULL},
	    {"/%c0%af", URL_BAD, NULL},
	    {"/%ed%a0%80", URL_BAD, NULL},
	    {"/%c3/%a9", URL_BAD, NULL},
	    {"/a%5C..%5cb", URL_BAD, NULL},
	};

	(void)state;
	CHECK_SPELLINGS(cases, true);
	CHECK_SPELLINGS(cases, false);
}

static void
tokens_keep_their_case(void **state)
{
	static const struct spelling_case cases[] = {
	    {"/link/AbC_d-9", URL_CANONICAL, "/link/AbC_d-9"},
	    {"/link/AbC_d-9/", URL_REDIRECT, "/link/AbC_d-9"},
	};

	(void)state;
	CHECK_SPELLINGS(cases, false);
}

/* A spelling given back is itself canonical, or a browser would be sent in circles. */
static void
NG2_canonical_is_stable_over_all_escapes(void **state)
{
	(void)state;
	for (int high = 0; high < 256; high++) {
		char raw[16], again[32];
		struct url url, second;
		enum url_form form;

		(void)snprintf(raw, sizeof raw, "/a/x%%%02xY/", (unsigned)high);
		form = url_canonical(str_of(raw), true, &arena, &url);
		assert_int_not_equal(form, URL_CANONICAL);
		if (form == URL_REDIRECT) {
			(void)snprintf(again, sizeof again, STR_FMT, STR_ARG(url.path));
			assert_int_equal(url_canonical(str_of(again), true, &arena, &second), URL_CANONICAL);
			assert_true(str_eq(second.path, url.path));
		}
		arena_reset(&arena);
	}
}

static void
long_paths_are_refused(void **state)
{
	static char raw[URL_PATH_MAX + 2];
	struct url url;

	(void)state;
	memset(raw, 'a', sizeof raw);
	raw[0] = '/';
	assert_int_equal(url_canonical((struct str){raw, URL_PATH_MAX}, true, &arena, &url), URL_CANONICAL);
	assert_int_equal(url_canonical((struct str){raw, URL_PATH_MAX + 1}, true, &arena, &url), URL_BAD);
	memset(raw + 1, '|', sizeof raw - 1); /* each grows to three */
	assert_int_equal(url_canonical((struct str){raw, URL_PATH_MAX}, true, &arena, &url), URL_REDIRECT);
	assert_int_equal(url.path.len, 1 + 3 * (URL_PATH_MAX - 1));
	arena_reset(&arena);
}

static void
FT19_no_memory_is_said(void **state)
{
	struct arena none = {.limit = 0};
	struct url url;

	(void)state;
	assert_int_equal(url_canonical(STR("/A"), true, &none, &url), URL_NO_MEMORY);
}

static void
query_is_kept_aside(void **state)
{
	struct url url;

	(void)state;
	assert_int_equal(url_canonical(STR("/a?b=c?d"), true, &arena, &url), URL_CANONICAL);
	assert_true(str_eq(url.query, STR("b=c?d")));
	assert_int_equal(url_canonical(STR("/a?"), true, &arena, &url), URL_CANONICAL);
	assert_true(url.query.at != NULL && url.query.len == 0);
	assert_int_equal(url_canonical(STR("/a"), true, &arena, &url), URL_CANONICAL);
	assert_null(url.query.at);
}

static void
decode_undoes_encode(void **state)
{
	struct buf buf = BUF_EMPTY;
	char all[256], back[3 * 256];
	size_t n;

	(void)state;
	for (int i = 0; i < 256; i++)
		all[i] = (char)i;
	escape_url_query(&buf, (struct str){all, sizeof all});
	assert_true(url_unescape(buf_str(&buf), true, back, &n));
	assert_int_equal(n, sizeof all);
	assert_memory_equal(back, all, sizeof all);
	assert_false(str_has(buf_str(&buf), '/'));
	buf_free(&buf);
}

static void
LG11_own_paths_pass(void **state)
{
	static const char *const good[] = {"/", "/a", "/innovation/cantine-locale", "/a?b=c",
	    "/a?b=%2F%2Fevil", "/a?next=//evil.example", "/search?q=%C3%A9t%C3%A9", "/a:b", "/@evil.example",
	    "/a@b", "/a;b", "/x?y?z", "/gift/AbC", "/a.b", "/...", "/a%20b", "/?q=a+b",
	    "/a?b=https://evil.example/"};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		if (!url_own_path(str_of(good[i])))
			fail_msg("%s was refused", good[i]);
}

static void
LG11_other_targets_are_refused(void **state)
{
	static const char *const bad[] = {"", "a", "a/b", "?a", "#a", "//evil.example", "///evil.example",
	    "/\\evil.example", "\\\\evil.example", "\\/evil.example", "/%09/evil.example", "/\t/evil.example",
	    "/%0d/evil.example", "/%0a/evil.example", "/\r\n/evil.example", "/%0D%0ASet-Cookie:a=b",
	    "https:evil.example", "https://evil.example", "http:/evil.example", "HTTPS://evil.example",
	    "javascript:alert(1)", "data:text/html,x", " /a", "\t/a", "\n/a", "/a ", "/a\n", "/a b", "\x01/a",
	    "/%2fevil.example", "/%2Fevil.example", "/%5cevil.example", "/%5Cevil.example",
	    "/a//evil.example", "/a/../b", "/..//evil.example", "/.//evil.example", "/%2e%2e//evil.example",
	    "/./a", "/a/", "/a#b", "/%", "/%zz", "/\xff", "/%ff", "/\xc3\xa9", "/a?b=\xc3\xa9",
	    "/a?b=%0d%0aSet-Cookie:c", "/a?b=%00", "/a?b=c d", "/a?b=\\", "/a?b#c", "/a?\x7f", "/a?b=%zz",
	    "@evil.example", "//@evil.example", "/\xe2\x80\xa8", "/%61", "/%c3%a9", "evil.example"};
	static char longest[URL_OWN_MAX + 2];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (url_own_path(str_of(bad[i])))
			fail_msg("%s was let through", bad[i]);
	memset(longest, 'a', sizeof longest);
	longest[0] = '/';
	assert_true(url_own_path((struct str){longest, URL_OWN_MAX}));
	assert_false(url_own_path((struct str){longest, URL_OWN_MAX + 1}));
	assert_false(url_own_path((struct str){"/a\0b", 4}));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(canonical_paths_stay),
	    cmocka_unit_test(other_spellings_redirect),
	    cmocka_unit_test(NG2_bad_paths_are_refused),
	    cmocka_unit_test(tokens_keep_their_case),
	    cmocka_unit_test(NG2_canonical_is_stable_over_all_escapes),
	    cmocka_unit_test(long_paths_are_refused),
	    cmocka_unit_test(FT19_no_memory_is_said),
	    cmocka_unit_test(query_is_kept_aside),
	    cmocka_unit_test(decode_undoes_encode),
	    cmocka_unit_test(LG11_own_paths_pass),
	    cmocka_unit_test(LG11_other_targets_are_refused),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_free(&arena);
	return failed;
}
