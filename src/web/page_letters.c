/* page_letters.c: the reader's newsletters; the address is the account's, so nothing has to be confirmed. */
#include "web/page_letters.h"

#include <stdio.h>

#include "web/account.h"
#include "web/page_newsletter.h"
#include "web/sign_in.h"
#include "web/view.h"

static json_t *
letters_view(struct context *cx, struct str email)
{
	struct newsletter_row *rows = NULL;
	json_t *list = json_array();
	size_t n = 0;

	if (newsletter_of(cx->doors.full, &cx->arena, email, &rows, &n) != ERR_NONE) {
		json_decref(list);
		return NULL;
	}
	for (size_t i = 0; list != NULL && i < n; i++) {
		json_t *o = json_object();
		char id[24];

		(void)snprintf(id, sizeof id, "%lld", (long long)rows[i].id);
		if (o == NULL || !view_text(o, "id", str_of(id)) || !view_text(o, "name", rows[i].name) ||
		    !view_text(o, "description", rows[i].description) ||
		    !view_flag(o, "on", str_eq(rows[i].state, STR("active"))) ||
		    !view_flag(o, "pending", str_eq(rows[i].state, STR("pending"))) ||
		    !view_flag(o, "for_subscribers", str_eq(rows[i].access, STR("subscriber"))) ||
		    json_array_append(list, o) != 0) {
			json_decref(o);
			json_decref(list);
			return NULL;
		}
		json_decref(o);
	}
	return list;
}

static enum status
show(struct context *cx, const struct request *req, struct response *res)
{
	struct subscriber reader;
	enum status status;
	json_t *data = account_page(cx, req, "newsletters", "account_newsletters_title", &reader, &status),
	       *list;

	if (data == NULL)
		return status;
	list = letters_view(cx, reader.email);
	if (!view_take(json_object_get(data, "account"), "newsletters", list) ||
	    !view_flag(json_object_get(data, "account"), "has_newsletters", json_array_size(list) > 0)) {
		json_decref(data);
		return STATUS_UNAVAILABLE;
	}
	return account_render(cx, res, "account_newsletters", data, STATUS_OK);
}

/* "on" or "off" holds the number of a list. */
static enum status
change(struct context *cx, const struct request *req, struct response *res)
{
	struct str on = sign_in_field(req, &cx->arena, "on"), off = sign_in_field(req, &cx->arena, "off");
	struct db *writer = context_writer(cx);
	struct newsletter_desk desk;
	struct subscriber reader;
	struct fault f = {""};
	int64_t id;
	enum err e;

	if ((on.len > 0) == (off.len > 0) || !str_to_int(on.len > 0 ? on : off, 1, INT64_MAX, &id))
		return STATUS_UNPROCESSABLE;
	if (writer == NULL || subscriber_store_by_id(cx->doors.full, &cx->arena,
	                          req->reader->session.subscriber_id, &reader) != ERR_NONE)
		return STATUS_UNAVAILABLE;
	desk = page_newsletter_desk(cx, req, writer);
	e = newsletter_set(&desk, reader.email, id, on.len > 0, "account", NULL, &f);
	if (e == ERR_NOT_FOUND)
		return STATUS_NOT_FOUND;
	if (e != ERR_NONE)
		return account_fault(&f, e);
	return response_redirect(res, cx, STATUS_SEE_OTHER, STR("/account/newsletters"), STR_NONE);
}

enum status
page_letters(struct context *cx, const struct request *req, struct response *res)
{
	enum status status = account_guard(cx, req, res);

	if (status != STATUS_OK)
		return status;
	return req->method == METHOD_POST ? change(cx, req, res) : show(cx, req, res);
}
