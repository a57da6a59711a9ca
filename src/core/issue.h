/* issue.h: the text of an issue, with articles in it as far as its reader may read them. */
#ifndef CORE_ISSUE_H
#define CORE_ISSUE_H

#include "core/paywall.h"
#include "format/config.h"
#include "format/template.h"
#include "store/article_store.h"

#define ISSUE_ARTICLES 32
#define ISSUE_PIECES (2 * ISSUE_ARTICLES + 1)

struct issue_shop {
	const struct config *config;
	const struct template_set *templates;
	const json_t *common; /* members of every template's data */
	struct paywall *paywall;
	struct paywall_doors doors;
};

struct issue_article {
	struct str slug;
	struct article article;
	struct rights *rights; /* NULL: not there for readers; the issue leaves it out */
};

/* Markdown and articles in turn. Strings live in the arena. */
struct issue_text {
	struct {
		struct str markdown;
		size_t article; /* index, when markdown.at == NULL */
	} pieces[ISSUE_PIECES];
	struct issue_article articles[ISSUE_ARTICLES];
	size_t piece_count, article_count;
};

/* Parts the Markdown at lines that say {{article: SLUG}}. ERR_INVALID with "line N: …". */
enum err issue_parse(struct arena *a, struct str markdown, struct issue_text *out, struct fault *f);

/* Looks the articles up. missing (may be NULL): the first slug that no published article has; then it is left out. */
enum err issue_resolve(const struct issue_shop *shop, struct arena *a, struct issue_text *text, int64_t now,
    struct str *missing);
void issue_release(struct issue_text *text);

/* Which articles the reader may have in full: a bit each. facts NULL: everybody. Asks paywall_decide. */
uint32_t issue_mask(const struct issue_text *text, const struct facts *facts, int64_t now);

/* Appends the issue as HTML for this reader, links absolute. */
enum err issue_html(const struct issue_shop *shop, const struct issue_text *text, const struct facts *facts,
    int64_t now, struct buf *out, struct fault *f);

#endif
