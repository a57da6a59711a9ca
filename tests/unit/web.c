/* web.c: what the web floor decides without a socket: spellings, routes, origins, forms of a page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/token.h"
#include "web/origin.h"
#include "web/page_cache.h"
#include "web/request.h"
#include "web/response.h"
#include "web/router.h"

static enum status
read_request(struct request *req, struct arena *a, const char *const *environment)
{
	return request_read(req, (char *const *)(uintptr_t)environment, a);
}

static void
NG7_requests_are_bounded(void **state)
{
	const char *none[] = {NULL};
	const char *minimal[] = {"REQUEST_METHOD=GET", "REQUEST_URI=/a?b=c", NULL};
	const char *twice[] = {"REQUEST_METHOD=GET", "REQUEST_URI=/", "REQUEST_URI=/x", NULL};
	const char *length[] = {"REQUEST_METHOD=POST", "REQUEST_URI=/", "CONTENT_LENGTH=-1", NULL};
	const char *many[300];
	struct request req;
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 20);
	for (size_t i = 0; i < 299; i++)
		many[i] = i == 0 ? "REQUEST_METHOD=GET" : i == 1 ? "REQUEST_URI=/" : "HTTP_X=1";
	many[299] = NULL;
	assert_int_equal(read_request(&req, &a, none), STATUS_BAD_REQUEST);
	assert_int_equal(request_read(&req, NULL, &a), STATUS_BAD_REQUEST);
	assert_int_equal(read_request(&req, &a, minimal), STATUS_OK);
	assert_true(str_eq(req.url.path, STR("/a")) && str_eq(req.url.query, STR("b=c")));
	assert_false(req.bears_session);
	assert_int_equal(read_request(&req, &a, twice), STATUS_BAD_REQUEST);
	assert_int_equal(read_request(&req, &a, length), STATUS_BAD_REQUEST);
	assert_int_equal(read_request(&req, &a, many), STATUS_BAD_REQUEST);
	arena_free(&a);
}

static void
SE6_cookie_variables_are_joined(void **state)
{
	const char *two[] = {
	    "REQUEST_METHOD=GET", "REQUEST_URI=/", "HTTP_COOKIE=a=1", "HTTP_COOKIE=__Host-session=x", NULL};
	struct request req;
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 20);
	assert_int_equal(read_request(&req, &a, two), STATUS_OK);
	assert_true(str_eq(req.cookies, STR("a=1; __Host-session=x")));
	assert_true(req.bears_session);
	arena_free(&a);
}

static void
tokens_keep_their_case(void **state)
{
	const char *session[] = {"REQUEST_METHOD=GET", "REQUEST_URI=/session/AbC", NULL};
	const char *article[] = {"REQUEST_METHOD=GET", "REQUEST_URI=/Innovation//Essai/", NULL};
	struct request req;
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 20);
	assert_int_equal(read_request(&req, &a, session), STATUS_OK);
	assert_true(!req.misspelt && str_eq(req.url.path, STR("/session/AbC")));
	assert_int_equal(read_request(&req, &a, article), STATUS_OK);
	assert_true(req.misspelt && str_eq(req.url.path, STR("/innovation/essai")));
	arena_free(&a);
}

static void
LK11_routes_match_whole_paths(void **state)
{
	struct str args[REQUEST_ARGS];

	(void)state;
	assert_true(route_match("/", STR("/"), args));
	assert_false(route_match("/", STR("/x"), args));
	assert_true(route_match("/:section", STR("/innovation"), args));
	assert_true(str_eq(args[0], STR("innovation")));
	assert_false(route_match("/:section", STR("/"), args));
	assert_false(route_match("/:section", STR("/a/b"), args));
	assert_true(route_match("/:section/:slug", STR("/a/b"), args));
	assert_true(str_eq(args[1], STR("b")));
	assert_false(route_match("/account", STR("/account/x.css"), args));
	assert_false(route_match("/account", STR("/accounts"), args));
	assert_false(route_match("/account", STR("/account;x"), args));
	assert_false(route_match("/tag/:slug", STR("/tag/"), args));
	assert_false(route_match("/tag/:slug", STR("/tag/a/b"), args));
}

static void
SE10_unsafe_requests_come_from_our_pages(void **state)
{
	static const struct {
		const char *fetch_site, *origin;
		bool ours;
	} cases[] = {
	    {"same-origin", "", true},
	    {"same-origin", "https://evil.example", true},
	    {"none", "", true},
	    {"same-site", "", false},
	    {"cross-site", "https://example.org", false},
	    {"nonsense", "https://example.org", false},
	    {"", "https://example.org", true},
	    {"", "https://example.org.evil.example", false},
	    {"", "http://example.org", false},
	    {"", "null", false},
	    {"", "", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct request req = {
		    .fetch_site = str_of(cases[i].fetch_site), .origin = str_of(cases[i].origin)};

		assert_int_equal(origin_ours(&req, "https://example.org"), cases[i].ours);
	}
}

static void
NG4_header_lines_are_checked(void **state)
{
	struct response res = {.lines = STR_NONE};
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 16);
	assert_int_equal(response_line(&res, &a, "Location", STR("/x\r\nSet-Cookie: a=b")), ERR_INVALID);
	assert_int_equal(response_line(&res, &a, "Bad Name", STR("x")), ERR_INVALID);
	assert_int_equal(res.lines.len, 0);
	assert_int_equal(response_line(&res, &a, "Allow", STR("GET")), ERR_NONE);
	assert_true(str_eq(res.lines, STR("Allow: GET\r\n")));
	arena_free(&a);
}

static struct page *
page_of(size_t length, unsigned codings, struct compressor *c, enum compress_effort effort)
{
	static char text[20000];

	for (size_t i = 0; i < sizeof text; i++)
		text[i] = "abcdefgh liberté égalité "[i * 7 % 24 + i / 997 % 2];
	return page_new(
	    &(struct page_source){STATUS_OK, "text/html", (struct str){text, length}}, codings, c, effort);
}

static void
LK14_each_form_has_its_own_validator(void **state)
{
	struct compressor *c = compressor_new();
	struct page *page = page_of(20000, 1u << CODING_IDENTITY, c, COMPRESS_QUICK), *better;
	const struct page_form *plain, *gz, *br;

	(void)state;
	assert_non_null(page);
	better = page_better(page, c);
	assert_non_null(better);
	plain = page_pick(page, 1u << CODING_IDENTITY);
	gz = page_pick(page, 1u << CODING_IDENTITY | 1u << CODING_GZIP);
	br = page_pick(page, 7u);
	assert_int_equal(plain->body.len, 20000);
	assert_true(br->body.len < gz->body.len && gz->body.len < plain->body.len);
	assert_false(str_eq(plain->etag, gz->etag) || str_eq(gz->etag, br->etag));
	assert_false(str_eq(page_pick(better, 7u)->etag, br->etag));
	assert_true(str_eq(page_pick(better, 1u)->etag, plain->etag));
	assert_true(str_find(br->head, STR("Content-Encoding: br\r\n")) < br->head.len);
	page_release(page);
	page_release(better);
	compressor_free(c);
}

static void
plain_form_is_kept_for_those_who_ask(void **state)
{
	struct compressor *c = compressor_new();
	struct page *page = page_of(20000, 3u, c, COMPRESS_FAST), *better = page_better(page, c),
	            *whole = page_plain(better, c), *first = page_of(20000, 1u, c, COMPRESS_FAST);
	const struct page_form *plain = page_pick(whole, 1u);

	(void)state;
	assert_null(page_pick(page, 1u));
	assert_null(page_pick(better, 1u));
	assert_true(page->head.cost < 20000 / 2);
	assert_ptr_equal(page_pick(page, 7u), &page->forms[CODING_GZIP]);
	assert_int_equal(plain->body.len, 20000);
	assert_memory_equal(plain->body.at, page_pick(first, 1u)->body.at, 20000);
	assert_true(str_eq(plain->etag, page_pick(first, 1u)->etag));
	assert_true(str_eq(page_pick(whole, 7u)->etag, page_pick(better, 7u)->etag));
	page_release(page);
	page_release(better);
	page_release(whole);
	page_release(first);
	compressor_free(c);
}

static void
small_pages_stay_as_they_are(void **state)
{
	struct compressor *c = compressor_new();
	struct page *page = page_of(100, 7u, c, COMPRESS_QUICK);

	(void)state;
	assert_ptr_equal(page_pick(page, 7u), &page->forms[CODING_IDENTITY]);
	page_release(page);
	compressor_free(c);
}

static void
page_with_too_many_tags_is_not_kept(void **state)
{
	struct page_tags tags = {.n = 0};

	(void)state;
	page_tag(&tags, 1, 7);
	page_tag(&tags, 1, 7);
	assert_int_equal(tags.n, 1);
	for (int64_t i = 0; i < PAGE_TAGS + 5; i++)
		page_tag(&tags, 2, i);
	assert_true(tags.n > PAGE_TAGS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(NG7_requests_are_bounded),
	    cmocka_unit_test(SE6_cookie_variables_are_joined),
	    cmocka_unit_test(tokens_keep_their_case),
	    cmocka_unit_test(LK11_routes_match_whole_paths),
	    cmocka_unit_test(SE10_unsafe_requests_come_from_our_pages),
	    cmocka_unit_test(NG4_header_lines_are_checked),
	    cmocka_unit_test(LK14_each_form_has_its_own_validator),
	    cmocka_unit_test(plain_form_is_kept_for_those_who_ask),
	    cmocka_unit_test(small_pages_stay_as_they_are),
	    cmocka_unit_test(page_with_too_many_tags_is_not_kept),
	};

	return token_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
