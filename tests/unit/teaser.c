/* teaser.c: limits, the cut in a paragraph, and LK6 over generated documents. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <cmark.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/markdown.h"
#include "format/teaser.h"
#include "format/words.h"
#include "html_reading.h"

static unsigned seed = 1;

static unsigned
roll(unsigned n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 10) % n;
}

static void
put_word(struct buf *b)
{
	static const char *const odd[] = {"👩‍👩‍👧", "🇫🇷", "é\u0301", "&amp;", "&eacute;té", "<b>",
	    "l'an", "«", "»", "?", "—", "10 000", "porte-monnaie", "東京都", "\\*", "…", "...", "(", ")",
	    "12,5 %", "https://x.fr/a?b", "n° 5", "&lt;i&gt;"};

	if (roll(4) == 0)
		buf_puts(b, odd[roll(sizeof odd / sizeof *odd)]);
	else
		buf_printf(b, "CANARY%u", roll(100000));
}

static void
put_inline(struct buf *b, unsigned depth)
{
	static const char *const marks[] = {"*", "**", "`", "_"};
	const char *mark = marks[roll(4)];

	for (unsigned n = 1 + roll(6); n > 0; n--) {
		switch (depth > 3 ? 9 : roll(10)) {
		case 0:
		case 1:
			buf_puts(b, mark);
			put_inline(b, mark[0] == '`' ? 9 : depth + 1);
			buf_puts(b, mark);
			break;
		case 2:
			buf_puts(b, "[");
			put_inline(b, depth + 1);
			buf_puts(b, roll(4) == 0 ? "](javascript:x)" : "](/ici)");
			break;
		case 3: buf_puts(b, "![une image](a.png \"t\")"); break;
		default: put_word(b); break;
		}
		buf_puts(b, roll(12) == 0 ? "\\\n" : roll(9) == 0 ? "\n" : roll(15) == 0 ? "" : " ");
	}
}

/* Puts the lines of in below a prefix: "> ", "- " and the like. */
static void
put_below(struct buf *out, struct str in, const char *first, const char *next)
{
	struct str line;
	bool begun = false;

	while (str_split(&in, '\n', &line)) {
		buf_puts(out, begun ? next : first);
		buf_put(out, line);
		buf_putc(out, '\n');
		begun = true;
	}
}

static void
put_blocks(struct buf *b, unsigned depth)
{
	for (unsigned n = 1 + roll(4); n > 0; n--) {
		struct buf inner = BUF_EMPTY;

		switch (roll(depth > 3 ? 2 : 12)) {
		case 2:
			put_blocks(&inner, depth + 1);
			put_below(b, buf_str(&inner), "> ", "> ");
			break;
		case 3:
		case 4:
			put_blocks(&inner, depth + 1);
			put_below(b, buf_str(&inner), "- ", "  ");
			break;
		case 5:
			put_blocks(&inner, depth + 1);
			put_below(b, buf_str(&inner), "1. ", "   ");
			break;
		case 6:
			buf_puts(b, "## ");
			put_word(b);
			buf_puts(b, " titre\n");
			break;
		case 7: buf_puts(b, "![alt](quai.svg \"Légende — Crédit : X\")\n"); break;
		case 8:
			buf_puts(b, "> ");
			put_word(b);
			buf_puts(b, " dit\n> — Nom, office\n");
			break;
		case 9: buf_puts(b, roll(2) ? "***\n" : "    code CANARY ici\n"); break;
		case 10: buf_puts(b, roll(8) == 0 ? "<!--more-->\n" : "<div>html</div>\n"); break;
		default: put_inline(b, depth); break;
		}
		buf_puts(b, "\n\n");
		buf_free(&inner);
	}
}

struct reading {
	struct buf html, text, links;
	size_t words;
};

static void
reading_of(struct cmark_node *doc, struct reading *r)
{
	*r = (struct reading){BUF_EMPTY, BUF_EMPTY, BUF_EMPTY, 0};
	assert_int_equal(markdown_html(doc, NULL, &r->html), ERR_NONE);
	if (!html_read(buf_str(&r->html), &r->text, &r->links))
		fail_msg("not well-formed: " STR_FMT, STR_ARG(buf_str(&r->html)));
	assert_int_equal(words_count(buf_str(&r->text), &r->words), ERR_NONE);
}

static void
reading_free(struct reading *r)
{
	buf_free(&r->html);
	buf_free(&r->text);
	buf_free(&r->links);
}

/* All that LK6 and page parts 9 and 10 promise of one document and one limit. */
static void
check_document(struct str source, struct teaser_limit limit, bool open)
{
	struct cmark_node *doc;
	struct reading full, cut;
	struct teaser t;
	struct str shown, rest;
	size_t before, after, percent;

	assert_int_equal(markdown_read(source, "fr", &doc, NULL), ERR_NONE);
	reading_of(doc, &full);
	assert_int_equal(teaser_cut(doc, limit, open, &t), ERR_NONE);
	reading_of(doc, &cut);
	shown = str_trim(buf_str(&cut.text));
	rest = buf_str(&full.text);
	rest = str_slice(rest,
	    (size_t)(str_trim(rest).at - (rest.len ? rest.at : "")) * (str_trim(rest).len > 0), rest.len);
	if (!str_starts(rest, shown) && str_ends(shown, STR("…")))
		shown.len -= 3;
	if (!str_starts(rest, shown) || !str_starts(buf_str(&full.links), buf_str(&cut.links)))
		fail_msg("no prefix:\n" STR_FMT "\n---\n" STR_FMT "\n---\n" STR_FMT, STR_ARG(source),
		    STR_ARG(buf_str(&cut.html)), STR_ARG(buf_str(&full.html)));
	assert_int_equal(words_count(shown, &before), ERR_NONE);
	assert_int_equal(words_count(str_slice(rest, shown.len, rest.len), &after), ERR_NONE);
	if (full.words != t.words || before + after != t.words || (!open && before != t.shown))
		fail_msg("words %zu, %zu + %zu, said %zu of %zu:\n" STR_FMT "\n---\n" STR_FMT, full.words,
		    before, after, t.shown, t.words, STR_ARG(source), STR_ARG(buf_str(&cut.html)));
	percent = t.words == 0 ? 100 : (200 * (t.words - t.shown) + t.words) / (2 * t.words);
	if (open) {
		assert_int_equal(t.percent_left, 0);
	} else {
		assert_true(t.shown * 3 <= t.words * 2);
		assert_true(
		    t.shown == 0 ? t.percent_left == 100 : t.percent_left >= 1 && t.percent_left <= 99);
		assert_true(t.shown == 0 || t.percent_left == percent);
		assert_true(limit.unit != TEASER_WORDS || t.shown <= limit.amount ||
		            str_find(source, STR("<!--more-->")) < source.len);
	}
	reading_free(&full);
	reading_free(&cut);
	markdown_free(doc);
}

static void
LK6_ten_thousand_documents(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 10000; round++) {
		struct buf source = BUF_EMPTY;
		struct teaser_limit limit = {.unit = (enum teaser_unit)roll(3)};

		seed = round + 1;
		limit.amount = 1 + roll(limit.unit == TEASER_PERCENT ? 99
		                        : limit.unit == TEASER_WORDS ? 120
		                                                     : 6);
		put_blocks(&source, 0);
		check_document(buf_str(&source), limit, roll(8) == 0);
		buf_free(&source);
	}
}

static void
check_cut(const char *source, const char *limit, const char *want, size_t shown, unsigned left)
{
	struct cmark_node *doc;
	struct teaser_limit l;
	struct teaser t;
	struct buf html = BUF_EMPTY;

	assert_true(teaser_limit_parse(str_of(limit), &l));
	assert_int_equal(markdown_read(str_of(source), "fr", &doc, NULL), ERR_NONE);
	assert_int_equal(teaser_cut(doc, l, false, &t), ERR_NONE);
	assert_int_equal(markdown_html(doc, NULL, &html), ERR_NONE);
	buf_putc(&html, '\0');
	assert_string_equal(html.data, want);
	assert_int_equal(t.shown, shown);
	assert_int_equal(t.percent_left, left);
	buf_free(&html);
	markdown_free(doc);
}

#define TWELVE "\n\nun deux trois quatre cinq six sept huit neuf dix onze douze\n"

static void
page9_cut_in_mid_sentence(void **state)
{
	(void)state;
	check_cut("Quand il s'agit de *nourrir des machines*, il faut" TWELVE, "5 words",
	    "<p>Quand il s’agit de <em>nourrir…</em></p>\n", 5, 76);
	check_cut("Il dit : « *Nous* avons" TWELVE, "2 words", "<p>Il dit…</p>\n", 2, 88);
	check_cut("Il dit : « *Nous* avons" TWELVE, "3 words", "<p>Il dit\u00a0: «\u202f<em>Nous…</em></p>\n",
	    3, 81);
	check_cut("Mot [un lien entier](/x) et suite" TWELVE, "3 words", "<p>Mot…</p>\n", 1, 94);
	check_cut("Mot [un lien entier](/x) et suite" TWELVE, "4 words",
	    "<p>Mot <a href=\"/x\">un lien entier</a>…</p>\n", 4, 78);
	check_cut("Mot `a b c` et suite" TWELVE, "2 words", "<p>Mot…</p>\n", 1, 94);
	check_cut("Fin. Il reste" TWELVE, "1 words", "<p>Fin…</p>\n", 1, 93);
	check_cut("- un\n- deux trois quatre\n" TWELVE, "2 words",
	    "<ul>\n<li>un</li>\n<li>deux…</li>\n</ul>\n", 2, 88);
	check_cut("> un deux trois\n" TWELVE, "1 words", "<blockquote>\n<p>un…</p>\n</blockquote>\n", 1, 93);
	check_cut("Porte-monnaie neuf" TWELVE, "1 words", "", 0, 100);
}

static void
page9_never_ends_with_a_heading(void **state)
{
	(void)state;
	check_cut("Un mot.\n\n## Titre\n\nSuite longue" TWELVE, "1 paragraphs", "<p>Un mot.</p>\n", 2, 88);
	check_cut(
	    "Un mot.\n\n## Titre\n\n***\n\n[Suite longue](/x)" TWELVE, "4 words", "<p>Un mot.</p>\n", 2, 88);
	check_cut("Un mot.\n\n> Dit\n> — Jean, maire\n" TWELVE, "3 words", "<p>Un mot.</p>\n", 2, 88);
}

static void
page9_marker_wins(void **state)
{
	(void)state;
	check_cut("Un mot.\n\n<!--more-->\n\nSuite." TWELVE, "90%", "<p>Un mot.</p>\n", 2, 87);
	check_cut("Un\n<!--more-->\nSuite." TWELVE, "90%", "<p>Un</p>\n", 1, 93);
	check_cut(
	    TWELVE "\n<!--more-->\n", "90%", "<p>un deux trois quatre cinq six sept huit…</p>\n", 8, 33);
	check_cut("<!--more-->\n" TWELVE, "90%", "", 0, 100);
}

static void
page10_one_word_of_many_leaves_99_percent(void **state)
{
	static char source[4096];

	(void)state;
	for (size_t n = 0; n + 8 < sizeof source; n += 4)
		memcpy(source + n, "mot ", 5);
	check_cut(source, "1 words", "<p>mot…</p>\n", 1, 99);
}

static void
page9_breaks_images_and_scripts_without_spaces(void **state)
{
	(void)state;
	check_cut("![a\nb](i.png) un\\\ndeux" TWELVE, "1 words",
	    "<p><img loading=\"lazy\" src=\"/media/i.png\" alt=\"a b\" /> un…</p>\n", 1, 93);
	check_cut("un\u3000deux\u2003trois" TWELVE, "2 words", "<p>un\u3000deux…</p>\n", 2, 87);
	check_cut("un\u2007deux trois" TWELVE, "1 words", "", 0, 100);
	check_cut("東京都庁舎" TWELVE, "2 words", "<p>東京…</p>\n", 2, 88);
	check_cut("𠀀𠀁豈 ก" TWELVE, "1 words", "<p>𠀀…</p>\n", 1, 94);
	check_cut("12 % de" TWELVE, "1 words", "<p>12\u00a0%…</p>\n", 1, 93);
	check_cut("12 % de" TWELVE, "2 words", "<p>12\u00a0% de</p>\n", 2, 86);
	check_cut("(12 %) et" TWELVE, "1 words", "<p>(12\u00a0%)…</p>\n", 1, 93);
}

static void
LK6_short_texts_keep_back_a_third(void **state)
{
	(void)state;
	check_cut("un deux trois", "120 words", "<p>un deux…</p>\n", 2, 33);
	check_cut("un deux", "9 paragraphs", "<p>un…</p>\n", 1, 50);
	check_cut("un", "99%", "", 0, 100);
	check_cut("", "99%", "", 0, 100);
	check_cut("![seule](a.png)", "99%", "", 0, 100);
}

static void
limits_are_read(void **state)
{
	static const char *const bad[] = {"", "%", "0%", "100%", "20 %", "3", "-3 words", "3 lines",
	    "03 words", "1e9 words", "100 paragraphs", "words"};
	struct teaser_limit l;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(teaser_limit_parse(str_of(bad[i]), &l));
	assert_true(
	    teaser_limit_parse(STR("1 paragraph"), &l) && l.unit == TEASER_PARAGRAPHS && l.amount == 1);
}

static void
page12_excerpts(void **state)
{
	static const struct {
		const char *text;
		size_t characters;
		const char *want;
	} cases[] = {{"Une phrase courte.", 40, "Une phrase courte."},
	    {"Une phrase, courte.", 12, "Une phrase…"}, {"Anticonstitutionnellement", 5, "Antic…"},
	    {"«\u202fOui\u202f» dit", 8, "«\u202fOui\u202f»…"}, {"", 5, ""}};
	struct buf out = BUF_EMPTY;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		buf_clear(&out);
		assert_int_equal(words_excerpt(str_of(cases[i].text), cases[i].characters, &out), ERR_NONE);
		buf_putc(&out, '\0');
		assert_string_equal(out.data, cases[i].want);
	}
	buf_free(&out);
}

static void
page12_teaser_as_text(void **state)
{
	struct cmark_node *doc;
	struct buf out = BUF_EMPTY;

	(void)state;
	assert_int_equal(
	    markdown_read(STR("Un *mot*\nseul.\n\n## Titre\n\n- ici\n\n> q\n> — N\n\n![a](b.png \"c\")"),
	        "fr", &doc, NULL),
	    0);
	teaser_text(doc, &out);
	buf_putc(&out, '\0');
	assert_string_equal(out.data, "Un mot seul. ici");
	buf_free(&out);
	markdown_free(doc);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(page9_cut_in_mid_sentence),
	    cmocka_unit_test(page9_never_ends_with_a_heading),
	    cmocka_unit_test(page9_marker_wins),
	    cmocka_unit_test(page10_one_word_of_many_leaves_99_percent),
	    cmocka_unit_test(page9_breaks_images_and_scripts_without_spaces),
	    cmocka_unit_test(LK6_short_texts_keep_back_a_third),
	    cmocka_unit_test(limits_are_read),
	    cmocka_unit_test(page12_excerpts),
	    cmocka_unit_test(page12_teaser_as_text),
	    cmocka_unit_test(LK6_ten_thousand_documents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
