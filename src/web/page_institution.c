/* page_institution.c: the list of seats, an invitation, the end of one. Whose seats they are stands in every statement. */
#include "web/page_institution.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/token.h"
#include "core/auth.h"
#include "core/seal.h"
#include "store/institution_batch.h"
#include "store/institution_store.h"
#include "store/outbox_store.h"
#include "store/seat_store.h"
#include "web/account.h"
#include "web/sign_in.h"
#include "web/view.h"

#define MONTHS 12
#define FEW 5 /* months with fewer articles are shown as such: in a small house a sum is a person */

static json_t *
member_view(struct context *cx, const struct seat *s)
{
	json_t *o = json_object();
	char id[24];

	(void)snprintf(id, sizeof id, "%lld", (long long)s->id);
	if (o != NULL && view_text(o, "seat", str_of(id)) && view_text(o, "email", s->email) &&
	    view_flag(o, "invited", s->invitation) &&
	    view_text(o, "act", s->invitation ? STR("withdraw") : STR("end")) &&
	    account_moment(cx, o, "since", s->created_at))
		return o;
	json_decref(o);
	return NULL;
}

static json_t *
members_view(struct context *cx, int64_t institution_id)
{
	struct seat *seats;
	size_t n = 0;
	json_t *list = json_array();

	if (seat_store_list(cx->doors.full, &cx->arena, institution_id, false, &seats, &n) != ERR_NONE) {
		json_decref(list);
		return NULL;
	}
	for (size_t i = 0; list != NULL && i < n; i++)
		if (json_array_append_new(list, member_view(cx, &seats[i])) != 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

/* 2026-11 as novembre 2026. */
static struct str
month_name(struct context *cx, struct str month)
{
	int64_t at;

	return clock_parse(arena_printf(&cx->arena, STR_FMT "-01", STR_ARG(month)), &at)
	           ? view_month(cx, &cx->arena, at)
	           : month;
}

static json_t *
months_view(struct context *cx, int64_t institution_id)
{
	struct institution_month *months;
	size_t n = 0;
	json_t *list = json_array();

	if (institution_usage_list(cx->doors.full, &cx->arena, institution_id, MONTHS, &months, &n) !=
	    ERR_NONE)
		n = 0;
	for (size_t i = 0; i < n; i++) {
		struct str name = month_name(cx, months[i].month);

		(void)json_array_append_new(list,
		    json_pack("{s:s%, s:I, s:I, s:b}", "month", name.at, name.len, "opened",
		        (json_int_t)(months[i].seat + months[i].network), "network",
		        (json_int_t)months[i].network, "few", months[i].seat + months[i].network < FEW));
	}
	return list;
}

static json_t *
institution_view(struct context *cx, const struct institution *it)
{
	json_t *o = json_object(), *members = members_view(cx, it->id), *months = months_view(cx, it->id);
	bool has_members = json_array_size(members) > 0, has_months = json_array_size(months) > 0;

	/* Both are taken over, also when the object is not made. */
	if (view_take(o, "members", members) && view_take(o, "months", months) &&
	    view_flag(o, "has_members", has_members) && view_flag(o, "has_months", has_months) &&
	    view_number(o, "id", it->id) && view_text(o, "name", it->name) &&
	    view_number(o, "seats", it->seats) && view_number(o, "taken", it->taken) &&
	    view_flag(o, "free", it->taken < it->seats) &&
	    view_time(cx, o, "until", it->until > 0 ? it->until - 1 : 0))
		return o;
	json_decref(o);
	return NULL;
}

/* The institutions that the reader looks after. */
static json_t *
institutions_view(struct context *cx, const struct request *req)
{
	struct institution it;
	int64_t *ids;
	size_t n = 0;
	json_t *list = json_array();
	enum err e = seat_store_managed(
	    cx->doors.full, &cx->arena, req->reader->session.subscriber_id, &ids, &n);

	for (size_t i = 0; i < n && e == ERR_NONE; i++) {
		struct str ref = arena_printf(&cx->arena, "%lld", (long long)ids[i]);

		e = institution_store_find(cx->doors.full, &cx->arena, ref, req->now, &it, NULL);
		if (e == ERR_NONE && json_array_append_new(list, institution_view(cx, &it)) != 0)
			e = ERR_MEMORY;
	}
	if (e == ERR_NONE)
		return list;
	json_decref(list);
	return NULL;
}

static json_t *
invitations_view(struct context *cx, struct str email)
{
	struct str *names;
	size_t n = 0;
	json_t *list = json_array();

	if (seat_store_invitations(cx->doors.full, &cx->arena, email, &names, &n) != ERR_NONE)
		n = 0;
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(list, json_pack("{s:s%}", "name", names[i].at, names[i].len));
	return list;
}

/* notice: a flag of the template's, or NULL. */
static enum status
show(struct context *cx, const struct request *req, struct response *res, const char *notice)
{
	struct subscriber reader;
	enum status status;
	json_t *data = account_page(cx, req, "institution", "institution_title", &reader, &status);
	json_t *account, *institutions, *invitations;
	bool nothing;

	if (data == NULL)
		return status;
	account = json_object_get(data, "account");
	institutions = institutions_view(cx, req);
	invitations = invitations_view(cx, reader.email);
	nothing = json_array_size(institutions) + json_array_size(invitations) == 0;
	/* Taken over first: these are always there, the others only when they could be read. */
	if (!view_take(account, "invitations", invitations) ||
	    !view_take(account, "institutions", institutions) || !view_flag(account, "nothing", nothing) ||
	    (notice != NULL && !view_flag(account, notice, true))) {
		json_decref(data);
		return STATUS_UNAVAILABLE;
	}
	return account_render(
	    cx, res, "account_institution", data, notice == NULL ? STATUS_OK : STATUS_UNPROCESSABLE);
}

static enum status
back(struct context *cx, struct response *res)
{
	return response_redirect(res, cx, STATUS_SEE_OTHER, STR("/account/institution"), STR_NONE);
}

/* Within the invitation's transaction. Who was written to too often gets no further mail; the invitation stands. */
static enum err
put_mail(struct context *cx, const struct request *req, struct db *db, const struct institution *it,
    struct str email, struct fault *f)
{
	struct outbox_mail mail = {.to = email, .template = "mail_seat"};
	uint8_t key[PASETO_KEY];
	json_t *data;
	char *text;
	enum err e;

	seal_secret(cx->setup->keyring, SEAL_HASH, key);
	e = outbox_store_budget(db, &(struct outbox_budget){.purpose = "seat",
	                                .to = email,
	                                .ip = req->peer,
	                                .key = key,
	                                .per_day = cx->setup->config.mail_per_day,
	                                .now = req->now});
	token_wipe(key, sizeof key);
	if (e != ERR_NONE)
		return e == ERR_BUSY ? ERR_NONE : e;
	data = json_pack("{s:s%, s:s+}", "institution", it->name.at, it->name.len, "link",
	    cx->setup->config.site_url, "/login?next=/account/institution");
	text = data == NULL ? NULL : json_dumps(data, JSON_COMPACT);
	json_decref(data);
	mail.data = text == NULL ? STR_NONE : arena_copy(&cx->arena, str_of(text));
	free(text);
	return mail.data.len == 0 ? ERR_MEMORY : outbox_store_put(db, &mail, f);
}

/* ERR_DENIED: every seat is taken or promised. */
static enum err
invite_within(struct context *cx, const struct request *req, struct db *db, struct str email, struct fault *f)
{
	struct str ref = sign_in_field(req, &cx->arena, "institution");
	struct seat_gift gift = {.email = email, .origin = "contact", .always_invite = true};
	struct institution it;
	enum err e;

	if (!str_to_int(ref, 1, INT64_MAX, &gift.institution_id))
		return ERR_NOT_FOUND;
	e = seat_store_may_manage(db, req->reader->session.subscriber_id, gift.institution_id);
	if (e == ERR_NONE)
		e = institution_store_find(db, &cx->arena, ref, req->now, &it, f);
	if (e == ERR_NONE)
		e = it.taken >= it.seats ? ERR_DENIED : seat_store_give(db, &cx->arena, &gift, NULL, f);
	return e == ERR_NONE ? put_mail(cx, req, db, &it, email, f) : e;
}

static enum status
invite(struct context *cx, const struct request *req, struct response *res, struct db *db)
{
	struct str email = str_trim(sign_in_field(req, &cx->arena, "email"));
	char address[SUBSCRIBER_EMAIL + 1];
	struct fault f = {""};
	enum err e;

	if (!subscriber_email(email, address))
		return show(cx, req, res, "notice_address");
	if ((e = db_begin(db)) == ERR_NONE)
		e = invite_within(cx, req, db, str_of(address), &f);
	if (e == ERR_NONE)
		e = db_commit(db);
	if (e != ERR_NONE)
		db_rollback(db);
	switch (e) {
	case ERR_NONE: return back(cx, res);
	case ERR_NOT_FOUND: return STATUS_NOT_FOUND;
	case ERR_DENIED: return show(cx, req, res, "notice_full");
	case ERR_CONFLICT: return show(cx, req, res, "notice_known");
	case ERR_INVALID: return show(cx, req, res, "notice_address");
	default: return account_fault(&f, e);
	}
}

static enum status
end(struct context *cx, const struct request *req, struct response *res, struct db *db, bool invitation)
{
	int64_t seat_id;
	enum err e;

	if (!str_to_int(sign_in_field(req, &cx->arena, "seat"), 1, INT64_MAX, &seat_id))
		return STATUS_NOT_FOUND;
	e = seat_store_end_managed(db, req->reader->session.subscriber_id, seat_id, invitation, req->now);
	if (e == ERR_NOT_FOUND)
		return STATUS_NOT_FOUND;
	return e == ERR_NONE ? back(cx, res) : account_fault(&(struct fault){""}, e);
}

static enum status
accept(struct context *cx, const struct request *req, struct response *res, struct db *db)
{
	struct subscriber reader;
	const int64_t id = req->reader->session.subscriber_id;
	int64_t joined = 0;
	enum err e = db_begin(db);

	if (e == ERR_NONE)
		e = subscriber_store_by_id(db, &cx->arena, id, &reader);
	if (e == ERR_NONE)
		e = seat_store_accept(db, &cx->arena, id, reader.email, req->now, &joined);
	if (e == ERR_NONE)
		e = db_commit(db);
	if (e != ERR_NONE) {
		db_rollback(db);
		return account_fault(&(struct fault){""}, e);
	}
	sign_in_forget(cx, req, true);
	return back(cx, res);
}

static enum status
act(struct context *cx, const struct request *req, struct response *res)
{
	struct str action = sign_in_field(req, &cx->arena, "action");
	struct db *writer = context_writer(cx);

	if (writer == NULL)
		return STATUS_UNAVAILABLE;
	if (str_eq(action, STR("invite")))
		return invite(cx, req, res, writer);
	if (str_eq(action, STR("end")) || str_eq(action, STR("withdraw")))
		return end(cx, req, res, writer, str_eq(action, STR("withdraw")));
	return str_eq(action, STR("accept")) ? accept(cx, req, res, writer) : STATUS_UNPROCESSABLE;
}

enum status
page_institution(struct context *cx, const struct request *req, struct response *res)
{
	enum status status = account_guard(cx, req, res);

	if (status != STATUS_OK)
		return status;
	return req->method == METHOD_POST ? act(cx, req, res) : show(cx, req, res, NULL);
}
