/* frontmatter.c: the keys of the contract, and refusals that say where and what would be right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "format/frontmatter.h"
#include "format/markdown.h"

static struct arena arena;

#define IS(s, literal) assert_true(str_eq((s), STR(literal)))

static void
contract_all_keys(void **state)
{
	struct frontmatter m;

	(void)state;
	assert_int_equal(
	    frontmatter_read(&arena,
	        STR("---\r\ntitle: \"Quel rôle : pour qui ?\"\r\nslug: quel-role\r\nsection: "
	            "innovation\r\nlabel: Enquête\r\n"
	            "access: subscriber\r\nplans: [integral, papier]\r\nstandfirst: >\r\n  Deux\r\n  "
	            "lignes.\r\n"
	            "authors:\r\n  - Elsa AOUSTET\r\n  - {name: La rédaction, collective: true}\r\ntags: "
	            "[IA]\r\n"
	            "published: 2024-11-15\r\nupdated: 2024-11-16T09:30:00+01:00\r\nimage: "
	            "images/a.webp\r\nimage_alt: Une place\r\n"
	            "image_credit: X\r\nteaser: 120 words\r\n---\r\n\r\nTexte.\r\n<!--more-->\r\n"),
	        "a.md", &m, NULL),
	    ERR_NONE);
	IS(m.title, "Quel rôle : pour qui ?");
	IS(m.slug, "quel-role");
	IS(m.section, "innovation");
	IS(m.label, "Enquête");
	IS(m.access, "subscriber");
	IS(m.standfirst, "Deux lignes.");
	IS(m.image, "images/a.webp");
	IS(m.image_alt, "Une place");
	IS(m.image_credit, "X");
	IS(m.teaser, "120 words");
	assert_int_equal(m.plan_count, 2);
	IS(m.plans[1].name, "papier");
	assert_int_equal(m.author_count, 2);
	IS(m.authors[0].name, "Elsa AOUSTET");
	assert_false(m.authors[0].collective);
	assert_true(m.authors[1].collective);
	IS(m.authors[1].name, "La rédaction");
	assert_int_equal(m.tag_count, 1);
	assert_int_equal(m.published_at, 1731625200);
	assert_int_equal(m.updated_at, 1731745800);
	IS(m.body, "\nTexte.\n<!--more-->\n");
	assert_int_equal(m.body_line, 22);
	assert_int_equal(m.section_line, 4);
}

static void
contract_defaults(void **state)
{
	struct frontmatter m;

	(void)state;
	assert_int_equal(frontmatter_read(&arena,
	                     STR("---\ntitle: L'été à l'œuvre ?\nsection: x\nlabel:\n---"), "a.md", &m, NULL),
	    ERR_NONE);
	IS(m.slug, "l-ete-a-l-oeuvre");
	IS(m.access, "subscriber");
	IS(m.label, "");
	IS(m.body, "");
	assert_int_equal(m.published_at, 0);
}

static void
FT16_refusals_say_where_and_what(void **state)
{
	static const char *const cases[][2] = {
	    {"title: x", "a.md:1: the file begins with a line ---"},
	    {"", "a.md:1: the file begins"},
	    {"---\ntitle: x\nsection: y\n", "a.md:4: the line --- that ends the keys is missing"},
	    {"---\nsection: y\n---\n", "a.md:1: the title is missing"},
	    {"---\ntitle:\nsection: y\n---\n", "a.md:2: the title is missing"},
	    {"---\ntitle: x\n---\n", "a.md:1: the section is missing"},
	    {"---\ntitle: x\nsection: y\ntitel: z\n---\n",
	        "a.md:4: unknown key \"titel\"; did you mean title?"},
	    {"---\ntitle: x\nsection: y\nqqqqqq: z\n---\n", "a.md:4: unknown key \"qqqqqq\"; poterne(1)"},
	    {"---\ntitle: x\nsection: y\ntitle: z\n---\n", "a.md:4: title stands on line 2 already"},
	    {"---\ntitle: x\nsection: Vie locale\n---\n", "a.md:3: Vie locale: letters a-z"},
	    {"---\ntitle: x\nsection: y\naccess: subscribers\n---\n", "did you mean subscriber?"},
	    {"---\ntitle: x\nsection: y\npublished: 2024-02-30\n---\n",
	        "a.md:4: 2024-02-30: a date is written"},
	    {"---\ntitle: x\nsection: y\npublished: hier\n---\n", "a.md:4: hier: a date is written"},
	    {"---\ntitle: x\nsection: y\nteaser: 200%\n---\n", "a.md:4: 200%: a teaser is written 20%"},
	    {"---\ntitle: &a x\nsection: y\n---\n", "a.md:2: anchors"},
	    {"---\ntitle: x\nsection: *a\n---\n", "a.md:3: "},
	    {"---\ntitle: !!str x\nsection: y\n---\n", "a.md:2: anchors"},
	    {"---\ntitle: [x]\nsection: y\n---\n", "a.md:2: one text is expected"},
	    {"---\n- x\n---\n", "a.md:2: lines of the form key: value"},
	    {"---\n---\n", "a.md:"},
	    {"---\ntitle: \"x\nsection: y\n---\n", "a.md:"},
	    {"---\ntitle: x: y\nsection: y\n---\n", "a.md:2: not YAML"},
	    {"---\ntitle: x\nsection: y\nauthors: [A, B, A]\n---\n", "a.md:4: A: is in this list twice"},
	    {"---\ntitle: x\nsection: y\nauthors: [{nom: A}]\n---\n", "a.md:4: nom: an author is a name"},
	    {"---\ntitle: x\nsection: y\nauthors: [{name: A, collective: maybe}]\n---\n",
	        "collective is true or false"},
	    {"---\ntitle: x\nsection: y\ntags: [{name: A}]\n---\n", "a.md:4: one text"},
	    {"---\ntitle: x\nsection: y\naccess: public\nplans: [a]\n---\n", "a.md:5: plans are only for"},
	    {"---\ntitle: '?'\nsection: y\n---\n", "a.md:2: no address can be made"},
	    {"---\ntitle: x\nsection: y\n---\nbon\n\xff\n", "a.md:"},
	    {"---\ntitle: \xff\nsection: y\n---\n", "a.md:2: not UTF-8"},
	    {"---\ntitle: \"a\\x01b\"\nsection: y\n---\n", "a.md:2: holds a control"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct frontmatter m;
		struct fault f = {""};
		enum err e = frontmatter_read(&arena, str_of(cases[i][0]), "a.md", &m, &f);

		if (str_eq(str_of(cases[i][1]), STR("a.md:")) && e == ERR_NONE)
			continue; /* the text is looked at by markdown_read */
		if (e != ERR_INVALID || strstr(f.text, cases[i][1]) == NULL)
			fail_msg("case %zu: %s: %s, want %s", i, err_name(e), f.text, cases[i][1]);
	}
}

static void
AD5_sizes(void **state)
{
	static char big[MARKDOWN_MAX + 64];
	struct frontmatter m;
	struct fault f;
	int n = snprintf(big, sizeof big, "---\ntitle: x\nsection: y\n---\n");

	(void)state;
	memset(big + n, 'a', sizeof big - (size_t)n);
	assert_int_equal(
	    frontmatter_read(&arena, (struct str){big, sizeof big}, "a.md", &m, &f), ERR_TOO_LARGE);
	assert_int_equal(strncmp(f.text, "a.md:5: the text has", 20), 0);
	memset(big, '[', sizeof big);
	memcpy(big, "---\n", 4);
	memcpy(big + 60000, "\n---\n", 5);
	assert_int_equal(
	    frontmatter_read(&arena, (struct str){big, sizeof big}, "a.md", &m, &f), ERR_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(contract_all_keys),
	    cmocka_unit_test(contract_defaults),
	    cmocka_unit_test(FT16_refusals_say_where_and_what),
	    cmocka_unit_test(AD5_sizes),
	};
	int failed;

	if (!clock_zone("Europe/Paris"))
		return 1;
	arena_init(&arena, 64 << 20);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(&arena);
	return failed;
}
