/* The public conformance cases of the Mustache specification, when they are at hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "format/template.h"

static const char *folder = "../shared/vectors";

static bool
run_case(const json_t *test)
{
	const char *want = json_string_value(json_object_get(test, "expected"));
	const char *source = json_string_value(json_object_get(test, "template")), *name;
	struct template_set *set;
	struct buf out = BUF_EMPTY;
	struct fault f = {""};
	const json_t *partial;
	enum err e = template_set_new(&set, (struct template_options){.raw_anywhere = true});
	bool good;

	json_object_foreach(json_object_get(test, "partials"), name, partial) if (e == ERR_NONE)
	    e = template_add(set, name, str_of(json_string_value(partial)), name, &f);
	if (e == ERR_NONE)
		e = template_add(set, "main-case", str_of(source), "main", &f);
	if (e == ERR_NONE)
		e = template_link(set, &f);
	if (e == ERR_NONE)
		e = template_render(set, "main-case", json_object_get(test, "data"), &out, &f);
	good = e == ERR_NONE && str_eq(buf_str(&out), str_of(want));
	if (!good)
		print_error("%s: %s\n--- want\n%s\n--- got\n%.*s\n",
		    json_string_value(json_object_get(test, "name")), f.text, want, (int)out.len,
		    out.data == NULL ? "" : out.data);
	buf_free(&out);
	template_set_free(set);
	return good;
}

static void
run_module(const char *module)
{
	char path[512];
	json_t *file;
	const json_t *tests, *test;
	size_t i, failed = 0;

	(void)snprintf(path, sizeof path, "%s/mustache-%s.json", folder, module);
	file = json_load_file(path, 0, NULL);
	if (file == NULL) {
		print_message("%s is absent: its cases are skipped\n", path);
		skip();
	}
	tests = json_object_get(file, "tests");
	assert_true(json_array_size(tests) > 0);
	json_array_foreach(tests, i, test) failed += !run_case(test);
	json_decref(file);
	assert_int_equal(failed, 0);
}

static void
spec_comments(void **state)
{
	(void)state;
	run_module("comments");
}

static void
spec_interpolation(void **state)
{
	(void)state;
	run_module("interpolation");
}

static void
spec_sections(void **state)
{
	(void)state;
	run_module("sections");
}

static void
spec_partials(void **state)
{
	(void)state;
	run_module("partials");
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(spec_comments),
	    cmocka_unit_test(spec_interpolation),
	    cmocka_unit_test(spec_sections),
	    cmocka_unit_test(spec_partials),
	};

	if (argc > 1)
		folder = argv[1];
	return cmocka_run_group_tests_name("template_spec", tests, NULL, NULL);
}
