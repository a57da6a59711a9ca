/* escape.c: each context with what would break out of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>
#include <stdlib.h>

#include "format/escape.h"
#include "format/nearest.h"

static void
becomes(void (*escape)(struct buf *, struct str), struct str from, const char *to)
{
	struct buf out = BUF_EMPTY;

	escape(&out, from);
	buf_putc(&out, '\0');
	assert_false(out.failed);
	assert_string_equal(out.data, to);
	buf_free(&out);
}

static void
SE11_text_cannot_open_a_tag_or_leave_quotes(void **state)
{
	(void)state;
	becomes(
	    escape_text, STR("<b a=\"1\" c='2'>&amp;"), "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;");
	becomes(escape_text, STR("l\xe2\x80\x99\xc3\xa9t\xc3\xa9\n"), "l\xe2\x80\x99\xc3\xa9t\xc3\xa9\n");
	becomes(escape_text, STR(""), "");
	becomes(escape_text, STR("''"), "&#39;&#39;");
}

static void
SE11_xml_holds_only_what_xml_can(void **state)
{
	(void)state;
	becomes(escape_xml,
	    STR("a<b\x01"
	        "c\td"),
	    "a&lt;b\xef\xbf\xbd"
	    "c\td");
	becomes(escape_xml, STR("\xc3\xa9\xff\xed\xa0\x80"),
	    "\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	becomes(escape_xml, STR("\xef\xbf\xbe\xf0\x9f\x8c\xbe\xe2\x82"),
	    "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xf0\x9f\x8c\xbe\xef\xbf\xbd\xef\xbf\xbd");
}

static void
SE11_urls_keep_unreserved_characters(void **state)
{
	(void)state;
	becomes(escape_url_query, STR("/a-b_c.d~e&f=g+h"), "%2Fa-b_c.d~e%26f%3Dg%2Bh");
	becomes(escape_url_query, STR("\r\n"), "%0D%0A");
}

static void
SE11_json_cannot_end_its_script(void **state)
{
	static const char text[] =
	    "</script><!--&\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa \" \\ \n\t\x01 \xc3\xa9";
	struct buf out = BUF_EMPTY;
	json_t *after;

	(void)state;
	escape_json_script(&out, str_of(text));
	assert_false(
	    str_has(buf_str(&out), '<') || str_has(buf_str(&out), '>') || str_has(buf_str(&out), '&'));
	assert_int_equal(str_find(buf_str(&out), STR("\xe2\x80\xa8")), out.len);
	after = json_loadb(out.data, out.len, JSON_DECODE_ANY, NULL);
	assert_string_equal(json_string_value(after), text);
	buf_free(&out);
	json_decref(after);
	becomes(escape_json_script, STR("\xe2"), "\"\xe2\"");
	becomes(escape_json_script, STR(""), "\"\"");
}

static const char *
guess(const char *word)
{
	static const char *const names[] = {"timezone", "name", "url", "related"};
	struct nearest near = NEAREST_NONE;

	for (size_t i = 0; i < 4; i++)
		nearest_consider(&near, str_of(word), names[i]);
	return near.best;
}

static void
nearest_guesses_slips_and_nothing_else(void **state)
{
	(void)state;
	assert_string_equal(guess("nmae"), "name");
	assert_string_equal(guess("timzone"), "timezone");
	assert_string_equal(guess("uurl"), "url");
	assert_null(guess("password"));
	assert_null(guess(""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(SE11_text_cannot_open_a_tag_or_leave_quotes),
	    cmocka_unit_test(SE11_xml_holds_only_what_xml_can),
	    cmocka_unit_test(SE11_urls_keep_unreserved_characters),
	    cmocka_unit_test(SE11_json_cannot_end_its_script),
	    cmocka_unit_test(nearest_guesses_slips_and_nothing_else),
	};

	return cmocka_run_group_tests_name("escape", tests, NULL, NULL);
}
