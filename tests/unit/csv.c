/* CSV rows as spreadsheets write them, and those that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "format/csv.h"

#define FIELDS 4

/* Rows as "a|b/c|d"; a row that is refused as "!LINE". */
static void
assert_rows(struct str text, const char *want)
{
	struct arena arena;
	struct csv csv;
	struct str fields[FIELDS];
	struct fault f = {""};
	char got[400] = "";
	size_t n, line, at = 0;
	enum err e;

	arena_init(&arena, 1 << 16);
	csv_start(&csv, text);
	while ((e = csv_row(&csv, &arena, fields, FIELDS, &n, &line, &f)) != ERR_NOT_FOUND) {
		if (at > 0)
			got[at++] = '/';
		if (e != ERR_NONE) {
			at += (size_t)snprintf(got + at, sizeof got - at, "!%zu", line);
			assert_true(strlen(f.text) > 5);
			continue;
		}
		for (size_t i = 0; i < n; i++)
			at += (size_t)snprintf(
			    got + at, sizeof got - at, "%s" STR_FMT, i == 0 ? "" : "|", STR_ARG(fields[i]));
	}
	assert_string_equal(got, want);
	arena_free(&arena);
}

static void
rows_of_every_spreadsheet(void **state)
{
	assert_rows(STR("a,b\nc,d\n"), "a|b/c|d");
	assert_rows(STR("a;b\r\nc;d,e"), "a|b/c|d,e");
	assert_rows(STR("\xef\xbb\xbf"
	                "a,b\n1,2"),
	    "a|b/1|2");
	assert_rows(STR("a,b\n\n  \r\n1,2\n\n"), "a|b/1|2");
	assert_rows(STR(" a , b\n,\n"), "a|b/|");
	assert_rows(STR("a,\"b, \"\"c\"\"\nd\"\n1,2"), "a|b, \"c\"\nd/1|2");
	assert_rows(STR("a,\" b \" \n"), "a|b");
	assert_rows(STR("a,\"\"\n"), "a|");
	assert_rows(STR(""), "");
	assert_rows(STR("\n\n"), "");
	(void)state;
}

static void
rows_that_are_none_are_told_by_line_and_passed(void **state)
{
	assert_rows(STR("a,b\n1,2\"3\n4,5\n"), "a|b/!2/4|5");
	assert_rows(STR("a,b\n\"1\"2,3\n4,5\n"), "a|b/!2/4|5");
	assert_rows(STR("a,b\n1,\"2\n3,4\n"), "a|b/!2");
	assert_rows(STR("a\n1,2,3,4,5\n6\n"), "a/!2/6");
	assert_rows(STR("a\n\"b\nc\"x\nd"), "a/!2/d");
	(void)state;
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rows_of_every_spreadsheet),
	    cmocka_unit_test(rows_that_are_none_are_told_by_line_and_passed),
	};

	return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
