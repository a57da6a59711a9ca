/* page_feed_key.c: a new address is shown once, in the answer that made it: only its hash is kept. */
#include "web/page_feed_key.h"

#include "base/token.h"
#include "store/feed_key_store.h"
#include "web/account.h"
#include "web/feed_entries.h"
#include "web/sign_in.h"
#include "web/view.h"

static json_t *
key_view(struct context *cx, const struct feed_key *key)
{
	json_t *o = json_object();
	char id[24];

	(void)snprintf(id, sizeof id, "%lld", (long long)key->id);
	if (o != NULL && view_text(o, "id", str_of(id)) && account_moment(cx, o, "since", key->created_at))
		return o;
	json_decref(o);
	return NULL;
}

static json_t *
keys_view(struct context *cx, const struct request *req, size_t *n)
{
	struct feed_key *keys;
	json_t *list = json_array();

	if (feed_key_store_list(cx->doors.full, &cx->arena, req->reader->session.subscriber_id, &keys, n) !=
	    ERR_NONE) {
		json_decref(list);
		return NULL;
	}
	for (size_t i = 0; list != NULL && i < *n; i++)
		if (json_array_append_new(list, key_view(cx, &keys[i])) != 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

/* token NULL: none was made just now. */
static enum status
show(struct context *cx, const struct request *req, struct response *res, const char *token, bool full,
    enum status shown)
{
	struct subscriber reader;
	enum status status;
	json_t *data = account_page(cx, req, "feeds", "account_feeds_title", &reader, &status), *account;
	struct str atom = STR_NONE, json = STR_NONE;
	size_t n = 0;

	if (data == NULL)
		return status;
	if (token != NULL) {
		atom = arena_printf(&cx->arena, "%s/feed/%s.atom", cx->setup->config.site_url, token);
		json = arena_printf(&cx->arena, "%s/feed/%s.json", cx->setup->config.site_url, token);
	}
	account = json_object_get(data, "account");
	if (!view_take(account, "keys", keys_view(cx, req, &n)) || !view_flag(account, "has_keys", n > 0) ||
	    !view_flag(account, "full", full || n == FEED_KEYS_MAX) ||
	    !view_text(account, "new_atom", atom) || !view_text(account, "new_json", json)) {
		json_decref(data);
		return STATUS_UNAVAILABLE;
	}
	return account_render(cx, res, "account_feeds", data, shown);
}

static enum status
make(struct context *cx, const struct request *req, struct response *res)
{
	struct db *writer = context_writer(cx);
	char token[TOKEN_TEXT + 1], hash[TOKEN_HASH + 1];
	enum status status;
	enum err e;

	if (!account_recent(cx, req))
		return account_sign_in_again(cx, res, "/account/feeds");
	if (writer == NULL)
		return STATUS_UNAVAILABLE;
	token_new(token);
	token_hash(str_of(token), hash);
	e = feed_key_store_add(writer, req->reader->session.subscriber_id, str_of(hash), req->now);
	if (e == ERR_DENIED)
		return show(cx, req, res, NULL, true, STATUS_UNPROCESSABLE);
	if (e != ERR_NONE)
		return account_fault(&(struct fault){""}, e);
	status = show(cx, req, res, token, false, STATUS_OK);
	token_wipe(token, sizeof token);
	return status;
}

static enum status
revoke(struct context *cx, const struct request *req, struct response *res)
{
	struct db *writer = context_writer(cx);
	int64_t id;
	enum err e;

	if (!str_to_int(sign_in_field(req, &cx->arena, "revoke"), 1, INT64_MAX, &id))
		return STATUS_UNPROCESSABLE;
	if (writer == NULL)
		return STATUS_UNAVAILABLE;
	e = feed_key_store_revoke(writer, req->reader->session.subscriber_id, id, req->now);
	if (e == ERR_NOT_FOUND)
		return STATUS_NOT_FOUND;
	if (e != ERR_NONE)
		return account_fault(&(struct fault){""}, e);
	return response_redirect(res, cx, STATUS_SEE_OTHER, STR("/account/feeds"), STR_NONE);
}

enum status
page_feed_key(struct context *cx, const struct request *req, struct response *res)
{
	enum status status = account_guard(cx, req, res);

	if (status != STATUS_OK)
		return status;
	if (req->method != METHOD_POST)
		return show(cx, req, res, NULL, false, STATUS_OK);
	return sign_in_field(req, &cx->arena, "make").len > 0 ? make(cx, req, res) : revoke(cx, req, res);
}
