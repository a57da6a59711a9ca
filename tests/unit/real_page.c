/* The real page's article typed in by hand, from ../shared/seed/page.txt when that is present: part for part. The rest
 * of its text is not known; filler stands for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "format/markdown.h"
#include "format/teaser.h"
#include "format/typography.h"
#include "format/words.h"

#define HIDDEN "CANARI"

struct page {
	struct arena arena;
	struct str title, body; /* body: Markdown of what the page shows, with filler after it */
	size_t shown;           /* words that the page shows */
};

/* The line that begins so, and what follows it, are taken off rest. */
static struct str
line_with(struct str *rest, const char *start)
{
	struct str line;

	while (str_split(rest, '\n', &line))
		if (str_starts(str_trim(line), str_of(start)))
			return str_trim(line);
	fail_msg("no line begins %s", start);
	return STR_NONE;
}

/* One line of the body as an editor would type it. */
static void
type_line(struct buf *out, struct str line)
{
	if (str_starts(line, STR("Christine Lavarde")) && line.len == 17)
		buf_puts(out, ">\n> — ");
	else if (str_starts(line, STR("Sénatrice")) || str_starts(line, STR("« Cela")))
		buf_puts(out, "> ");
	buf_put(out, line);
	buf_puts(out,
	    str_starts(line, STR("« Cela")) || str_starts(line, STR("Christine Lavarde")) ? "\n" : "\n\n");
}

static bool
page_read(struct page *p)
{
	struct buf body = BUF_EMPTY;
	struct str text, line, seen;
	size_t words;

	arena_init(&p->arena, 1 << 20);
	p->shown = 0;
	if (file_read(&p->arena, "../shared/seed/page.txt", 1 << 18, &text, NULL) != ERR_NONE)
		return false;
	p->title = line_with(&text, "Colloque");
	(void)line_with(&text, "Publié le");
	while (str_split(&text, '\n', &line) && !str_starts(line, STR("Il vous reste"))) {
		line = str_trim(line);
		if (line.len == 0)
			continue;
		assert_int_equal(words_count(line, &words), ERR_NONE);
		p->shown += words;
		seen = str_ends(line, STR("...")) ? str_slice(line, 0, line.len - 3) : line;
		if (seen.len < line.len) {
			buf_put(&body, seen);
			buf_puts(&body, " " HIDDEN);
		} else {
			type_line(&body, line);
		}
	}
	for (size_t n = 1; n < 4 * p->shown; n++)
		buf_puts(&body, " " HIDDEN);
	p->body = arena_copy(&p->arena, buf_str(&body));
	buf_free(&body);
	return true;
}

static void
page_parts_3_to_10(void **state)
{
	struct page p;
	struct cmark_node *doc;
	struct teaser t;
	struct buf full = BUF_EMPTY, html = BUF_EMPTY, title = BUF_EMPTY;

	(void)state;
	if (!page_read(&p)) {
		arena_free(&p.arena);
		skip();
	}
	typography_apply("fr", p.title, &title);
	assert_true(str_ends(buf_str(&title), STR("l’IA dans les collectivités\u202f?")));
	assert_int_equal(markdown_read(p.body, "fr", &doc, NULL), ERR_NONE);
	assert_int_equal(markdown_html(doc, NULL, &full), ERR_NONE);
	assert_int_equal(teaser_cut(doc, (struct teaser_limit){TEASER_PERCENT, 20}, false, &t), ERR_NONE);
	assert_int_equal(markdown_html(doc, NULL, &html), ERR_NONE);
	assert_true(str_find(buf_str(&full), STR(HIDDEN)) < full.len);
	assert_int_equal(str_find(buf_str(&html), STR(HIDDEN)), html.len);
	assert_true(str_find(buf_str(&html), STR("Objectif\u00a0: proposer")) < html.len);
	assert_true(str_find(buf_str(&html),
	                STR("<figcaption><strong class=\"name\">Christine Lavarde</strong> <span "
	                    "class=\"office\">Sénatrice des Hauts-de-Seine, présidente")) < html.len);
	assert_true(str_find(buf_str(&html), STR("<blockquote>\n<p>«\u202fCela nous a fait")) < html.len);
	assert_true(str_ends(buf_str(&html), STR("mais quand il s’agit de nourrir des…</p>\n")));
	assert_int_equal(t.shown, p.shown);
	assert_int_equal(t.percent_left, 80);
	markdown_free(doc);
	buf_free(&full);
	buf_free(&html);
	buf_free(&title);
	arena_free(&p.arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(page_parts_3_to_10)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
