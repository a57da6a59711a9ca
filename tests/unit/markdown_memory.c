/* markdown_memory.c: a text that finds no memory is refused, wherever it runs out, and the program goes on (FT19). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "format/markdown.h"
#include "format/markdown_memory.h"
#include "format/teaser.h"

static const char source[] =
    "# Un titre\n\nUn paragraphe « long » avec *emphase*, [un lien](https://example.org/ \"titre\") et "
    "`code`.\n"
    "Il va\nsur plusieurs lignes ; il dit : \"oui\" !\n\n"
    "![Une image](plan.webp \"Une légende — Crédit : moi\")\n\n> Une citation\n>\n> — Quelqu'un, maire\n\n"
    "- un\n- deux\n  - trois\n\n<!--more-->\n\n## La suite\n\nLe reste, qui ne se lit pas.\n";

struct made {
	struct buf html, teaser, text;
	struct teaser facts;
};

static void
made_free(struct made *m)
{
	buf_free(&m->html);
	buf_free(&m->teaser);
	buf_free(&m->text);
}

/* As core/publish.c does it. */
static enum err
make(struct str text, size_t memory, struct made *out)
{
	struct teaser_limit limit = {TEASER_WORDS, 20};
	struct cmark_node *doc = NULL;
	struct fault f = {""};
	enum err e = markdown_read_within(memory, text, "fr", &doc, &f);

	*out = (struct made){BUF_EMPTY, BUF_EMPTY, BUF_EMPTY, {0, 0, 0}};
	if (e == ERR_NONE)
		e = markdown_html(doc, NULL, &out->html);
	if (e == ERR_NONE)
		e = teaser_cut(doc, limit, false, &out->facts);
	if (e == ERR_NONE)
		e = markdown_html(doc, NULL, &out->teaser);
	if (e == ERR_NONE) {
		teaser_text(doc, &out->text);
		if (out->text.failed)
			e = ERR_MEMORY;
	}
	markdown_free(doc);
	return e;
}

static void
FT19_every_bound_is_refused_or_enough(void **state)
{
	static char large[100000];
	struct made whole, made;
	size_t n = 0, refused = 0, last = 0;

	(void)state;
	while (n + sizeof source < sizeof large) {
		memcpy(large + n, source, sizeof source - 1);
		n += sizeof source - 1;
	}
	assert_int_equal(make((struct str){large, n}, SIZE_MAX, &whole), ERR_NONE);
	for (size_t memory = 0; memory < (size_t)256 << 20; memory += memory / 16 + 1000) {
		enum err e = make((struct str){large, n}, memory, &made);

		if (e == ERR_MEMORY) {
			refused++;
			last = memory;
		} else {
			assert_int_equal(e, ERR_NONE);
			assert_true(str_eq(buf_str(&made.html), buf_str(&whole.html)));
			assert_true(str_eq(buf_str(&made.teaser), buf_str(&whole.teaser)));
			assert_true(str_eq(buf_str(&made.text), buf_str(&whole.text)));
		}
		made_free(&made);
	}
	made_free(&whole);
	assert_true(refused > 20);
	assert_true(last < (size_t)64 << 20);
}

static enum err
take_in_turn(void *arg)
{
	struct cmark_node **docs = arg;
	struct buf out = BUF_EMPTY;
	enum err e = markdown_html(docs[1], NULL, &out);

	assert_true(str_find(buf_str(&out), STR("deux")) < out.len);
	buf_clear(&out);
	if (e == ERR_NONE)
		e = markdown_html(docs[0], NULL, &out);
	assert_true(out.len > 0);
	buf_free(&out);
	return e;
}

static void
FT19_two_documents_keep_apart(void **state)
{
	struct cmark_node *docs[2];
	struct fault f;

	(void)state;
	assert_int_equal(markdown_read(STR("un"), "fr", &docs[0], &f), ERR_NONE);
	assert_int_equal(markdown_read(STR("deux"), "fr", &docs[1], &f), ERR_NONE);
	assert_int_equal(markdown_run(docs[0], take_in_turn, docs), ERR_NONE);
	markdown_free(docs[0]);
	assert_int_equal(take_in_turn((struct cmark_node *[]){docs[1], docs[1]}), ERR_NONE);
	markdown_free(docs[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(FT19_every_bound_is_refused_or_enough),
	    cmocka_unit_test(FT19_two_documents_keep_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
