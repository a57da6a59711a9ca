/* shingles.c: the same words out of whatever they are wrapped in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "format/shingles.h"

static void
check_words(const char *bytes, bool tags, const char *want)
{
	struct buf out = BUF_EMPTY;

	shingles_words(&out, str_of(bytes), tags);
	buf_putc(&out, '\0');
	assert_string_equal(out.data, want);
	buf_free(&out);
}

static void
LK1_words_are_the_same_in_every_wrapping(void **state)
{
	static const char *const wrapped[] = {"<p>L’eau coûte « 3 » ici</p>", "L&#8217;eau co&ucirc;te",
	    "<p>l'EAU co&#xFB;te 3&nbsp;ici", "&lt;p&gt;L&amp;#8217;eau co\u00fbte&lt;/p&gt;",
	    "{\"a\":\"L\\u2019eau co\\u00fbte\\n3\\u202fici\"}"};

	(void)state;
	check_words(wrapped[0], false, "l eau coûte 3 ici ");
	check_words(wrapped[1], false, "l eau co ucirc te "); /* our own pages name five entities only */
	check_words(wrapped[2], false, "l eau coûte 3 ici ");
	check_words(wrapped[3], false, "l eau coûte ");
	check_words(wrapped[4], false, "a l eau coûte 3 ici ");
}

static void
LK1_comments_and_attributes_count_when_asked_for(void **state)
{
	(void)state;
	check_words("un<!-- deux --><b title=\"trois\">quatre</b>", false, "un quatre ");
	check_words("un<!-- deux --><b title=\"trois\">quatre</b>", true, "un deux b title trois quatre b ");
	check_words("3 < 4 & 5 > 2", false, "3 4 5 2 ");
	check_words("<", false, "");
	check_words("a\\", false, "a ");
	check_words("&#", false, "");
	check_words("\xc3", false, "");
	check_words("<b", false, "");
}

struct seen {
	size_t n;
	uint64_t last;
	char run[100];
};

static bool
note(void *ctx, uint64_t hash, struct str words)
{
	struct seen *s = ctx;

	s->n++;
	s->last = hash;
	assert_true(words.len < sizeof s->run);
	memcpy(s->run, words.at, words.len);
	s->run[words.len] = '\0';
	return true;
}

static void
every_run_of_five_is_met_once(void **state)
{
	struct seen s = {0, 0, ""};
	uint64_t five;

	(void)state;
	shingles_each(STR("un deux trois quatre "), note, &s);
	assert_int_equal(s.n, 0);
	shingles_each(STR("un deux trois quatre cinq "), note, &s);
	assert_int_equal(s.n, 1);
	assert_string_equal(s.run, "un deux trois quatre cinq");
	five = s.last;
	shingles_each(STR("zero un deux trois quatre cinq "), note, &s);
	assert_int_equal(s.n, 3);
	assert_true(s.last == five);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(LK1_words_are_the_same_in_every_wrapping),
	    cmocka_unit_test(LK1_comments_and_attributes_count_when_asked_for),
	    cmocka_unit_test(every_run_of_five_is_met_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
