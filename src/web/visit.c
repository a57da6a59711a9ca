/* visit.c: free reads, gifts and devices, asked for only where they can matter. */
#include "web/visit.h"

#include "core/devices.h"
#include "format/cookie.h"
#include "format/form.h"
#include "store/gift_store.h"
#include "web/response.h"

enum status
visit_publication(const struct rights *rights, int64_t now)
{
	if (rights->withdrawn_at != 0 && rights->withdrawn_at <= now)
		return STATUS_GONE;
	return rights->published_at == 0 || rights->published_at > now ? STATUS_NOT_FOUND : STATUS_OK;
}

bool
visit_path(struct str path, struct str *section, struct str *slug)
{
	struct str rest = str_slice(path, 1, path.len);

	return path.len > 1 && path.at[0] == '/' && str_split(&rest, '/', section) &&
	       str_split(&rest, '/', slug) && section->len > 0 && slug->len > 0 && rest.at == NULL;
}

void
visit_card(struct context *cx, const struct request *req, struct meter_card *out)
{
	struct str token;

	if (cookie_find(req->cookies, STR(METER_COOKIE), &token) != 1)
		token = STR_NONE;
	meter_open(cx->setup->keyring, str_of(cx->setup->config.site_url), token, req->now, out);
}

/* Free reads: of the account when there is one, else of the card. */
static void
count_free_reads(struct context *cx, const struct request *req, const struct rights *rights,
    const struct meter_card *card, struct visit *v)
{
	const struct facts *reader = req->reader;
	const struct config *cfg = &cx->setup->config;
	int64_t limit = reader != NULL ? cfg->meter_free_reads : cfg->meter_anonymous_reads, used = 0;

	if (reader == NULL) {
		v->brings.free_read = meter_has_read(card, rights->article_id);
		used = card->closed ? limit : (int64_t)card->read_count;
	} else {
		v->brings.free_read = facts_free_read(reader, rights->article_id, req->now);
		if (reader->free_read_count > 0 && reader->free_month == meter_month(req->now))
			used = (int64_t)reader->free_read_count;
	}
	v->free_left = limit == 0 ? -1 : (int32_t)(used < limit ? limit - used : 0);
}

/* Whoever opened a gift keeps its number in the cookie; the row says whether it still counts. */
static bool
gift_holds(struct context *cx, const struct request *req, const struct meter_card *card, int64_t article_id)
{
	const struct meter_gift *gift = meter_gift_of(card, article_id);

	return gift != NULL &&
	       gift_store_holds(cx->doors.open, gift->gift_id, article_id, req->now) == ERR_NONE;
}

static void
try_card(struct context *cx, const struct request *req, const struct rights *rights, struct visit *v)
{
	struct meter_card card = {.fresh = true};

	if (req->bears_session)
		visit_card(cx, req, &card);
	if (rights->article.access == ACCESS_METERED)
		count_free_reads(cx, req, rights, &card, v);
	v->brings.gift = gift_holds(cx, req, &card, rights->article_id);
}

static struct devices_visit
device_of(const struct request *req, const struct rights *rights)
{
	const struct session_row *session = &req->reader->session;

	return (struct devices_visit){
	    session->subscriber_id, session->id, rights->article_id, session->created_at, req->now};
}

static void
ask_devices(struct context *cx, const struct request *req, const struct rights *rights, struct visit *v)
{
	struct devices_visit device = device_of(req, rights);

	devices_ask(
	    paywall_devices(cx->site->paywall), &device, &v->brings.devices_ahead, &v->brings.reading_on);
}

static void
note_device(struct context *cx, const struct request *req, const struct rights *rights, const struct visit *v)
{
	struct devices_visit device = device_of(req, rights);

	if (v->decision.verdict == VERDICT_FULL && v->decision.period != NULL &&
	    v->decision.period->source != SOURCE_NETWORK)
		devices_note(paywall_devices(cx->site->paywall), &device);
}

static bool
counts_devices(const struct request *req, const struct rights *rights)
{
	return req->reader != NULL && req->reader->limited && rights->article.access != ACCESS_PUBLIC;
}

void
visit_look(struct context *cx, const struct request *req, const struct rights *rights, struct visit *out)
{
	*out = (struct visit){.brings = req->visit, .free_left = -1};
	if (counts_devices(req, rights))
		ask_devices(cx, req, rights, out);
	out->decision = paywall_decide(rights, req->reader, &out->brings, req->now);
	if (out->decision.verdict == VERDICT_FULL || rights->article.access == ACCESS_UNKNOWN)
		return;
	try_card(cx, req, rights, out);
	out->decision = paywall_decide(rights, req->reader, &out->brings, req->now);
}

void
visit_judge(struct context *cx, const struct request *req, const struct rights *rights, struct visit *out)
{
	visit_look(cx, req, rights, out);
	if (counts_devices(req, rights))
		note_device(cx, req, rights, out);
}

enum status
visit_of_form(struct context *cx, const struct request *req, struct str *path, struct rights **out)
{
	struct str section, slug;
	struct form form;
	enum err e;

	if (form_parse_body(req->content_type, req->body, &cx->arena, &form) != ERR_NONE ||
	    !form_get(&form, "article", path) || !visit_path(*path, &section, &slug))
		return STATUS_BAD_REQUEST;
	e = paywall_article(cx->site->paywall, &cx->doors, section, slug, out);
	return response_error(cx->doors.open, "article", e);
}
