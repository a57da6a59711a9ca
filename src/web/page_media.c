/* page_media.c: says to the web server in front which file it may send. */
#include "web/page_media.h"

#include "format/picture.h"
#include "store/media_store.h"
#include "web/response.h"
#include "web/visit.h"

/* ERR_NONE: the reader sees what the article shows; ERR_NOT_FOUND: not. */
static enum err
may_see(struct context *cx, const struct request *req, struct str section, struct str slug)
{
	struct visit visit;
	struct rights *rights;
	enum err e = paywall_article(cx->site->paywall, &cx->doors, section, slug, &rights);

	if (e != ERR_NONE)
		return e;
	e = ERR_NOT_FOUND;
	if (visit_publication(rights, req->now) == STATUS_OK) {
		visit_judge(cx, req, rights, &visit);
		e = visit.decision.verdict == VERDICT_FULL ? ERR_NONE : ERR_NOT_FOUND;
	}
	memo_release(&rights->head);
	return e;
}

/* The name went through url_canonical: no dot segment, no escape that could become one. */
static enum status
send_file(struct context *cx, struct response *res, struct str name)
{
	struct str where = arena_printf(&cx->arena, "/protected-media/" STR_FMT, STR_ARG(name));

	if (where.at == NULL || response_line(res, &cx->arena, "X-Accel-Redirect", where) != ERR_NONE)
		return STATUS_UNAVAILABLE;
	return STATUS_OK;
}

enum status
page_media(struct context *cx, const struct request *req, struct response *res)
{
	struct str name = str_slice(req->url.path, sizeof "/media/" - 1, req->url.path.len);
	struct str original;
	struct media_use use;
	enum err e = media_store_use(cx->doors.open, &cx->arena, name, &use);

	/* A smaller version is shown to whom the image is. */
	if (e == ERR_NOT_FOUND && picture_original(name, &original))
		e = media_store_use(cx->doors.open, &cx->arena, original, &use);
	if (e != ERR_NONE)
		return response_error(cx->doors.open, "media", e);
	if (use.free) {
		res->cache = CACHE_FILE;
		return send_file(cx, res, name);
	}
	e = ERR_NOT_FOUND;
	for (size_t i = 0; i < use.gated_count && e == ERR_NOT_FOUND; i++)
		e = may_see(cx, req, use.gated[i].section, use.gated[i].slug);
	if (e != ERR_NONE)
		return response_error(cx->doors.open, "media", e);
	res->cache = CACHE_PRIVATE;
	return send_file(cx, res, name);
}
