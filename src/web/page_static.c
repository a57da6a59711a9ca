/* page_static.c: templates without rows. */
#include "web/page_static.h"

#include "base/clock.h"
#include "core/meter.h"
#include "web/page_fill.h"
#include "web/view.h"

/* The cookies this program sets, for the privacy page: the list is made where they are made. The meter's lives until the
 * month ends, or as long as a gift opened with it. */
static json_t *
cookies(const struct config *cfg)
{
	int64_t gift = cfg->gift_life_s / CLOCK_DAY, month = 31;

	return json_pack("[{s:s, s:I, s:b, s:b}, {s:s, s:I, s:b, s:b}]", "name", SESSION_COOKIE, "days",
	    (json_int_t)(cfg->session_life_s / CLOCK_DAY), "is_session", 1, "is_meter", 0, "name",
	    METER_COOKIE, "days", (json_int_t)(gift > month ? gift : month), "is_session", 0, "is_meter", 1);
}

static struct str
without_slash(struct str path)
{
	return str_slice(path, 1, path.len);
}

static enum status
make_words(
    struct context *cx, const struct request *req, const void *subject, json_t **out, struct page_tags *tags)
{
	const char *name = subject, *path = arena_cstr(&cx->arena, req->url.path);
	const char *title = json_string_value(json_object_get(cx->setup->texts, name));
	json_t *data = view_page(cx, req, tags, title != NULL ? title : name, path);

	if (data == NULL || !view_take(data, "cookies", cookies(&cx->setup->config))) {
		json_decref(data);
		return STATUS_UNAVAILABLE;
	}
	*out = data;
	return STATUS_OK;
}

/* The path's one word is the template's name and its title's key. */
enum status
page_words(struct context *cx, const struct request *req, struct response *res)
{
	const char *name = arena_cstr(&cx->arena, without_slash(req->url.path));
	const struct page_plan plan = {
	    .template = name, .path = req->url.path, .make = make_words, .subject = name};

	return name == NULL ? STATUS_UNAVAILABLE : page_fill(cx, req, res, &plan);
}

static enum status
make_soon(
    struct context *cx, const struct request *req, const void *subject, json_t **out, struct page_tags *tags)
{
	static const char *const services[] = {"login", "subscribe", "newsletter"};
	struct str service = without_slash(req->url.path);
	json_t *data = view_page(
	    cx, req, tags, json_string_value(json_object_get(cx->setup->texts, "soon_over")), NULL);
	json_t *soon = json_object();
	bool known = false, ok = data != NULL && soon != NULL;

	(void)subject;
	for (size_t i = 0; ok && i < sizeof services / sizeof *services; i++) {
		bool here = str_eq(service, str_of(services[i]));

		known = known || here;
		ok = view_flag(soon, services[i], here);
	}
	if (!ok || !view_flag(soon, "other", !known) || json_object_set(data, "soon", soon) != 0) {
		json_decref(soon);
		json_decref(data);
		return STATUS_UNAVAILABLE;
	}
	json_decref(soon);
	view_noindex(data);
	*out = data;
	return STATUS_OK;
}

enum status
page_soon(struct context *cx, const struct request *req, struct response *res)
{
	const struct page_plan plan = {.template = "soon", .path = req->url.path, .make = make_soon};
	enum status status = page_fill(cx, req, res, &plan);

	res->cache = CACHE_NONE;
	return status;
}
