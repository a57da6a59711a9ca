/* view.h: the data that templates are given (templates/README.md), from rows and settings. */
#ifndef WEB_VIEW_H
#define WEB_VIEW_H

#include <jansson.h>

#include "store/article_store.h"
#include "store/list_store.h"
#include "store/section_store.h"
#include "web/page_cache.h"
#include "web/request.h"
#include "web/site.h"

/* Kinds of page_tags beside enum change_kind: a list that new articles enter. */
enum view_tag {
	VIEW_LIST_HOME = 100,
	VIEW_LIST_SECTION,
	VIEW_LIST_AUTHOR,
	VIEW_LIST_TAG,
	VIEW_LISTS,
	VIEW_SITEMAP /* a part of it */
};

/* What is common to all pages. canonical: path, or NULL for none. The caller's to json_decref; NULL: out of memory or
 * no database, logged. */
json_t *view_page(struct context *cx, const struct request *req, struct page_tags *tags, const char *title,
    const char *canonical);

void view_describe(json_t *data, struct str description); /* page.description; empty: none */
void view_noindex(json_t *data);
void view_current(json_t *data, struct str section, bool exact); /* marks the section in the navigation */

/* Adds the two feeds of the list at path to what browsers are told of. */
bool view_feed(struct context *cx, json_t *data, struct str name, struct str path);

/* Members of an object; an empty text is null, as Mustache needs it. All give false when memory ran out. */
bool view_text(json_t *object, const char *key, struct str text);
bool view_flag(json_t *object, const char *key, bool on);
bool view_number(json_t *object, const char *key, int64_t n);
bool view_take(json_t *object, const char *key, json_t *value); /* takes the reference over */

/* published_iso, published_text and their like; at 0: both null. */
bool view_time(const struct context *cx, json_t *object, const char *name, int64_t at);
struct str view_date(const struct context *cx, struct arena *a, int64_t at); /* 15 novembre 2024 */

struct str view_month(const struct context *cx, struct arena *a, int64_t at); /* novembre 2024 */
struct str view_clock(const struct context *cx, struct arena *a, int64_t at); /* 18 h 45 */
struct str view_moment(
    const struct context *cx, struct arena *a, int64_t at); /* 15 novembre 2024 à 18 h 45 */

bool view_access(json_t *object, struct str access); /* the four access_… flags */

json_t *view_card(struct context *cx, const struct card *card, struct page_tags *tags);
json_t *view_cards(struct context *cx, const struct cards *cards, size_t from, struct page_tags *tags);

#endif
