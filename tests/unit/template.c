/* template.c: delimiters, inverted sections, values, partials, refusals and limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>
#include <pthread.h>
#include <string.h>

#include "template_case.h"

/* The set is refused when it is added or linked, with exactly this sentence. */
static void
refused(const struct file *files, const char *sentence)
{
	struct template_set *set;
	struct fault f = {""};
	enum err e = template_set_new(&set, (struct template_options){.raw_anywhere = false});

	for (; files->name != NULL && e == ERR_NONE; files++)
		e = template_add(set, files->name, str_of(files->source), "page.mustache", &f);
	if (e == ERR_NONE)
		e = template_link(set, &f);
	assert_int_equal(e, ERR_INVALID);
	assert_string_equal(f.text, sentence);
	template_set_free(set);
}

static void
delimiters_change_and_change_back(void **state)
{
	(void)state;
	renders(ONLY("{{=[[ ]]=}}[[a]] {{a}} [[={{ }}=]]{{a}} [[a]]"), "{\"a\":7}", "7 {{a}} 7 [[a]]");
	renders(ONLY("{{=| |=}}|a|"), "{\"a\":7}", "7");
	renders(ONLY("{{=  <%   %>  =}}<%&a_html%><%{a_html}%>"), "{\"a_html\":\"<b>\"}", "<b><b>");
	renders(ONLY("{{=$ $=}}$#l$($.$)$/l$"), "{\"l\":[1,2]}", "(1)(2)");
}

static void
delimiters_stand_alone_on_their_line(void **state)
{
	(void)state;
	renders(ONLY("a\n  {{=@ @=}}  \nb@c@\n"), "{\"c\":1}", "a\nb1\n");
	renders(ONLY("a\r\n{{=@ @=}}\r\nb"), "{}", "a\r\nb");
	renders(ONLY("  {{=@ @=}}\nb"), "{}", "b");
	renders(ONLY("b\n\t{{=@ @=}}"), "{}", "b\n");
	renders(ONLY("a {{=@ @=}}\nb"), "{}", "a \nb");
}

static void
delimiters_end_with_their_file(void **state)
{
	(void)state;
	renders(FILES({"page", "{{=<% %>=}}<%>p%>|<%v%>"}, {"p", "{{v}}<%v%>"}), "{\"v\":1}", "1<%v%>|1");
	renders(FILES({"page", "{{>p}}|{{v}}<%v%>"}, {"p", "{{=<% %>=}}<%v%>"}), "{\"v\":1}", "1|1<%v%>");
}

static void
inverted_shows_when_nothing_is_there(void **state)
{
	static const char source[] = "{{^x}}none{{/x}}{{#x}}some{{/x}}";

	(void)state;
	renders(ONLY(source), "{}", "none");
	renders(ONLY(source), "{\"x\":false}", "none");
	renders(ONLY(source), "{\"x\":null}", "none");
	renders(ONLY(source), "{\"x\":[]}", "none");
	renders(ONLY(source), "{\"x\":\"\"}", "none");
	renders(ONLY(source), "{\"x\":0}", "none");
	renders(ONLY(source), "{\"x\":0.0}", "none");
	renders(ONLY(source), "{\"x\":{}}", "some");
	renders(ONLY(source), "{\"x\":[0]}", "some");
	renders(ONLY(source), "{\"x\":-1}", "some");
	renders(ONLY(source), "{\"x\":\"0\"}", "some");
}

static void
inverted_keeps_the_rules_of_sections(void **state)
{
	(void)state;
	renders(ONLY("{{^a.b.c}}no{{/a.b.c}}"), "{\"a\":{\"b\":{}},\"c\":1}", "no");
	renders(ONLY("{{^ a.b }}no{{/ a.b }}"), "{\"a\":{\"b\":1}}", "");
	renders(ONLY("-\n{{^a}}\nx\n  {{/a}}\n-\n"), "{}", "-\nx\n-\n");
	renders(ONLY("-\r\n{{^a}}\r\nx\r\n{{/a}}\r\n-"), "{}", "-\r\nx\r\n-");
	renders(ONLY(" {{^a}} b {{/a}} \n"), "{}", "  b  \n");
	renders(ONLY("{{^a}}1{{^a}}2{{/a}}3{{/a}}"), "{}", "123");
	renders(ONLY("{{#l}}{{^last}}, {{/last}}{{/l}}"), "{\"l\":[{},{\"last\":true}]}", ", ");
}

static void
names_are_looked_up_from_the_inside(void **state)
{
	(void)state;
	renders(ONLY("{{#in}}{{a}}{{b}}{{/in}}"), "{\"a\":1,\"b\":2,\"in\":{\"a\":3}}", "32");
	renders(ONLY("{{#in}}{{a.x}}{{/in}}"), "{\"a\":{\"x\":1},\"in\":{\"a\":{}}}", "");
	renders(ONLY("{{#in}}[{{a}}]{{/in}}"), "{\"a\":1,\"in\":{\"a\":null}}", "[]");
	renders(ONLY("{{#l}}{{.}}{{^.}}0{{/.}}{{/l}}"), "{\"l\":[\"a\",\"\",\"b\"]}", "a0b");
}

static void
values_are_written_for_people(void **state)
{
	(void)state;
	renders(
	    ONLY("{{a}} {{b}} {{c}} {{d}}"), "{\"a\":1.5,\"b\":-3,\"c\":0.1,\"d\":1e21}", "1.5 -3 0.1 1e+21");
	renders(ONLY("{{a}}{{b}}{{c}}{{d}}"), "{\"a\":true,\"b\":false,\"c\":{},\"d\":[1]}", "truefalse");
	renders(ONLY("{{a}}"), "{\"a\":0.30000000000000004}", "0.30000000000000004");
}

static void
SE11_values_are_escaped(void **state)
{
	(void)state;
	renders(ONLY("<a title='{{t}}'>"), "{\"t\":\"<&>\\\"'\"}", "<a title='&lt;&amp;&gt;&quot;&#39;'>");
	renders(ONLY("{{t_html}}{{{t_html}}}{{& x.t_html }}"),
	    "{\"t_html\":\"<i>\",\"x\":{\"t_html\":\"<b>\"}}", "&lt;i&gt;<i><b>");
}

static void
SE11_raw_output_needs_a_name_in_html(void **state)
{
	(void)state;
	refused(ONLY("a\n{{{title}}}"),
	    "page.mustache:2: {{&title}} is raw output, which only names that end in _html "
	    "may be; write it as {{name}}");
	refused(ONLY("{{&.}}"),
	    "page.mustache:1: {{&.}} is raw output, which only names that end in _html may be; "
	    "write it as {{name}}");
	refused(ONLY("{{&body_html.x}}"),
	    "page.mustache:1: {{&body_html.x}} is raw output, which only names that end in "
	    "_html may be; write it as {{name}}");
	refused(ONLY("{{#never}}{{<p}}{{$b}}{{{x}}}{{/b}}{{/p}}{{/never}}"),
	    "page.mustache:1: {{&x}} is raw output, "
	    "which only names that end in _html may be; write it as {{name}}");
}

static void
partials_indent_what_they_bring(void **state)
{
	(void)state;
	renders(FILES({"page", "<ul>\n  {{>li}}\n</ul>\n"}, {"li", "<li>\n  {{>t/x}}\n</li>\n"},
	            {"t/x", "a\nb\n"}),
	    "{}", "<ul>\n  <li>\n    a\n    b\n  </li>\n</ul>\n");
	renders(FILES({"page", "  {{>p}}\n"}, {"p", "a\n\nb\n"}), "{}", "  a\n\n  b\n");
	renders(FILES({"page", "  {{>p}}\n"}, {"p", "{{v}}\n{{#l}}\n{{.}}\n{{/l}}"}),
	    "{\"v\":\"1\\n2\",\"l\":[3,4]}", "  1\n2\n  3\n  4\n");
	renders(FILES({"page", "<p>{{>p}}</p>"}, {"p", "a\nb"}), "{}", "<p>a\nb</p>");
	renders(FILES({"page", "  {{>p}}\n"}, {"p", "x {{>q}}\n"}, {"q", "a\nb"}), "{}", "  x a\nb\n");
}

static void
partials_may_call_themselves(void **state)
{
	(void)state;
	renders(FILES({"page", "{{>n}}"}, {"n", "{{v}}{{#l}}({{>n}}){{/l}}"}),
	    "{\"v\":1,\"l\":[{\"v\":2,\"l\":[]},{\"v\":3,\"l\":[{\"v\":4,\"l\":[]}]}]}", "1(2)(3(4))");
}

static void
a_later_template_replaces_an_earlier(void **state)
{
	(void)state;
	renders(FILES({"page", "{{>card}}"}, {"card", "shipped"}, {"card", "theme"}), "{}", "theme");
}

static void
refusals_name_file_and_line(void **state)
{
	(void)state;
	refused(ONLY("a\n\n{{#x}}\n"), "page.mustache:3: {{#x}} is never closed; add {{/x}}");
	refused(
	    ONLY("{{/x}}"), "page.mustache:1: {{/x}} closes nothing; take it out or open {{#x}} before it");
	refused(ONLY("{{#a}}\n{{^b}}\n{{/a}}"),
	    "page.mustache:3: {{/a}} stands where {{^b}} of line 2 must be closed "
	    "first; write {{/b}}");
	refused(ONLY("\n{{ x"), "page.mustache:2: the tag opened here does not end; \"}}\" is missing");
	refused(
	    ONLY("{{{x_html}} }"), "page.mustache:1: the tag opened here does not end; \"}}}\" is missing");
	refused(ONLY("{{=<%=}}"),
	    "page.mustache:1: bad delimiters; write two of them with a blank between: {{=<% %>=}}");
	refused(ONLY("{{= a b c =}}"),
	    "page.mustache:1: bad delimiters; write two of them with a blank between: "
	    "{{=<% %>=}}");
	refused(ONLY("{{}}"),
	    "page.mustache:1: \"\" is not a name; write letters, digits and _, parts joined by single "
	    "dots");
	refused(ONLY("{{if x}}"),
	    "page.mustache:1: \"if x\" is not a name; write letters, digits and _, parts joined by "
	    "single dots");
	refused(ONLY("{{a..b}}"),
	    "page.mustache:1: \"a..b\" is not a name; write letters, digits and _, parts joined by "
	    "single dots");
	refused(ONLY("{{<l}}{{#x}}{{/x}}{{/l}}"),
	    "page.mustache:1: {{#x}} stands directly in a parent and would never "
	    "show; put it into a {{$block}}");
}

static void
refusals_of_unknown_templates(void **state)
{
	(void)state;
	refused(FILES({"page", "\n{{>crad}}"}, {"card", ""}),
	    "page.mustache:2: there is no template \"crad\"; did "
	    "you mean \"card\"?");
	refused(ONLY("{{<layout}}{{/layout}}"),
	    "page.mustache:1: there is no template \"layout\"; add it or take the tag "
	    "out");
	refused(ONLY("{{>../etc/passwd}}"),
	    "page.mustache:1: \"../etc/passwd\" is not a name; write letters, digits and "
	    "_, parts joined by single dots");
	refused(ONLY("{{>/etc/passwd}}"),
	    "page.mustache:1: {{>/etc/passwd}} is not the name of a template; write letters, "
	    "digits, _ - . and / only");
	refused(FILES({"a//b", ""}),
	    "page.mustache: \"a//b\" cannot name a template; write letters, digits, _ - . and "
	    "/ only");
}

static void
strict_rendering_names_what_is_missing(void **state)
{
	const struct template_options strict = {.strict = true};
	struct buf out = BUF_EMPTY;
	struct fault f;

	(void)state;
	assert_int_equal(
	    render(strict, ONLY("a\n{{site.nmae}}"), "{\"site\":{\"name\":1}}", &out, &f), ERR_INVALID);
	assert_string_equal(
	    f.text, "page:2: {{site.nmae}} is not in the data; mend the name, or put it into a section");
	assert_int_equal(render(strict, ONLY("{{l}}"), "{\"l\":[1]}", &out, &f), ERR_INVALID);
	assert_string_equal(f.text, "page:1: {{l}} is a list or an object; open it as a section");
	assert_int_equal(
	    render(strict, ONLY("{{#x}}{{x}}{{/x}}{{n}}{{^y}}-{{/y}}"), "{\"n\":null}", &out, &f), ERR_NONE);
	buf_free(&out);
}

static void
rendering_ends(void **state)
{
	struct buf out = BUF_EMPTY;
	struct fault f;

	(void)state;
	assert_int_equal(render((struct template_options){.largest = 100}, ONLY("{{#l}}0123456789{{/l}}"),
	                     "{\"l\":[1,2,3,4,5,6,7,8,9,10,11,12]}", &out, &f),
	    ERR_TOO_LARGE);
	assert_int_equal(
	    render((struct template_options){.strict = false}, ONLY("a{{>page}}"), "{}", &out, &f),
	    ERR_TOO_LARGE);
	assert_string_equal(
	    f.text, "page: more than 160 levels deep; does a partial call itself without end?");
	/* doubles at each level, and writes nothing */
	assert_int_equal(
	    render((struct template_options){.strict = false},
	        FILES(
	            {"page", "{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}"
	                     "{{/l}}"}),
	        "{\"l\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]}", &out, &f),
	    ERR_TOO_LARGE);
	buf_free(&out);
}

static void
sets_are_used_in_order(void **state)
{
	struct template_set *set;
	struct buf out = BUF_EMPTY;
	struct fault f;

	(void)state;
	assert_int_equal(template_set_new(&set, (struct template_options){.strict = false}), ERR_NONE);
	assert_int_equal(template_add(set, "a",
	                     STR("\xef\xbb\xbf"
	                         "1"),
	                     "a", &f),
	    ERR_NONE);
	assert_int_equal(template_render(set, "a", NULL, &out, &f), ERR_INTERNAL);
	assert_int_equal(template_link(set, &f), ERR_NONE);
	assert_int_equal(template_add(set, "b", STR(""), "b", &f), ERR_INTERNAL);
	assert_int_equal(template_render(set, "b", NULL, &out, &f), ERR_NOT_FOUND);
	assert_int_equal(template_render(set, "a", NULL, &out, &f), ERR_NONE);
	assert_true(str_eq(buf_str(&out), STR("1")));
	buf_free(&out);
	template_set_free(set);
	template_set_free(NULL);
}

struct sharer {
	const struct template_set *set;
	const json_t *data;
	bool good;
};

static void *
render_often(void *user)
{
	struct sharer *s = user;
	struct buf out = BUF_EMPTY;

	s->good = true;
	for (int i = 0; i < 200; i++) {
		buf_clear(&out);
		s->good &= template_render(s->set, "page", s->data, &out, NULL) == ERR_NONE &&
		           str_eq(buf_str(&out), STR("1:a;2:b;"));
	}
	buf_free(&out);
	return NULL;
}

static void
one_set_serves_several_threads(void **state)
{
	struct template_set *set = linked((struct template_options){.strict = true},
	    FILES({"page", "{{#l}}{{>row}}{{/l}}"}, {"row", "{{n}}:{{t}};"}));
	json_t *data = json_loads("{\"l\":[{\"n\":1,\"t\":\"a\"},{\"n\":2,\"t\":\"b\"}]}", 0, NULL);
	struct sharer sharers[4];
	pthread_t threads[4];

	(void)state;
	for (int i = 0; i < 4; i++) {
		sharers[i] = (struct sharer){set, data, false};
		assert_int_equal(pthread_create(&threads[i], NULL, render_often, &sharers[i]), 0);
	}
	for (int i = 0; i < 4; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_true(sharers[i].good);
	}
	json_decref(data);
	template_set_free(set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(delimiters_change_and_change_back),
	    cmocka_unit_test(delimiters_stand_alone_on_their_line),
	    cmocka_unit_test(delimiters_end_with_their_file),
	    cmocka_unit_test(inverted_shows_when_nothing_is_there),
	    cmocka_unit_test(inverted_keeps_the_rules_of_sections),
	    cmocka_unit_test(names_are_looked_up_from_the_inside),
	    cmocka_unit_test(values_are_written_for_people),
	    cmocka_unit_test(SE11_values_are_escaped),
	    cmocka_unit_test(SE11_raw_output_needs_a_name_in_html),
	    cmocka_unit_test(partials_indent_what_they_bring),
	    cmocka_unit_test(partials_may_call_themselves),
	    cmocka_unit_test(a_later_template_replaces_an_earlier),
	    cmocka_unit_test(refusals_name_file_and_line),
	    cmocka_unit_test(refusals_of_unknown_templates),
	    cmocka_unit_test(strict_rendering_names_what_is_missing),
	    cmocka_unit_test(rendering_ends),
	    cmocka_unit_test(sets_are_used_in_order),
	    cmocka_unit_test(one_set_serves_several_threads),
	};

	return cmocka_run_group_tests_name("template", tests, NULL, NULL);
}
