/* outline.c: <h2 id="…">…</h2> as markdown_html writes it. */
#include "core/outline.h"

#include "format/plain.h"

/* The next heading's content, taken off *html; false at the end. */
static bool
next_heading(struct str *html, struct str *content)
{
	size_t at = str_find(*html, STR("<h2 ")), end;

	*html = str_slice(*html, at, html->len);
	*html = str_slice(*html, str_find(*html, STR(">")) + 1, html->len);
	end = str_find(*html, STR("</h2>"));
	*content = str_slice(*html, 0, end);
	*html = str_slice(*html, end, html->len);
	return content->len > 0;
}

static void
put_text(struct buf *out, struct str content)
{
	struct buf bare = BUF_EMPTY;

	while (content.len > 0) { /* a heading may hold emphasis or a link */
		size_t at = str_find(content, STR("<"));

		buf_put(&bare, str_slice(content, 0, at));
		content = str_slice(content, at, content.len);
		content = str_slice(content, str_find(content, STR(">")) + 1, content.len);
	}
	plain_unescape(out, buf_str(&bare));
	buf_putc(out, '\n');
	out->failed = out->failed || bare.failed;
	buf_free(&bare);
}

void
outline_of(struct buf *out, struct str html, struct str teaser_html)
{
	struct str content;
	size_t shown = 0;

	while (next_heading(&teaser_html, &content))
		shown++;
	for (size_t i = 0; next_heading(&html, &content); i++)
		if (i >= shown)
			put_text(out, content);
}
