/* slug.c: titles to addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "format/slug.h"

static void
slug_of_french_titles(void **state)
{
	static const char *const cases[][2] = {
	    {"Quel rôle pour l’IA dans les collectivités\u202f?",
	        "quel-role-pour-l-ia-dans-les-collectivites"},
	    {"L'œuvre d'Élodie & cie", "l-oeuvre-d-elodie-cie"},
	    {"  100 % bio — déjà ! ", "100-bio-deja"},
	    {"Straße, Łódź, Ægir, İstanbul", "strasse-lodz-aegir-istanbul"},
	    {"no\u0308el NFD e\u0301te\u0301", "noel-nfd-ete"},
	    {"« »", ""},
	    {"東京", ""},
	    {"", ""},
	};
	char out[SLUG_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t n = slug_make(str_of(cases[i][0]), out);

		assert_string_equal(out, cases[i][1]);
		assert_int_equal(n, strlen(out));
		assert_true(n == 0 || slug_valid(str_of(out)));
	}
}

static void
slug_is_cut_between_words(void **state)
{
	char title[400], out[SLUG_MAX + 1];

	(void)state;
	memset(title, 'a', 70);
	strcpy(title + 70, " bonjour les amis");
	assert_int_equal(slug_make(str_of(title), out), 78);
	assert_true(str_ends(str_of(out), STR("a-bonjour")));
	memset(title, 'a', 300);
	title[300] = '\0';
	assert_int_equal(slug_make(str_of(title), out), SLUG_MAX);
	assert_int_equal(slug_make((struct str){"\xff\xfe", 2}, out), 0);
}

static void
slug_valid_refuses(void **state)
{
	static const char *const bad[] = {"", "-a", "a-", "a--b", "A", "é", "a b", "a/b", "a.b"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(slug_valid(str_of(bad[i])));
	assert_true(slug_valid(STR("a-1")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(slug_of_french_titles),
	    cmocka_unit_test(slug_is_cut_between_words),
	    cmocka_unit_test(slug_valid_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
