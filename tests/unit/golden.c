/* golden.c: every tests/golden/NAME.md renders to NAME.html, and cut to 20 % to NAME.teaser.html. With --write it
 * writes them anew: look at the difference before you commit it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "format/markdown.h"
#include "format/teaser.h"

static bool writing;

static bool
fixed_size(void *ctx, struct str name, struct picture *out)
{
	(void)ctx;
	(void)name;
	*out = (struct picture){.width = 1200, .height = 800};
	return true;
}

static void
compare(struct arena *a, const char *name, const char *suffix, struct str got)
{
	char path[256];
	struct str want;

	(void)snprintf(path, sizeof path, "tests/golden/%.*s%s", (int)strlen(name) - 3, name, suffix);
	if (writing) {
		assert_int_equal(file_write(path, got, 0644, true, NULL), ERR_NONE);
		return;
	}
	assert_int_equal(file_read(a, path, 1 << 20, &want, NULL), ERR_NONE);
	if (!str_eq(got, want))
		fail_msg("%s: got\n" STR_FMT, path, STR_ARG(got));
}

static void
check(struct arena *a, const char *name)
{
	const struct markdown_media media = {fixed_size, NULL};
	struct buf html = BUF_EMPTY;
	struct cmark_node *doc;
	struct teaser t;
	struct str source;
	char path[256];

	(void)snprintf(path, sizeof path, "tests/golden/%s", name);
	assert_int_equal(file_read(a, path, 1 << 20, &source, NULL), ERR_NONE);
	assert_int_equal(markdown_read(source, "fr", &doc, NULL), ERR_NONE);
	assert_int_equal(markdown_html(doc, &media, &html), ERR_NONE);
	compare(a, name, ".html", buf_str(&html));
	buf_clear(&html);
	assert_int_equal(teaser_cut(doc, (struct teaser_limit){TEASER_PERCENT, 20}, false, &t), ERR_NONE);
	assert_int_equal(markdown_html(doc, &media, &html), ERR_NONE);
	buf_printf(&html, "<!-- %zu of %zu words, %u %% left -->\n", t.shown, t.words, t.percent_left);
	compare(a, name, ".teaser.html", buf_str(&html));
	buf_free(&html);
	markdown_free(doc);
}

static void
page7_to_9_golden_files(void **state)
{
	struct arena a;
	char **names;
	size_t n;

	(void)state;
	arena_init(&a, 8 << 20);
	assert_int_equal(file_list(&a, "tests/golden", ".md", &names, &n, NULL), ERR_NONE);
	assert_true(n >= 5);
	for (size_t i = 0; i < n; i++)
		check(&a, names[i]);
	arena_free(&a);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(page7_to_9_golden_files)};

	writing = argc > 1 && strcmp(argv[1], "--write") == 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
