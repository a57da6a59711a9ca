/* page_devices.c: the list, and the end of one, of all others, or of all. */
#include "web/page_devices.h"

#include "store/session_store.h"
#include "web/account.h"
#include "web/sign_in.h"
#include "web/view.h"

static json_t *
device_view(struct context *cx, const struct session_row *row, bool here)
{
	json_t *device = sign_in_device(row->label);
	char id[24];

	(void)snprintf(id, sizeof id, "%lld", (long long)row->id);
	if (device != NULL && view_text(device, "id", str_of(id)) && view_flag(device, "here", here) &&
	    account_moment(cx, device, "seen", row->last_seen_at) &&
	    account_moment(cx, device, "since", row->created_at))
		return device;
	json_decref(device);
	return NULL;
}

static json_t *
devices_view(struct context *cx, const struct request *req, size_t *n)
{
	struct session_row *rows;
	json_t *list = json_array();
	int64_t reader = req->reader->session.subscriber_id;

	*n = 0;
	if (session_store_list(cx->doors.full, &cx->arena, reader, req->now, &rows, n) != ERR_NONE) {
		json_decref(list);
		return NULL;
	}
	for (size_t i = 0; list != NULL && i < *n; i++)
		if (json_array_append_new(
		        list, device_view(cx, &rows[i], rows[i].id == req->reader->session.id)) != 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static enum status
show(struct context *cx, const struct request *req, struct response *res)
{
	struct subscriber reader;
	enum status status;
	json_t *data = account_page(cx, req, "devices", "account_devices_title", &reader, &status), *account;
	size_t n;

	if (data == NULL)
		return status;
	account = json_object_get(data, "account");
	if (!view_take(account, "devices", devices_view(cx, req, &n)) ||
	    !view_flag(account, "others", n > 1)) {
		json_decref(data);
		return STATUS_UNAVAILABLE;
	}
	return account_render(cx, res, "account_devices", data, STATUS_OK);
}

static enum status
gone(struct context *cx, const struct request *req, struct response *res)
{
	sign_in_forget(cx, req, true);
	if (sign_in_clear(cx, res, SESSION_COOKIE) != STATUS_OK ||
	    response_line(res, &cx->arena, "Clear-Site-Data", STR("\"cache\"")) != ERR_NONE)
		return STATUS_UNAVAILABLE;
	return response_redirect(res, cx, STATUS_SEE_OTHER, STR("/"), STR_NONE);
}

/* "end" holds a session's number, "others" or "all". Whose it is stands in the statement (SE12). */
static enum status
end(struct context *cx, const struct request *req, struct response *res)
{
	struct str what = sign_in_field(req, &cx->arena, "end");
	const struct session_row *here = &req->reader->session;
	bool all = str_eq(what, STR("all")), others = str_eq(what, STR("others"));
	struct db *writer = context_writer(cx);
	int64_t id = 0, n;
	enum err e;

	if (!all && !others && !str_to_int(what, 1, INT64_MAX, &id))
		return STATUS_UNPROCESSABLE;
	if (writer == NULL)
		return STATUS_UNAVAILABLE;
	e = all || others
	        ? session_store_revoke_all(writer, here->subscriber_id, all ? 0 : here->id, req->now, &n)
	        : session_store_revoke(writer, here->subscriber_id, id, req->now);
	if (e == ERR_NOT_FOUND)
		return STATUS_NOT_FOUND;
	if (e != ERR_NONE)
		return account_fault(&(struct fault){""}, e);
	if (all || id == here->id)
		return gone(cx, req, res);
	sign_in_forget(cx, req, true);
	return response_redirect(res, cx, STATUS_SEE_OTHER, STR("/account/devices"), STR_NONE);
}

enum status
page_devices(struct context *cx, const struct request *req, struct response *res)
{
	enum status status = account_guard(cx, req, res);

	if (status != STATUS_OK)
		return status;
	return req->method == METHOD_POST ? end(cx, req, res) : show(cx, req, res);
}
