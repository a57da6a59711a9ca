/* typography.c: the rules, one by one, and that they are idempotent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <cmark.h>
#include <stdlib.h>
#include <string.h>

#include "format/typography.h"

#define N "\u202f"
#define B "\u00a0"

static void
check(const char *language, const char *in, const char *want)
{
	struct buf out = BUF_EMPTY, again = BUF_EMPTY;

	typography_apply(language, str_of(in), &out);
	typography_apply(language, buf_str(&out), &again);
	buf_putc(&out, '\0');
	assert_false(out.failed || again.failed);
	assert_string_equal(out.data, want);
	buf_putc(&again, '\0');
	assert_string_equal(again.data, want);
	buf_free(&out);
	buf_free(&again);
}

static void
page3_spaces_of_french_marks(void **state)
{
	(void)state;
	check("fr", "Quel rôle ?", "Quel rôle" N "?");
	check("fr", "Quel rôle?", "Quel rôle" N "?");
	check("fr", "Non ! Si\u00a0; voilà : « oui »", "Non" N "! Si" N "; voilà" B ": «" N "oui" N "»");
	check("fr", "«Bien»", "«" N "Bien" N "»");
	check("fr", "Objectif: proposer", "Objectif" B ": proposer");
	check("fr", "Quoi ?! Comment ???", "Quoi" N "?! Comment" N "???");
	check("fr", "Vraiment...? « Ah... »", "Vraiment…" N "? «" N "Ah…" N "»");
	check("fr", "(Vraiment ?) (?)", "(Vraiment" N "?) (?)");
	check("fr", "fin\n! suite", "fin" N "! suite");
	check("fr", "« mot » ?", "«" N "mot" N "»" N "?");
}

static void
page3_left_alone(void **state)
{
	(void)state;
	check("fr", "à 12:30, std::str, a?b=c", "à 12:30, std::str, a?b=c");
	check("fr", "voir https://exemple.fr/a?b=1;c!d ?", "voir https://exemple.fr/a?b=1;c!d" N "?");
	check("fr", "(www.exemple.fr/?q)", "(www.exemple.fr/?q)");
	check("fr", "x := 3 != 4", "x := 3 != 4");
	check("fr", "06-12-2024 2024-11-15 a -- b", "06-12-2024 2024-11-15 a – b");
	check("fr", "....", "....");
	check("fr", "", "");
}

static void
page7_apostrophes_and_numbers(void **state)
{
	(void)state;
	check("fr", "l'été d'«Élie» aujourd'hui 'x'", "l’été d’«" N "Élie" N "» aujourd’hui 'x'");
	check("fr", "10 000 € et 1 234 567 habitants", "10" N "000" N "€ et 1" N "234" N "567 habitants");
	check("fr", "80% ou 80 % et 12€", "80" B "% ou 80" B "% et 12" N "€");
	check("fr", "5 km, 30 m² et 18 h", "5" B "km, 30" B "m² et 18" B "h");
	check("fr", "en 2024 300 élus, 01 42 76 40 40", "en 2024 300 élus, 01 42 76 40 40");
	check("fr", "n° 12, n°12, M. Dupont, Mme Élie", "n°" B "12, n°" B "12, M." B "Dupont, Mme" B "Élie");
	check("fr", "2014-2020", "2014–2020");
	check("fr", "le 5 min", "le 5" B "min");
	check("fr", "les 5 mairies", "les 5 mairies");
}

static void
english_has_its_own_rules(void **state)
{
	(void)state;
	check("en", "It's done... isn't it? 10 000: yes", "It’s done… isn’t it? 10 000: yes");
}

/* The text of the tree after setting, with "|" between nodes and breaks as "/". */
static void
check_tree(const char *markdown, const char *want)
{
	cmark_node *doc = cmark_parse_document(markdown, strlen(markdown), CMARK_OPT_VALIDATE_UTF8);
	char *html;

	assert_int_equal(typography_tree("fr", doc), ERR_NONE);
	html = cmark_render_html(doc, CMARK_OPT_DEFAULT);
	assert_string_equal(html, want);
	free(html);
	cmark_node_free(doc);
}

static void
page7_runs_over_inline_nodes(void **state)
{
	(void)state;
	check_tree("Un *mot* ?", "<p>Un <em>mot</em>" N "?</p>\n");
	check_tree("Un *mot*? **Oui**: l'*été*",
	    "<p>Un <em>mot</em>" N "? <strong>Oui</strong>" B ": l’<em>été</em></p>\n");
	check_tree("Une fin\n! Et\nsuite", "<p>Une fin" N "! Et\nsuite</p>\n");
	check_tree("`a ? b` ? [l'été](x?y=l'a)",
	    "<p><code>a ? b</code>" N "? <a href=\"x?y=l&#x27;a\">l’été</a></p>\n");
	check_tree("« *mot* »", "<p>«" N "<em>mot</em>" N "»</p>\n");
	check_tree("    code ? non\n\n- Est-ce ?",
	    "<pre><code>code ? non\n</code></pre>\n<ul>\n<li>Est-ce" N "?</li>\n</ul>\n");
}

static void
LK6_idempotent_on_random_text(void **state)
{
	static const char *const words[] = {" ", "\u00a0", "\u202f", "\n", "?", "!", ";", ":", "«", "»", ".",
	    "...", "'", "-", "--", "a", "É", "M.", "n°", "1", "000", "2024", "€", "%", "km", "(", ")",
	    "http://", "x", "\"", "…", "’", "°C", "h", "p."};
	unsigned seed = 7;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		struct buf in = BUF_EMPTY, one = BUF_EMPTY, two = BUF_EMPTY;

		for (int k = 0; k < 12; k++) {
			seed = seed * 1103515245u + 12345u;
			buf_puts(&in, words[(seed >> 8) % (sizeof words / sizeof *words)]);
		}
		typography_apply("fr", buf_str(&in), &one);
		typography_apply("fr", buf_str(&one), &two);
		if (!str_eq(buf_str(&one), buf_str(&two)))
			fail_msg("[" STR_FMT "] [" STR_FMT "] [" STR_FMT "]", STR_ARG(buf_str(&in)),
			    STR_ARG(buf_str(&one)), STR_ARG(buf_str(&two)));
		buf_free(&in);
		buf_free(&one);
		buf_free(&two);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(page3_spaces_of_french_marks),
	    cmocka_unit_test(page3_left_alone),
	    cmocka_unit_test(page7_apostrophes_and_numbers),
	    cmocka_unit_test(english_has_its_own_rules),
	    cmocka_unit_test(page7_runs_over_inline_nodes),
	    cmocka_unit_test(LK6_idempotent_on_random_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
