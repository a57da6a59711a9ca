/* jsonld.h: NewsArticle for search engines, with the paywall said as it is (schema.org; Google, paywalled content). */
#ifndef WEB_JSONLD_H
#define WEB_JSONLD_H

#include "store/article_store.h"
#include "web/site.h"

/* JSON safe inside <script>, in the arena; empty when memory ran out. hasPart names the gated region only when it
 * stands in the same answer (full). */
struct str jsonld_article(struct context *cx, const struct article *art, struct str path, bool full);

#endif
