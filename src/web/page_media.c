/* page_media.c: says to the web server in front which file it may send. */
#include "web/page_media.h"

#include "format/picture.h"
#include "store/media_store.h"
#include "web/heading.h"
#include "web/visit.h"

static bool
may_see(struct context *cx, const struct request *req, struct str section, struct str slug)
{
	struct visit visit;
	struct rights *rights;
	bool full = false;

	if (paywall_article(cx->site->paywall, &cx->doors, section, slug, &rights) != ERR_NONE)
		return false;
	if (visit_publication(rights, req->now) == STATUS_OK) {
		visit_judge(cx, req, rights, &visit);
		full = visit.decision.verdict == VERDICT_FULL;
	}
	memo_release(&rights->head);
	return full;
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
		return heading_status(cx, e);
	if (use.free) {
		res->cache = CACHE_FILE;
		return send_file(cx, res, name);
	}
	for (size_t i = 0; i < use.gated_count; i++)
		if (may_see(cx, req, use.gated[i].section, use.gated[i].slug)) {
			res->cache = CACHE_PRIVATE;
			return send_file(cx, res, name);
		}
	return STATUS_NOT_FOUND;
}
