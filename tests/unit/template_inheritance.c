/* template_inheritance.c: parents and blocks, and the whitespace around them. */
#include "template_case.h"

static void
inheritance_fills_blocks(void **state)
{
	(void)state;
	renders(ONLY("a {{$t}}b {{x}}{{/t}} c\n"), "{\"x\":1}", "a b 1 c\n");
	renders(FILES({"page", "{{<l}}{{/l}}"}, {"l", "[{{$a}}A{{/a}}]"}), "{}", "[A]");
	renders(
	    FILES({"page", "{{<l}}{{$a}}x{{/a}}{{/l}}"}, {"l", "[{{$a}}A{{/a}}{{$b}}B{{/b}}{{$a}}A{{/a}}]"}),
	    "{}", "[xBx]");
	renders(FILES({"page", "{{<l}}no {{$a}}yes{{/a}} no{{! no }}{{/l}}"}, {"l", "{{$a}}{{/a}}"}), "{}",
	    "yes");
	renders(
	    FILES({"page", "1{{<l}}{{$a}}x{{/a}}{{/l}}2{{<l}}{{$a}}y{{/a}}{{/l}}3"}, {"l", "({{$a}}{{/a}})"}),
	    "{}", "1(x)2(y)3");
	renders(FILES({"page", "{{<l}}{{$a}}{{/a}}{{/l}}"}, {"l", "[{{$a}}A{{/a}}]"}), "{}", "[]");
}

static void
inheritance_ignores_data_of_the_same_name(void **state)
{
	(void)state;
	renders(FILES({"page", "{{<l}}{{$a}}x{{/a}}{{/l}}"}, {"l", "{{$a}}A{{/a}}{{$b}}B{{/b}}"}),
	    "{\"a\":\"data\",\"b\":\"data\",\"l\":\"data\"}", "xB");
}

static void
inheritance_looks_names_up_where_the_block_is(void **state)
{
	(void)state;
	renders(FILES({"page", "{{<l}}{{$a}}{{n}};{{/a}}{{/l}}"}, {"l", "{{#in}}{{$a}}{{/a}}{{/in}}"}),
	    "{\"n\":1,\"in\":[{\"n\":2},{}]}", "2;1;");
}

static void
inheritance_over_several_levels(void **state)
{
	(void)state;
	renders(FILES({"page", "{{<b}}{{$x}}page{{/x}}{{/b}}"}, {"b", "{{<c}}{{$x}}b{{/x}}{{/c}}"},
	            {"c", "{{$x}}c{{/x}}"}),
	    "{}", "page");
	renders(FILES({"page", "{{<b}}{{/b}}"}, {"b", "{{<c}}{{$x}}b{{/x}}{{/c}}"}, {"c", "{{$x}}c{{/x}}"}),
	    "{}", "b");
	renders(FILES({"page", "{{<b}}{{$y}}Y{{/y}}{{/b}}"}, {"b", "{{<c}}{{$x}}b{{$y}}y{{/y}}{{/x}}{{/c}}"},
	            {"c", "[{{$x}}c{{/x}}]"}),
	    "{}", "[bY]");
	renders(
	    FILES({"page", "{{<b}}{{$x}}<{{$x}}in{{/x}}>{{/x}}{{/b}}"}, {"b", "{{$x}}{{/x}}"}), "{}", "<in>");
	renders(
	    FILES({"page", "{{<b}}{{$x}}X{{/x}}{{/b}}"}, {"b", "{{>c}}"}, {"c", "{{$x}}c{{/x}}"}), "{}", "X");
	renders(FILES({"page", "{{<p}}{{$a}}A{{/a}}{{/p}}"}, {"p", "{{$a}}p{{/a}} {{$b}}{{<q}}{{/q}}{{/b}}"},
	            {"q", "{{$a}}q{{/a}} {{<p}}{{$b}}end{{/b}}{{/p}}"}),
	    "{}", "A A A end");
}

static void
inheritance_parent_alone_on_its_lines(void **state)
{
	(void)state;
	renders(FILES({"page", "a\n  {{<l}}\n  {{/l}}\nb\n"}, {"l", "1\n2\n"}), "{}", "a\n  1\n  2\nb\n");
	renders(FILES({"page", "a\n  {{<l}}{{/l}}  \nb\n"}, {"l", "1\n2\n"}), "{}", "a\n  1\n  2\nb\n");
	renders(FILES({"page", "a {{<l}}{{/l}}\nb"}, {"l", "1\n2"}), "{}", "a 1\n2\nb");
	renders(FILES({"page", " {{<l}}{{/l}} b"}, {"l", "1\n2"}), "{}", " 1\n2 b");
}

static void
inheritance_block_takes_the_indentation_of_its_place(void **state)
{
	(void)state;
	/* blanks before a block that begins its line */
	renders(FILES({"page", "{{<l}}{{$a}}x{{/a}}{{/l}}"}, {"l", "-\n  {{$a}}A{{/a}}\n-\n"}), "{}",
	    "-\n  x\n-\n");
	renders(FILES({"page", "{{<l}}{{$a}}\nx\ny{{/a}}\n{{/l}}\n"}, {"l", "-\n  {{$a}}{{/a}}\n-\n"}), "{}",
	    "-\n  x\n  y\n-\n");
	/* indentation of the default, when the block's tags have lines of their own */
	renders(FILES({"page", "{{<l}}{{$a}}\nx\ny\n{{/a}}{{/l}}\n"}, {"l", "-\n{{$a}}\n    A\n{{/a}}\n-\n"}),
	    "{}", "-\n    x\n    y\n-\n");
	renders(
	    FILES({"page", "{{<l}}{{/l}}\n"}, {"l", "-\n{{$a}}\n    A\n{{/a}}\n-\n"}), "{}", "-\n    A\n-\n");
	renders(FILES({"page", "{{<l}}{{/l}}\n"}, {"l", "-\n  {{$a}}A{{/a}}\n-\n"}), "{}", "-\n  A\n-\n");
	/* within a line: none */
	renders(FILES({"page", "{{<l}}{{$a}}\n  x\n  y{{/a}}{{/l}}"}, {"l", "  <p>{{$a}}{{/a}}</p>\n"}), "{}",
	    "  <p>x\ny</p>\n");
}

static void
inheritance_block_leaves_the_indentation_of_its_home(void **state)
{
	(void)state;
	renders(FILES({"page", "{{<l}}\n\t{{$a}}\n\t\tx\n\t\t\ty\n\t{{/a}}\n{{/l}}\n"},
	            {"l", "-\n {{$a}}\n {{/a}}\n-\n"}),
	    "{}", "-\n x\n \ty\n-\n");
	renders(FILES({"page", "{{<l}}\n{{$a}}\n    x\n  y\n{{/a}}\n{{/l}}\n"}, {"l", "{{$a}}\n{{/a}}\n"}),
	    "{}", "x\n  y\n");
	renders(
	    FILES({"page", "{{<l}}{{$a}}\n\nx\n\n{{/a}}{{/l}}"}, {"l", "{{$a}}A{{/a}}"}), "{}", "\nx\n\n");
	/* relative to the block around it */
	renders(FILES({"page", "{{<m}}{{$in}}\n3\n{{/in}}{{/m}}\n"},
	            {"m", "{{<l}}{{$a}}\n  1\n  {{$in}}\n    2\n  {{/in}}\n{{/a}}{{/l}}\n"},
	            {"l", "{{$a}}A{{/a}}"}),
	    "{}", "1\n  3\n");
}

static void
inheritance_makes_a_whole_page(void **state)
{
	(void)state;
	renders(FILES({"page", "{{<layout}}\n  {{$title}}{{t}}{{/title}}\n  {{$main}}\n    <h1>{{t}}</h1>\n  "
	                       "  {{>foot}}\n"
	                       "  {{/main}}\n{{/layout}}\n"},
	            {"layout",
	                "<title>{{$title}}Site{{/title}}</title>\n<main>\n  {{$main}}{{/main}}\n</main>\n"},
	            {"foot", "<p>\n  end\n</p>\n"}),
	    "{\"t\":\"A & B\"}",
	    "<title>A &amp; B</title>\n<main>\n  <h1>A &amp; B</h1>\n  <p>\n    end\n  </p>\n\n</main>\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(inheritance_fills_blocks),
	    cmocka_unit_test(inheritance_ignores_data_of_the_same_name),
	    cmocka_unit_test(inheritance_looks_names_up_where_the_block_is),
	    cmocka_unit_test(inheritance_over_several_levels),
	    cmocka_unit_test(inheritance_parent_alone_on_its_lines),
	    cmocka_unit_test(inheritance_block_takes_the_indentation_of_its_place),
	    cmocka_unit_test(inheritance_block_leaves_the_indentation_of_its_home),
	    cmocka_unit_test(inheritance_makes_a_whole_page),
	};

	return cmocka_run_group_tests_name("template_inheritance", tests, NULL, NULL);
}
