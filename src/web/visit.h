/* visit.h: one article for one request: the decision, and what may still be offered. */
#ifndef WEB_VISIT_H
#define WEB_VISIT_H

#include "core/meter.h"
#include "web/request.h"
#include "web/site.h"

struct visit {
	struct entitlement_visit brings;
	struct decision decision;
	int32_t free_left; /* free reads left this month; -1: none are counted here */
};

/* STATUS_OK when the article is there for readers now, else 404 or 410. */
enum status visit_publication(const struct rights *rights, int64_t now);

/* The decision; a device that is shown the whole article counts as reading from now on. */
void visit_judge(
    struct context *cx, const struct request *req, const struct rights *rights, struct visit *out);

/* The same, noting nothing. */
void visit_look(
    struct context *cx, const struct request *req, const struct rights *rights, struct visit *out);

/* The stranger's card; a new one when there is no good cookie. */
void visit_card(struct context *cx, const struct request *req, struct meter_card *out);

/* Section and slug of an own path as forms send it: "/SECTION/SLUG". */
bool visit_path(struct str path, struct str *section, struct str *slug);

/* The article that a form names in its field "article", and its path; *out is the caller's to memo_release. */
enum status visit_of_form(
    struct context *cx, const struct request *req, struct str *path, struct rights **out);

#endif
