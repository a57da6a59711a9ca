/* Any bytes as an article: refused, or LK6 holds of its teaser. The first two bytes choose the limit. */
#include <stdlib.h>
#include <string.h>

#include "../unit/html_reading.h"
#include "format/markdown.h"
#include "format/teaser.h"
#include "format/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct reading {
	struct buf html, text, links;
};

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static struct reading
read_document(struct cmark_node *doc)
{
	struct reading r = {BUF_EMPTY, BUF_EMPTY, BUF_EMPTY};

	must(markdown_html(doc, NULL, &r.html) == ERR_NONE);
	must(html_read(buf_str(&r.html), &r.text, &r.links));
	return r;
}

static void
reading_free(struct reading *r)
{
	buf_free(&r->html);
	buf_free(&r->text);
	buf_free(&r->links);
}

/* From the first character that shows. */
static struct str
from_text(struct str s)
{
	struct str trimmed = str_trim(s);

	return trimmed.len == 0 ? STR_NONE : str_slice(s, (size_t)(trimmed.at - s.at), s.len);
}

static void
check(const struct reading *full, const struct reading *cut, const struct teaser *t, bool open)
{
	struct str shown = str_trim(buf_str(&cut->text)), rest = from_text(buf_str(&full->text));
	size_t before, after;

	if (!str_starts(rest, shown) && str_ends(shown, STR("…")))
		shown.len -= 3;
	must(str_starts(rest, shown));
	must(str_starts(buf_str(&full->links), buf_str(&cut->links)));
	must(words_count(shown, &before) == ERR_NONE);
	must(words_count(str_slice(rest, shown.len, rest.len), &after) == ERR_NONE);
	must(before + after == t->words);
	must(open || (before == t->shown && t->shown * 3 <= t->words * 2));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct teaser_limit limit = {TEASER_PERCENT, 20};
	struct cmark_node *doc;
	struct reading full, cut;
	struct teaser t;
	bool open = false;

	if (size > 16384)
		return 0;
	if (size >= 2) {
		limit.unit = (enum teaser_unit)(data[0] % 3);
		open = data[0] >= 192;
		limit.amount = data[1] % 99 + 1u;
		data += 2;
		size -= 2;
	}
	if (markdown_read((struct str){(const char *)data, size}, "fr", &doc, NULL) != ERR_NONE)
		return 0;
	full = read_document(doc);
	must(teaser_cut(doc, limit, open, &t) == ERR_NONE);
	cut = read_document(doc);
	check(&full, &cut, &t, open);
	reading_free(&full);
	reading_free(&cut);
	markdown_free(doc);
	return 0;
}
