/* page_pause.c: days typed by a reader become a pause; the store says whether the plan allows it. */
#include "web/page_pause.h"

#include <stdio.h>

#include "base/clock.h"
#include "store/pause_store.h"
#include "web/account.h"
#include "web/sign_in.h"
#include "web/view.h"

#define DATE 16 /* room for 2026-11-30 */

/* What the form shows again after a refusal. notice: a flag of the template's, or NULL. */
struct typed {
	struct str from, until;
	const char *notice;
};

static int64_t
midnight(int64_t at, int days_later)
{
	struct clock_date d = clock_local(at);

	d.day += days_later;
	d.hour = d.minute = 0;
	return clock_from_local(d);
}

static void
write_date(int64_t at, char out[DATE])
{
	struct clock_date d = clock_local(at);

	(void)snprintf(out, DATE, "%04d-%02d-%02d", d.year % 10000, d.month % 100, d.day % 100);
}

/* The first day at once when it is today; the last day is paused too. */
static bool
read_days(const struct typed *t, struct pause_wish *w)
{
	if (t->from.len != 10 || t->until.len != 10 || !clock_parse(t->from, &w->starts_at) ||
	    !clock_parse(t->until, &w->ends_at))
		return false;
	if (w->starts_at == midnight(w->now, 0))
		w->starts_at = w->now;
	w->ends_at = midnight(w->ends_at, 1);
	return true;
}

static json_t *
planned_view(struct context *cx, const struct pause *pauses, size_t n, int64_t now)
{
	json_t *list = json_array();

	for (size_t i = 0; list != NULL && i < n; i++) {
		json_t *o;

		if (pauses[i].starts_at <= now)
			continue;
		o = json_object();
		if (o == NULL || !view_number(o, "id", pauses[i].id) ||
		    !view_time(cx, o, "from", pauses[i].starts_at) ||
		    !view_time(cx, o, "until", pauses[i].ends_at == 0 ? 0 : pauses[i].ends_at - 1) ||
		    json_array_append(list, o) != 0) {
			json_decref(o);
			json_decref(list);
			return NULL;
		}
		json_decref(o);
	}
	return list;
}

static bool
is_paused(const struct pause *pauses, size_t n, int64_t now)
{
	for (size_t i = 0; i < n; i++)
		if (pauses[i].starts_at <= now && (pauses[i].ends_at == 0 || now < pauses[i].ends_at))
			return true;
	return false;
}

/* pause{allowed left from until today paused has_planned planned[] wrong_…}; NULL: unavailable. */
static json_t *
pause_view(struct context *cx, const struct request *req, const struct typed *t)
{
	static const char *const notices[] = {"wrong_dates", "wrong_long", "wrong_taken", "wrong_none"};
	const int64_t id = req->reader->session.subscriber_id;
	struct pause *pauses = NULL;
	char today[DATE];
	int64_t left = 0;
	size_t n = 0;
	json_t *o = json_object(), *planned = NULL;
	bool ok = o != NULL && pause_store_left(cx->doors.full, id, req->now, &left) == ERR_NONE &&
	          pause_store_list(cx->doors.full, &cx->arena, id, &pauses, &n) == ERR_NONE &&
	          (planned = planned_view(cx, pauses, n, req->now)) != NULL;

	write_date(req->now, today);
	for (size_t i = 0; ok && i < sizeof notices / sizeof *notices; i++)
		ok = view_flag(o, notices[i], false);
	ok = ok && view_flag(o, "has_planned", json_array_size(planned) > 0) &&
	     view_take(o, "planned", planned) && view_number(o, "left", left) &&
	     view_flag(o, "allowed", left > 0) && view_flag(o, "one_left", left == 1) &&
	     view_flag(o, "paused", is_paused(pauses, n, req->now)) && view_text(o, "today", str_of(today)) &&
	     view_text(o, "from", t->from.len > 0 ? t->from : str_of(today)) &&
	     view_text(o, "until", t->until) && (t->notice == NULL || view_flag(o, t->notice, true));
	if (ok)
		return o;
	json_decref(o);
	return NULL;
}

static enum status
show(struct context *cx, const struct request *req, struct response *res, const struct typed *t)
{
	struct subscriber reader;
	enum status status;
	json_t *data = account_page(cx, req, "access", "pause_title", &reader, &status);

	if (data == NULL)
		return status;
	if (!view_take(data, "pause", pause_view(cx, req, t))) {
		json_decref(data);
		return STATUS_UNAVAILABLE;
	}
	return account_render(
	    cx, res, "account_pause", data, t->notice == NULL ? STATUS_OK : STATUS_UNPROCESSABLE);
}

static enum status
again(
    struct context *cx, const struct request *req, struct response *res, struct typed *t, const char *notice)
{
	t->notice = notice;
	return show(cx, req, res, t);
}

static enum status
done(struct context *cx, const struct request *req, struct response *res)
{
	sign_in_forget(cx, req, true);
	return response_redirect(res, cx, STATUS_SEE_OTHER, STR("/account/pause"), STR_NONE);
}

static enum status
ask(struct context *cx, const struct request *req, struct response *res, struct db *db)
{
	struct typed t = {.from = str_trim(sign_in_field(req, &cx->arena, "from")),
	    .until = str_trim(sign_in_field(req, &cx->arena, "until"))};
	struct pause_wish w = {.subscriber_id = req->reader->session.subscriber_id, .now = req->now};
	struct fault f = {""};
	enum err e;

	if (!read_days(&t, &w))
		return again(cx, req, res, &t, "wrong_dates");
	switch (e = pause_store_ask(db, &w, &f)) {
	case ERR_NONE: return done(cx, req, res);
	case ERR_INVALID: return again(cx, req, res, &t, "wrong_dates");
	case ERR_CONFLICT: return again(cx, req, res, &t, "wrong_taken");
	case ERR_DENIED: return again(cx, req, res, &t, "wrong_long");
	case ERR_NOT_FOUND: return again(cx, req, res, &t, "wrong_none");
	default: return account_fault(&f, e);
	}
}

/* A pause that has begun meanwhile stays, and the next page shows it. */
static enum status
cancel(struct context *cx, const struct request *req, struct response *res, struct db *db)
{
	struct fault f = {""};
	int64_t id;
	enum err e;

	if (!str_to_int(sign_in_field(req, &cx->arena, "cancel"), 1, INT64_MAX, &id))
		return STATUS_NOT_FOUND;
	e = pause_store_cancel(db, req->reader->session.subscriber_id, id, &f);
	if (e == ERR_NOT_FOUND)
		return STATUS_NOT_FOUND;
	return e == ERR_NONE || e == ERR_INVALID ? done(cx, req, res) : account_fault(&f, e);
}

enum status
page_pause(struct context *cx, const struct request *req, struct response *res)
{
	enum status status = account_guard(cx, req, res);
	struct db *db;

	if (status != STATUS_OK)
		return status;
	if (req->method != METHOD_POST)
		return show(cx, req, res, &(struct typed){.notice = NULL});
	if ((db = context_writer(cx)) == NULL)
		return STATUS_UNAVAILABLE;
	return sign_in_field(req, &cx->arena, "cancel").len > 0 ? cancel(cx, req, res, db)
	                                                        : ask(cx, req, res, db);
}
