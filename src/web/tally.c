/* tally.c: who objects, and which article a path is of. */
#include "web/tally.h"

#include "web/visit.h"

void
tally_add(struct context *cx, const struct request *req, enum counter kind, int64_t article_id)
{
	if (!req->uncounted)
		counters_add(cx->site->counters, kind, article_id, req->now);
}

void
tally_add_from(struct context *cx, const struct request *req, enum counter kind, struct str path)
{
	struct str section, slug;
	struct rights *rights;
	int64_t article_id = 0;

	if (visit_path(path, &section, &slug) &&
	    paywall_article(cx->site->paywall, &cx->doors, section, slug, &rights) == ERR_NONE) {
		article_id = rights->article_id;
		memo_release(&rights->head);
	}
	tally_add(cx, req, kind, article_id);
}
