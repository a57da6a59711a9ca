/* panel.h: what stands around an article's text: the way in for who sees the teaser, a note for who reads it whole. */
#ifndef WEB_PANEL_H
#define WEB_PANEL_H

#include <jansson.h>

#include "store/subscription_store.h"
#include "web/page_cache.h"
#include "web/visit.h"

struct panel_of {
	const struct rights *rights;
	const struct visit *visit;
	struct str path; /* canonical, of the article */
};

/* name slug description price_text per_month per_quarter per_year of a plan; NULL: no memory. */
json_t *panel_plan(struct context *cx, const struct plan *p);

/* Sets data's panel, note and give (templates/README.md); false when memory ran out. Nothing in them is personal. */
bool panel_add(struct context *cx, json_t *data, const struct panel_of *p, struct page_tags *tags);

#endif
