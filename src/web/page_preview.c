/* page_preview.c: drafts and scheduled articles behind a link that ends (LK8). */
#include "web/page_preview.h"

#include "core/preview.h"
#include "store/article_store.h"
#include "web/response.h"
#include "web/page_article.h"

static enum status
show(struct context *cx, const struct request *req, struct response *res, const struct article *art)
{
	struct visit visit = {.brings = {.preview = true}, .free_left = -1};
	struct rights *rights;
	enum status status;
	enum err e = paywall_article(cx->site->paywall, &cx->doors, art->section, art->slug, &rights);

	if (e != ERR_NONE)
		return response_error(cx->doors.open, "preview", e);
	visit.decision = paywall_decide(rights, req->reader, &visit.brings, req->now);
	status = page_article_preview(cx, req, res, rights, &visit,
	    arena_printf(&cx->arena, "/" STR_FMT "/" STR_FMT, STR_ARG(art->section), STR_ARG(art->slug)));
	memo_release(&rights->head);
	return status;
}

enum status
page_preview(struct context *cx, const struct request *req, struct response *res)
{
	struct str site_url = str_of(cx->setup->config.site_url);
	struct article *art = arena_alloc(&cx->arena, sizeof *art);
	int64_t id;
	enum err e = art == NULL ? ERR_MEMORY
	                         : preview_read(cx->setup->keyring, site_url, req->args[0], req->now, &id);

	if (response_line(res, &cx->arena, "X-Robots-Tag", STR("noindex")) != ERR_NONE)
		return STATUS_UNAVAILABLE;
	if (e == ERR_NONE)
		e = article_store_read(cx->doors.open, &cx->arena, id, art);
	return e == ERR_NONE ? show(cx, req, res, art) : response_error(cx->doors.open, "preview", e);
}
