/* page_article.h: an article, whole or as its teaser with the subscribe panel. */
#ifndef WEB_PAGE_ARTICLE_H
#define WEB_PAGE_ARTICLE_H

#include "web/response.h"
#include "web/visit.h"

enum status page_article(struct context *cx, const struct request *req, struct response *res);

/* The article as the visit may have it, whatever its state, for this one answer; path: its address. */
enum status page_article_preview(struct context *cx, const struct request *req, struct response *res,
    const struct rights *rights, const struct visit *visit, struct str path);

/* Where the path (SECTION, SECTION/SLUG, author/SLUG, tag/SLUG) has moved to: 301 there, else 404. */
enum status page_moved(struct context *cx, const struct request *req, struct response *res);

#endif
