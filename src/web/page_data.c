/* page_data.c: a reader's data handed out, and forgotten. */
#include "web/page_data.h"

#include <stdlib.h>
#include <string.h>

#include "core/account.h"
#include "core/personal.h"
#include "web/account.h"
#include "web/page_fill.h"
#include "web/page_newsletter.h"
#include "web/sign_in.h"
#include "web/view.h"

enum status
page_data(struct context *cx, const struct request *req, struct response *res)
{
	enum status status = account_guard(cx, req, res);
	struct subscriber reader;
	json_t *data;

	if (status != STATUS_OK)
		return status;
	data = account_page(cx, req, "data", "account_data_title", &reader, &status);
	return data == NULL ? status : account_render(cx, res, "account_data", data, STATUS_OK);
}

static enum status
attach(struct context *cx, struct response *res, const char *name, const char *type, struct str body)
{
	struct str disposition = arena_printf(&cx->arena, "attachment; filename=\"%s\"", name);

	res->type = type;
	res->body = arena_copy(&cx->arena, body);
	return res->body.at != NULL && disposition.at != NULL &&
	               response_line(res, &cx->arena, "Content-Disposition", disposition) == ERR_NONE
	           ? STATUS_OK
	           : STATUS_UNAVAILABLE;
}

/* person: room for the hash in *out. */
static bool
who_asks(struct context *cx, const struct request *req, char person[TOKEN_HASH + 1], struct person *out)
{
	struct subscriber reader;
	int64_t id = req->reader->session.subscriber_id;

	if (subscriber_store_by_id(cx->doors.full, &cx->arena, id, &reader) != ERR_NONE)
		return false;
	newsletter_person(&cx->setup->lasting, reader.email, person);
	*out = (struct person){id, reader.email, {person, TOKEN_HASH}};
	return true;
}

enum status
page_data_json(struct context *cx, const struct request *req, struct response *res)
{
	enum status status = account_guard(cx, req, res);
	char person[TOKEN_HASH + 1], *text = NULL;
	json_t *all = NULL;
	struct person who;

	if (status != STATUS_OK)
		return status;
	if (who_asks(cx, req, person, &who) && personal_json(cx->doors.full, &who, &all) == ERR_NONE)
		text = json_dumps(all, JSON_INDENT(2));
	json_decref(all);
	status = text == NULL ? STATUS_UNAVAILABLE
	                      : attach(cx, res, "data.json", "application/json", str_of(text));
	free(text);
	return status;
}

enum status
page_data_csv(struct context *cx, const struct request *req, struct response *res)
{
	enum status status = account_guard(cx, req, res);
	struct buf text = BUF_EMPTY;
	char person[TOKEN_HASH + 1];
	struct person who;

	if (status != STATUS_OK)
		return status;
	status = who_asks(cx, req, person, &who) && personal_csv(cx->doors.full, &who, &text) == ERR_NONE
	             ? attach(cx, res, "data.csv", "text/csv; charset=utf-8", buf_str(&text))
	             : STATUS_UNAVAILABLE;
	buf_free(&text);
	return status;
}

static enum status
show_erase(struct context *cx, const struct request *req, struct response *res, bool bad)
{
	struct subscriber reader;
	enum status status;
	json_t *data = account_page(cx, req, "erase", "account_erase_title", &reader, &status);

	if (data == NULL)
		return status;
	if (!view_flag(json_object_get(data, "account"), "bad", bad)) {
		json_decref(data);
		return STATUS_UNAVAILABLE;
	}
	return account_render(cx, res, "account_erase", data, bad ? STATUS_UNPROCESSABLE : STATUS_OK);
}

/* The typed address is the confirmation. */
static bool
typed_right(struct context *cx, const struct request *req)
{
	char typed[SUBSCRIBER_EMAIL + 1];
	struct subscriber reader;

	return subscriber_email(sign_in_field(req, &cx->arena, "email"), typed) &&
	       subscriber_store_by_id(
	           cx->doors.full, &cx->arena, req->reader->session.subscriber_id, &reader) == ERR_NONE &&
	       str_eq(str_of(typed), reader.email);
}

enum status
page_erase(struct context *cx, const struct request *req, struct response *res)
{
	enum status status = account_guard(cx, req, res);
	struct newsletter_desk letters;
	struct auth_desk desk;
	struct fault f = {""};
	struct db *writer;
	enum err e;

	if (status != STATUS_OK)
		return status;
	if (req->method != METHOD_POST)
		return show_erase(cx, req, res, false);
	if (!account_recent(cx, req))
		return account_sign_in_again(cx, res, "/account/erase");
	if (!typed_right(cx, req))
		return show_erase(cx, req, res, true);
	writer = context_writer(cx);
	if (writer == NULL || !sign_in_desk(cx, req, writer, &desk))
		return STATUS_UNAVAILABLE;
	letters = page_newsletter_desk(cx, req, writer);
	if ((e = account_erase(&desk, &letters, &f)) != ERR_NONE)
		return account_fault(&f, e);
	sign_in_forget(cx, req, true);
	if (sign_in_clear(cx, res, SESSION_COOKIE) != STATUS_OK ||
	    response_line(res, &cx->arena, "Clear-Site-Data", STR("\"cache\"")) != ERR_NONE)
		return STATUS_UNAVAILABLE;
	return response_redirect(res, cx, STATUS_SEE_OTHER, STR("/account/erased"), STR_NONE);
}

enum status
page_erased(struct context *cx, const struct request *req, struct response *res)
{
	struct page_tags unused = {.n = 0};
	const char *title = json_string_value(json_object_get(cx->setup->texts, "account_erased_title"));
	json_t *data = view_page(cx, req, &unused, title, NULL);

	if (data == NULL)
		return STATUS_UNAVAILABLE;
	view_noindex(data);
	return account_render(cx, res, "account_erased", data, STATUS_OK);
}
