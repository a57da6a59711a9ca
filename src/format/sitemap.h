/* sitemap.h: sitemaps.org 0.9, its index, and Google's news extension. */
#ifndef FORMAT_SITEMAP_H
#define FORMAT_SITEMAP_H

#include "base/buf.h"

/* Append to out, whose failed says whether memory ran out. */
void sitemap_begin(struct buf *out, bool index, bool news);
void sitemap_address(struct buf *out, struct str url, int64_t changed_at); /* an article or a list */
void sitemap_part(struct buf *out, struct str url);                        /* in an index: another sitemap */

struct sitemap_news {
	struct str url, publication, language, title;
	int64_t published_at;
};
void sitemap_article(struct buf *out, const struct sitemap_news *news);
void sitemap_end(struct buf *out, bool index);

#endif
