/* page_article.c: rights, reader, verdict, page. */
#include "web/page_article.h"

#include "base/log.h"
#include "base/metrics.h"
#include "format/typography.h"
#include "store/changes.h"
#include "store/related_store.h"
#include "store/revision_store.h"
#include "web/jsonld.h"
#include "web/page_fill.h"
#include "web/panel.h"
#include "web/view.h"
#include "web/view_image.h"

struct subject {
	const struct rights *rights;
	struct visit visit;
	struct str path; /* canonical */
};

static json_t *
bylines(struct context *cx, const struct article *art, struct page_tags *tags)
{
	json_t *list = json_array();

	for (size_t i = 0; list != NULL && i < art->byline_count; i++) {
		const struct article_name *by = &art->bylines[i];
		json_t *o = json_pack("{s:s%, s:s++, s:b, s:b, s:b}", "name", by->name.at, by->name.len,
		    "url", "/author/", arena_cstr(&cx->arena, by->slug), "", "first", i == 0, "last",
		    i + 1 == art->byline_count, "collective", by->collective);

		page_tag(tags, CHANGE_AUTHOR, by->id);
		if (json_array_append_new(list, o) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *
article_tags(struct context *cx, const struct article *art, struct page_tags *tags)
{
	json_t *list = json_array();

	for (size_t i = 0; list != NULL && i < art->tag_count; i++) {
		json_t *o = json_pack("{s:s%, s:s+}", "name", art->tags[i].name.at, art->tags[i].name.len,
		    "url", "/tag/", arena_cstr(&cx->arena, art->tags[i].slug));

		page_tag(tags, CHANGE_TAG, art->tags[i].id);
		if (json_array_append_new(list, o) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *
outline(struct str headings)
{
	json_t *list = json_array();
	struct str line;

	while (list != NULL && headings.len > 0 && str_split(&headings, '\n', &line))
		if (line.len > 0 &&
		    json_array_append_new(list, json_pack("{s:s%}", "text", line.at, line.len)) != 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static int64_t
minutes(const struct context *cx, int64_t words)
{
	int64_t per_minute = cx->setup->config.words_per_minute;

	return words <= 0 ? 0 : (words + per_minute - 1) / per_minute;
}

static bool
add_list(json_t *object, const char *flag, const char *key, json_t *list)
{
	return list != NULL && view_flag(object, flag, json_array_size(list) > 0) &&
	       view_take(object, key, list);
}

/* What was put right since: everybody is told. */
static json_t *
corrections(struct context *cx, const struct article *art)
{
	struct correction *rows = NULL;
	size_t n = 0;
	json_t *list = json_array();

	if (revision_store_corrections(cx->doors.open, &cx->arena, art->id, &rows, &n) != ERR_NONE)
		LOG_ERROR("corrections", LOG_CSTR("reason", db_message(cx->doors.open)));
	for (size_t i = 0; list != NULL && i < n; i++) {
		struct buf note = BUF_EMPTY;
		json_t *o = json_object();

		typography_apply(cx->setup->config.site_language, rows[i].note, &note);
		if (o != NULL && !note.failed && view_text(o, "note", buf_str(&note)) &&
		    view_time(cx, o, "at", rows[i].at))
			(void)json_array_append(list, o);
		json_decref(o);
		buf_free(&note);
	}
	return list;
}

static struct view_image
lead_image(const struct article *art)
{
	return (struct view_image){.name = art->image,
	    .alt = art->image_alt,
	    .credit = art->image_credit,
	    .versions = art->image_versions,
	    .width = art->image_width,
	    .height = art->image_height};
}

static json_t *
article_member(struct context *cx, const struct article *art, const struct subject *s, struct str body,
    struct page_tags *tags)
{
	bool teaser = s->visit.decision.verdict != VERDICT_FULL;
	struct str section_url = arena_printf(&cx->arena, "/" STR_FMT, STR_ARG(art->section));
	const struct view_image image = lead_image(art);
	json_t *o = json_object(), *section = json_object();
	bool ok = o != NULL && section != NULL && view_text(section, "name", art->section_name) &&
	          view_text(section, "url", section_url) && json_object_set(o, "section", section) == 0 &&
	          view_text(o, "slug", art->slug) && view_text(o, "url", s->path) &&
	          view_text(o, "label", art->label) && view_access(o, art->access) &&
	          view_text(o, "title", art->title) && view_text(o, "standfirst", art->standfirst_text) &&
	          add_list(o, "has_bylines", "bylines", bylines(cx, art, tags)) &&
	          view_time(cx, o, "published", art->published_at) &&
	          view_time(cx, o, "updated", art->updated_at) && view_image(o, &image) &&
	          view_text(o, "language",
	              str_eq(art->language, str_of(cx->setup->config.site_language)) ? STR_NONE
	                                                                             : art->language) &&

	          view_text(o, "body_html", body) && view_flag(o, "is_teaser", teaser) &&
	          view_flag(o, "gated", !teaser && access_parse(art->access) != ACCESS_PUBLIC) &&
	          view_number(o, "percent_left", art->percent_left) &&
	          view_number(o, "minutes_left", minutes(cx, art->words - art->words_shown)) &&
	          view_number(o, "minutes", minutes(cx, art->words)) && view_number(o, "words", art->words) &&
	          add_list(o, "has_tags", "tags", article_tags(cx, art, tags)) &&
	          add_list(o, "has_corrections", "corrections", corrections(cx, art)) &&
	          add_list(o, "has_outline", "outline", teaser ? outline(art->outline) : json_array());

	json_decref(section);
	if (ok)
		return o;
	json_decref(o);
	return NULL;
}

static bool
add_related(struct context *cx, const struct request *req, json_t *data, int64_t id, struct page_tags *tags)
{
	struct cards cards = {.count = 0};
	json_t *list;

	if (related_store_cards(cx->doors.open, &cx->arena, id, req->now, (size_t)cx->setup->config.related,
	        &cards) != ERR_NONE)
		LOG_ERROR("related", LOG_CSTR("reason", db_message(cx->doors.open)));
	if (cards.count == 0)
		return view_take(data, "related", json_null());
	list = view_cards(cx, &cards, 0, tags);
	return list != NULL && view_take(data, "related", json_pack("{s:o}", "cards", list));
}

/* What other sites show beside a link to the page. */
static void
add_page_image(struct context *cx, json_t *data, const struct article *art)
{
	const struct view_image image = lead_image(art);
	struct view_share share = view_image_share(&cx->arena, cx->setup->config.site_url, &image);

	if (share.url.at != NULL)
		(void)view_take(json_object_get(data, "page"), "image",
		    json_pack("{s:s%, s:s%, s:o, s:o}", "absolute_url", share.url.at, share.url.len, "alt",
		        art->image_alt.len > 0 ? art->image_alt.at : "", art->image_alt.len, "width",
		        share.width > 0 ? json_integer(share.width) : json_null(), "height",
		        share.height > 0 ? json_integer(share.height) : json_null()));
}

static enum status
read_parts(struct context *cx, const struct subject *s, struct article *art, struct str *body)
{
	enum err e = article_store_read(cx->doors.open, &cx->arena, s->rights->article_id, art);

	if (e == ERR_NONE && s->visit.decision.verdict == VERDICT_FULL)
		e = paywall_body(&cx->doors, &s->visit.decision, s->rights, &cx->arena, body);
	else if (e == ERR_NONE)
		*body = art->teaser_html;
	return response_error(cx->doors.open, "article", e);
}

static enum status
make_article(
    struct context *cx, const struct request *req, const void *subject, json_t **out, struct page_tags *tags)
{
	const struct subject *s = subject;
	struct article art;
	struct str body = STR_NONE;
	enum status status = read_parts(cx, s, &art, &body);
	json_t *data, *article;

	if (status != STATUS_OK)
		return status;
	page_tag(tags, CHANGE_ARTICLE, art.id);
	data = view_page(cx, req, tags, arena_cstr(&cx->arena, art.title), arena_cstr(&cx->arena, s->path));
	article = data == NULL ? NULL : article_member(cx, &art, s, body, tags);
	if (article == NULL || !view_take(data, "article", article) ||
	    !panel_add(cx, data, &(struct panel_of){s->rights, &s->visit, s->path}, tags) ||
	    !add_related(cx, req, data, art.id, tags) ||
	    !view_text(data, "jsonld_html",
	        jsonld_article(cx, &art, s->path, s->visit.decision.verdict == VERDICT_FULL))) {
		json_decref(data);
		return STATUS_UNAVAILABLE;
	}
	view_current(data, art.section, false);
	view_describe(data, art.standfirst_text.len > 0 ? art.standfirst_text : art.teaser_text);
	(void)view_flag(
	    json_object_get(data, "page"), "noarchive", access_parse(art.access) != ACCESS_PUBLIC);
	add_page_image(cx, data, &art);
	*out = data;
	return STATUS_OK;
}

enum status
page_article_preview(struct context *cx, const struct request *req, struct response *res,
    const struct rights *rights, const struct visit *visit, struct str path)
{
	const struct subject s = {rights, *visit, path};
	struct page_tags unused = {.n = 0};
	json_t *data = NULL;
	enum status status = make_article(cx, req, &s, &data, &unused);

	if (data == NULL)
		return status == STATUS_OK ? STATUS_UNAVAILABLE : status;
	view_noindex(data);
	status = page_render(cx, res, "article", data);
	json_decref(data);
	return status;
}

enum status
page_moved(struct context *cx, const struct request *req, struct response *res)
{
	struct str now, path = str_slice(req->url.path, 1, req->url.path.len);

	enum err e = article_store_moved(cx->doors.open, &cx->arena, path, &now);

	res->cache = request_is_plain(req) ? CACHE_SHARED : CACHE_PRIVATE;
	if (e != ERR_NONE)
		return response_error(cx->doors.open, "moved", e);
	return response_redirect(
	    res, cx, STATUS_MOVED, arena_printf(&cx->arena, "/" STR_FMT, STR_ARG(now)), STR_NONE);
}

static void
count_view(struct context *cx, const struct request *req, const struct subject *s)
{
	enum counter kind = s->visit.decision.verdict == VERDICT_FULL ? COUNTER_FULL
	                    : counters_from_search(req->referer)      ? COUNTER_WALL_SEARCH
	                                                              : COUNTER_WALL;

	if (!req->uncounted && req->method == METHOD_GET)
		counters_add(cx->site->counters, kind, s->rights->article_id, req->now);
}

/* All that the page shows beside the article and the reader's standing: the reason, and the free reads left. */
static unsigned
page_class(const struct visit *v)
{
	return (unsigned)v->decision.reason | (unsigned)(v->free_left + 1) << 8;
}

static enum status
show(struct context *cx, const struct request *req, struct response *res, struct rights *rights)
{
	struct subject s = {.rights = rights, .path = req->url.path};
	enum status status = visit_publication(rights, req->now);
	struct page_plan plan = {
	    .template = "article", .path = req->url.path, .make = make_article, .subject = &s};

	if (status != STATUS_OK)
		return status;
	visit_judge(cx, req, rights, &s.visit);
	if (req->method == METHOD_GET)
		usage_count(cx->site->usage, &s.visit.decision);
	plan.class = page_class(&s.visit);
	metrics_add(
	    s.visit.decision.verdict == VERDICT_FULL ? METRIC_DECISIONS_FULL : METRIC_DECISIONS_TEASER, 1);
	count_view(cx, req, &s);
	return page_fill(cx, req, res, &plan);
}

enum status
page_article(struct context *cx, const struct request *req, struct response *res)
{
	struct rights *rights;
	enum status status;
	enum err e = paywall_article(cx->site->paywall, &cx->doors, req->args[0], req->args[1], &rights);

	if (e == ERR_NOT_FOUND)
		return page_moved(cx, req, res);
	if (e != ERR_NONE)
		return response_error(cx->doors.open, "article", e);
	status = show(cx, req, res, rights);
	memo_release(&rights->head);
	return status;
}
