/* form.c: form fields, both encodings, bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "effort.h"
#include "format/form.h"

static struct arena arena = {.limit = 4 << 20};
static struct form form;

static void
check_field(const char *name, const char *value)
{
	struct str v;

	if (!form_get(&form, name, &v) || !str_eq(v, str_of(value)))
		fail_msg("%s is not %s", name, value);
}

static void
fields_are_decoded(void **state)
{
	struct str v;

	(void)state;
	assert_int_equal(
	    form_parse(STR("a=1&b=deux+mots&c=%C3%A9t%c3%a9&d&e=&&f=x=y&%67=%2B"), &arena, &form), ERR_NONE);
	assert_int_equal(form.n, 7);
	check_field("a", "1");
	check_field("b", "deux mots");
	check_field("c", "\xc3\xa9t\xc3\xa9");
	check_field("d", "");
	check_field("e", "");
	check_field("f", "x=y");
	check_field("g", "+");
	assert_false(form_get(&form, "h", &v));
	assert_int_equal(form_parse((struct str){NULL, 0}, &arena, &form), ERR_NONE);
	assert_int_equal(form.n, 0);
	arena_reset(&arena);
}

static void
a_duplicate_is_no_value(void **state)
{
	struct str v;

	(void)state;
	assert_int_equal(form_parse(STR("a=1&b=2&a=3"), &arena, &form), ERR_NONE);
	assert_false(form_get(&form, "a", &v));
	check_field("b", "2");
}

static void
bad_bytes_are_refused(void **state)
{
	static const char *const bad[] = {"a=%", "a=%4", "a=%zz", "%=a", "a=%00", "a=%1b", "a=%ff", "a=\xff",
	    "\x01=a", "a=%7f", "%ed%a0%80=a"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (form_parse(str_of(bad[i]), &arena, &form) != ERR_INVALID)
			fail_msg("%s was read", bad[i]);
	assert_int_equal(form_parse(STR("a=%0D%0A%09"), &arena, &form), ERR_NONE);
	arena_reset(&arena);
}

static void
FT19_no_memory_is_said(void **state)
{
	struct arena none = {.limit = 0};

	(void)state;
	assert_int_equal(form_parse(STR("a=%41"), &none, &form), ERR_MEMORY);
	assert_int_equal(form_parse(STR("a=b"), &none, &form), ERR_NONE);
}

struct megabyte {
	char at[1 << 20];
	enum err want;
};

static void
parse(void *arg)
{
	const struct megabyte *body = arg;

	assert_int_equal(form_parse((struct str){body->at, sizeof body->at}, &arena, &form), body->want);
	arena_reset(&arena);
}

/* None costs much more than one field of that length. */
static void
DB2_a_megabyte_of_colliding_names_is_quick(void **state)
{
	static struct megabyte body = {.want = ERR_NONE};
	int64_t plain;

	(void)state;
	memset(body.at, 'x', sizeof body.at);
	plain = effort_of(parse, &body);
	memset(body.at, '&', sizeof body.at);
	assert_true(effort_of(parse, &body) < 20 * plain);
	memset(body.at, '+', sizeof body.at);
	assert_true(effort_of(parse, &body) < 20 * plain);
	for (size_t i = 0; i < sizeof body.at; i++)
		body.at[i] = "a=1&"[i % 4];
	body.want = ERR_TOO_LARGE;
	assert_true(effort_of(parse, &body) < 20 * plain);
}

static void
sixty_four_fields_and_no_more(void **state)
{
	char body[2 * FORM_FIELDS + 2];

	(void)state;
	for (size_t i = 0; i < sizeof body; i++)
		body[i] = i % 2 == 0 ? 'a' : '&';
	assert_int_equal(form_parse((struct str){body, 2 * FORM_FIELDS}, &arena, &form), ERR_NONE);
	assert_int_equal(form.n, FORM_FIELDS);
	assert_int_equal(form_parse((struct str){body, 2 * FORM_FIELDS + 1}, &arena, &form), ERR_TOO_LARGE);
}

static void
U5_multipart(void **state)
{
	const struct str body = STR(
	    "--B\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n"
	    "--B\r\ncontent-disposition:form-data;name=t\r\nContent-Type: text/plain\r\n\r\na\r\n-b\r\n"
	    "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x.bin\"\r\n\r\n\x01\xff\r\n"
	    "--B\r\nContent-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n--B--\r\n");
	struct str v;

	(void)state;
	assert_int_equal(
	    form_parse_body(STR("multipart/form-data; boundary=B"), body, &arena, &form), ERR_NONE);
	assert_int_equal(form.n, 3);
	check_field("List-Unsubscribe", "One-Click");
	check_field("t", "a\r\n-b");
	check_field("empty", "");
	assert_false(form_get(&form, "f", &v));
	for (size_t cut = 0; cut < body.len - 2; cut++)
		assert_int_equal(form_parse_multipart(str_slice(body, 0, cut), STR("B"), &form), ERR_INVALID);
}

static void
U5_urlencoded(void **state)
{
	(void)state;
	assert_int_equal(form_parse_body(STR("application/x-www-form-urlencoded; charset=UTF-8"),
	                     STR("List-Unsubscribe=One-Click"), &arena, &form),
	    ERR_NONE);
	check_field("List-Unsubscribe", "One-Click");
}

static void
malformed_multipart_is_refused(void **state)
{
	static const char *const bad[] = {"", "--", "--B", "--Bx\r\n", "x--B--", "--B\r\n\r\nv\r\n--B--",
	    "--B\r\nContent-Disposition: form-data\r\n\r\nv\r\n--B--",
	    "--B\r\nContent-Disposition: attachment; name=a\r\n\r\nv\r\n--B--",
	    "--B\r\nContent-Disposition: form-data; name=\"a\r\n\r\nv\r\n--B--",
	    "--B\r\nContent-Disposition: form-data; name=a\r\n\r\n\x02\r\n--B--",
	    "--B\r\nContent-Disposition: form-data; name=a\r\n\r\nv\n--B--"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (form_parse_multipart(str_of(bad[i]), STR("B"), &form) != ERR_INVALID)
			fail_msg("case %zu was read", i);
	assert_int_equal(form_parse_multipart(STR("--B--"), STR("B"), &form), ERR_NONE);
	assert_int_equal(form_parse_multipart(STR("----"), STR(""), &form), ERR_INVALID);
	assert_int_equal(
	    form_parse_body(STR("multipart/form-data"), STR("--B--"), &arena, &form), ERR_INVALID);
	assert_int_equal(form_parse_body(STR("text/plain"), STR("a=b"), &arena, &form), ERR_INVALID);
	assert_int_equal(
	    form_parse_body(STR("multipart/form-data; boundary="
	                        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
	        STR("x"), &arena, &form),
	    ERR_INVALID);
}

static void
many_parts_are_refused(void **state)
{
	static const char part[] = "--B\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n";
	static char body[(sizeof part - 1) * (FORM_FIELDS + 1) + 5];

	(void)state;
	for (size_t i = 0; i <= FORM_FIELDS; i++)
		memcpy(body + i * (sizeof part - 1), part, sizeof part - 1);
	memcpy(body + sizeof body - 5, "--B--", 5);
	assert_int_equal(
	    form_parse_multipart((struct str){body, sizeof body}, STR("B"), &form), ERR_TOO_LARGE);
	assert_int_equal(
	    form_parse_multipart(
	        (struct str){body + sizeof part - 1, sizeof body - sizeof part + 1}, STR("B"), &form),
	    ERR_NONE);
	assert_int_equal(form.n, FORM_FIELDS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fields_are_decoded),
	    cmocka_unit_test(a_duplicate_is_no_value),
	    cmocka_unit_test(bad_bytes_are_refused),
	    cmocka_unit_test(FT19_no_memory_is_said),
	    cmocka_unit_test(DB2_a_megabyte_of_colliding_names_is_quick),
	    cmocka_unit_test(sixty_four_fields_and_no_more),
	    cmocka_unit_test(U5_multipart),
	    cmocka_unit_test(U5_urlencoded),
	    cmocka_unit_test(malformed_multipart_is_refused),
	    cmocka_unit_test(many_parts_are_refused),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_free(&arena);
	return failed;
}
