/* markdown.c and figures.c: what CommonMark may become, and what no source can bring about. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmark.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "effort.h"
#include "format/markdown.h"
#include "format/teaser.h"

/* How many times what libcmark alone takes for ordinary text of that length. The dearest source takes 29 times as much,
 * what is quadratic a hundred times and more. */
#define DEAREST 60

static bool
fixed_size(void *ctx, struct str name, struct picture *out)
{
	(void)ctx;
	*out = (struct picture){.width = 640, .height = 480};
	return str_eq(name, STR("quai.svg"));
}

static void
render(const char *source, struct buf *html)
{
	const struct markdown_media media = {fixed_size, NULL};
	struct cmark_node *doc;

	assert_int_equal(markdown_read(str_of(source), "fr", &doc, NULL), ERR_NONE);
	assert_int_equal(markdown_html(doc, &media, html), ERR_NONE);
	buf_putc(html, '\0');
	markdown_free(doc);
}

static void
check(const char *source, const char *want)
{
	struct buf html = BUF_EMPTY;

	render(source, &html);
	assert_string_equal(html.data, want);
	buf_free(&html);
}

static void
page8_pull_quotes(void **state)
{
	(void)state;
	check("> Réfléchir.\n> — Jeanne *Petit*, sénatrice\n",
	    "<figure "
	    "class=\"pullquote\">\n<blockquote>\n<p>Réfléchir.</p>\n</blockquote>\n<figcaption><strong "
	    "class=\"name\">Jeanne <em>Petit</em></strong> <span "
	    "class=\"office\">sénatrice</span></figcaption>\n</figure>\n");
	check("> Un.\n>\n> Deux.\n>\n> — Jeanne Petit\n> Maire, Lyon\n",
	    "<figure "
	    "class=\"pullquote\">\n<blockquote>\n<p>Un.</p>\n<p>Deux.</p>\n</"
	    "blockquote>\n<figcaption><strong "
	    "class=\"name\">Jeanne Petit</strong> <span class=\"office\">Maire, "
	    "Lyon</span></figcaption>\n</figure>\n");
	check("> Un.\n> — Jeanne\n",
	    "<figure class=\"pullquote\">\n<blockquote>\n<p>Un.</p>\n</blockquote>\n<figcaption><strong "
	    "class=\"name\">Jeanne</strong></figcaption>\n</figure>\n");
	check("> — Seul, ici\n", "<blockquote>\n<p>— Seul, ici</p>\n</blockquote>\n");
	check("> Sans nom\n", "<blockquote>\n<p>Sans nom</p>\n</blockquote>\n");
}

static void
page8_figures(void **state)
{
	(void)state;
	check("![Le quai ?](quai.svg \"Le quai — Crédit : M. Petit\")\n",
	    "<figure>\n<img loading=\"lazy\" width=\"640\" height=\"480\" src=\"/media/quai.svg\" alt=\"Le "
	    "quai\u202f?\" "
	    "/><figcaption>Le quai <small class=\"credit\">Crédit\u00a0: "
	    "M.\u00a0Petit</small></figcaption>\n</figure>\n");
	check("![a](/media/b/c.png)\n",
	    "<figure>\n<img loading=\"lazy\" src=\"/media/b/c.png\" alt=\"a\" />\n</figure>\n");
	check("Un ![a](b.png \"t\") deux\n",
	    "<p>Un <img loading=\"lazy\" src=\"/media/b.png\" alt=\"a\" /> deux</p>\n");
}

static bool
with_versions(void *ctx, struct str name, struct picture *out)
{
	(void)ctx;
	(void)name;
	*out = (struct picture){.width = 1000, .height = 500};
	picture_read(out, STR("avif:480,1000 webp:480 jpg:1000"));
	return true;
}

static void
images_offer_their_versions(void **state)
{
	const struct markdown_media media = {with_versions, NULL};
	struct buf html = BUF_EMPTY;
	struct cmark_node *doc;

	(void)state;
	assert_int_equal(
	    markdown_read(STR("![a > b](quai.webp \"Crédit : X\")"), "fr", &doc, NULL), ERR_NONE);
	assert_int_equal(markdown_html(doc, &media, &html), ERR_NONE);
	buf_putc(&html, '\0');
	assert_string_equal(html.data,
	    "<figure>\n<picture><source type=\"image/avif\" srcset=\"/media/quai.webp.480.avif 480w, "
	    "/media/quai.webp.1000.avif 1000w\" sizes=\"(min-width: 40rem) 36rem, 92vw\"><source "
	    "type=\"image/webp\" srcset=\"/media/quai.webp.480.webp 480w, /media/quai.webp 1000w\" "
	    "sizes=\"(min-width: 40rem) 36rem, 92vw\"><img loading=\"lazy\" width=\"1000\" height=\"500\" "
	    "src=\"/media/quai.webp\" alt=\"a &gt; b\" /></picture><figcaption><small "
	    "class=\"credit\">Crédit\u00a0: X</small></figcaption>\n</figure>\n");
	markdown_free(doc);
	buf_free(&html);
}

static void
headings_begin_below_the_title(void **state)
{
	(void)state;
	check("# A\n\n### B ?\n\n## A\n\n#\n",
	    "<h2 id=\"a\">A</h2>\n<h3 id=\"b\">B\u202f?</h3>\n<h3 id=\"a-2\">A</h3>\n");
	check("#### `?`\n", "<h2 id=\"section\"><code>?</code></h2>\n");
}

static void
AD4_nothing_runs_and_nothing_is_fetched(void **state)
{
	static const char *const sources[] = {"<script>alert(1)</script>", "<img src=x onerror=alert(1)>",
	    "a <svg/onload=alert(1)> b", "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))",
	    "[x](java&#x0a;script:a)", "[x](&#1;javascript:a)", "[x](data:text/html,x)", "[x](vbscript:x)",
	    "[x](//evil.example)", "[x](/\\evil.example)", "[x](\\\\evil.example)",
	    "![x](//evil.example/a.png)", "![x](data:image/png;base64,AA)",
	    "![x](https://evil.example/a.png)", "![x](../etc/a.png)", "![x](a/../../b.png)",
	    "![x](a.png\" onerror=\"x)", "<javascript:alert(1)>", "![\" onerror=\"alert(1)](\"onload=\")",
	    "[a]: javascript:x\n\n[a]", "```\"><script>\n```", "[x](file:///etc/passwd)"};
	static const char *const never[] = {"<script", "<svg", "onerror=a", "onerror=\"", "=\"java",
	    "=\"JaVa", "=\"vb", "//evil", "=\"data:", "href=\"/\\", "..", "file:", NULL};

	(void)state;
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
		struct buf html = BUF_EMPTY;

		render(sources[i], &html);
		for (size_t n = 0; never[n] != NULL; n++)
			if (strstr(html.data, never[n]) != NULL && strstr(html.data, "&quot;") == NULL)
				fail_msg("%s gives %s", sources[i], html.data);
		buf_free(&html);
	}
	check("[x](https://a.fr/?b=1&c) [y](mailto:a@b.fr) [z](/ici#la)",
	    "<p><a rel=\"noopener\" href=\"https://a.fr/?b=1&amp;c\">x</a> <a href=\"mailto:a@b.fr\">y</a> "
	    "<a href=\"/ici#la\">z</a></p>\n");
}

static void
check_refused(struct str source, enum err want)
{
	struct cmark_node *doc;
	struct fault f = {""};

	assert_int_equal(markdown_read(source, "fr", &doc, &f), want);
	assert_null(doc);
	assert_true(f.text[0] != '\0');
}

static void
AD5_bounds(void **state)
{
	static char big[MARKDOWN_MAX + 1];

	(void)state;
	memset(big, 'a', sizeof big);
	check_refused((struct str){big, sizeof big}, ERR_TOO_LARGE);
	check_refused(STR("un\ndeux \xff trois"), ERR_INVALID);
	memset(big, '[', sizeof big);
	check_refused((struct str){big, MARKDOWN_MAX}, ERR_INVALID);
	memset(big, '>', sizeof big);
	check_refused((struct str){big, 1000}, ERR_INVALID);
}

struct text {
	char at[MARKDOWN_MAX];
	size_t n;
};

static void
fill(struct text *text, const char *piece)
{
	size_t len = strlen(piece);

	for (text->n = 0; text->n + len < sizeof text->at; text->n += len)
		memcpy(text->at + text->n, piece, len);
}

static void
by_cmark_alone(void *arg)
{
	const struct text *text = arg;

	free(cmark_markdown_to_html(text->at, text->n, CMARK_OPT_DEFAULT));
}

/* As an article is read, whatever comes of it. */
static void
by_us(void *arg)
{
	const struct text *text = arg;
	struct cmark_node *doc;
	struct buf html = BUF_EMPTY;
	struct teaser t;

	if (markdown_read((struct str){text->at, text->n}, "fr", &doc, NULL) == ERR_NONE)
		(void)markdown_html(doc, NULL, &html);
	if (doc != NULL)
		assert_int_equal(
		    teaser_cut(doc, (struct teaser_limit){TEASER_PERCENT, 50}, false, &t), ERR_NONE);
	assert_true(html.len <= (size_t)5 << 20);
	markdown_free(doc);
	buf_free(&html);
}

static int64_t
ordinary_effort(void)
{
	static struct text ordinary;

	fill(&ordinary, "La mairie *ouvre* ses [registres](https://example.org/x) : « on y lit **tout** », "
	                "dit-elle.\n\n");
	return effort_of(by_cmark_alone, &ordinary);
}

/* Every piece repeated to the size limit: no source costs much more than its length. */
static void
AD5_pathological_sources_end_in_time(void **state)
{
	static const char *const pieces[] = {"![[]()", "[", "[a](b", "a <?", "<!--", "*a **a ", "*a_ ", "**",
	    ">", "&", "`a``b", "<", "<a b=\"", "- a\n", "<![CDATA[", "<!A ", "a\n", "]", "x](", "[a]: /u\n",
	    "![", "\\`", "~~~\n\n", "\t", "**x", "- ", "1. ", "* ", "\n", "> a\n", "a\n\n", "«", "?", "' ",
	    "10 000 ", "[a] ", "_*", "#\n", "# a\n", "> — a\n\n", "![a](b.png)\n\n", "a ", "[a](/b) ", "\\\n",
	    "<!--more-->\n\n", "\r", "||", "-\n", "`", "é", "👩\u200d"};
	static struct text source;
	int64_t ordinary = ordinary_effort(), most = 0;

	(void)state;
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		int64_t began = effort_now(), took;

		fill(&source, pieces[i]);
		by_us(&source);
		took = effort_now() - began;
		if (took > DEAREST * ordinary)
			took = effort_of(by_us, &source);
		if (took > DEAREST * ordinary)
			fail_msg("%s takes %lld times what ordinary text does", pieces[i],
			    (long long)(took / ordinary));
		most = took > most ? took : most;
	}
	print_message("# the dearest source: %lld times ordinary text\n", (long long)(most / ordinary));
}

static void
deep_then_blank(void *arg)
{
	static char source[MARKDOWN_MAX];
	size_t n = 0;

	(void)arg;
	for (size_t depth = 0; n + depth * 2 + 4 < sizeof source / 2; depth++)
		n += (size_t)snprintf(source + n, sizeof source - n, "%*s- a\n", (int)depth * 2, "");
	memset(source + n, '\n', sizeof source - n);
	check_refused((struct str){source, sizeof source}, ERR_INVALID);
	for (n = 0; n < sizeof source / 2; n += 2)
		memcpy(source + n, "- ", 2);
	source[n] = 'a';
	check_refused((struct str){source, sizeof source}, ERR_INVALID);
}

static void
AD5_lists_deep_then_blank(void **state)
{
	struct cmark_node *doc;

	(void)state;
	assert_true(effort_of(deep_then_blank, NULL) < DEAREST * ordinary_effort());
	assert_int_equal(markdown_read(STR("- a\n  - b\n\n    - c\n"), "fr", &doc, NULL), ERR_NONE);
	markdown_free(doc);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(page8_pull_quotes),
	    cmocka_unit_test(page8_figures),
	    cmocka_unit_test(images_offer_their_versions),
	    cmocka_unit_test(headings_begin_below_the_title),
	    cmocka_unit_test(AD4_nothing_runs_and_nothing_is_fetched),
	    cmocka_unit_test(AD5_bounds),
	    cmocka_unit_test(AD5_pathological_sources_end_in_time),
	    cmocka_unit_test(AD5_lists_deep_then_blank),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
