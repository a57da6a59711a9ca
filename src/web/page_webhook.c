/* page_webhook.c: signature first, JSON second, disk third. */
#include "web/page_webhook.h"

#include "base/log.h"
#include "format/json_bounds.h"
#include "format/providers.h"
#include "store/payment_store.h"

static enum status
answer(struct response *res, enum status status, struct str text)
{
	res->type = "text/plain; charset=utf-8";
	res->body = text;
	return status;
}

/* One INSERT, durable (synchronous=FULL) when it returns: what was acknowledged is never lost. */
static enum status
store(struct context *cx, const struct request *req, struct response *res, const char *provider,
    const struct payment_facts *facts)
{
	const struct payment_event event = {.provider = str_of(provider),
	    .event_id = facts->id,
	    .type = facts->type,
	    .live = facts->live,
	    .created_at = facts->created_at,
	    .received_at = req->now,
	    .body = req->body};
	struct db *writer = context_writer(cx);
	bool fresh = false;
	enum err e = writer == NULL ? ERR_BUSY : payment_store_put(writer, &event, &fresh);

	if (e != ERR_NONE) {
		LOG_ERROR("webhook", LOG_TEXT("id", req->id), LOG_TEXT("event", facts->id),
		    LOG_CSTR("reason", writer == NULL ? "no writer" : db_message(writer)));
		return answer(res, STATUS_UNAVAILABLE, STR("not stored\n"));
	}
	return answer(res, STATUS_OK, fresh ? STR("stored\n") : STR("known\n"));
}

static enum status
read_message(struct context *cx, const struct request *req, struct response *res,
    const struct payment_provider *provider)
{
	struct payment_facts facts;
	json_t *message = NULL;
	struct fault f = {""};
	enum status status;
	enum err e = json_bounds_open(req->body, &message, &f);

	if (e == ERR_NONE)
		e = provider->parse(message, &facts, &f);
	if (e == ERR_NONE) {
		status = store(cx, req, res, provider->name, &facts);
	} else if (e == ERR_MEMORY) {
		status = answer(res, STATUS_UNAVAILABLE, STR("not stored\n"));
	} else {
		LOG_WARNING("webhook", LOG_TEXT("id", req->id), LOG_CSTR("reason", f.text));
		status = answer(res, STATUS_BAD_REQUEST, STR("not understood\n"));
	}
	json_decref(message);
	return status;
}

enum status
page_webhook(struct context *cx, const struct request *req, struct response *res)
{
	const struct payment_provider *provider = payment_provider_find(req->args[0]);
	enum signature s;

	if (provider == NULL || cx->setup->stripe_secrets.n == 0)
		return STATUS_NOT_FOUND;
	s = provider->verify(&cx->setup->stripe_secrets, req->stripe_signature, req->body, req->now);
	if (s == SIGNATURE_GOOD)
		return read_message(cx, req, res, provider);
	LOG_WARNING("webhook", LOG_TEXT("id", req->id), LOG_CSTR("signature", signature_name(s)));
	return answer(res, STATUS_BAD_REQUEST, STR("not signed as it should be\n"));
}
