/* page_meter.c: who spends, where it is counted, what the cookie then says. */
#include "web/page_meter.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/token.h"
#include "core/seal.h"
#include "format/cookie.h"
#include "store/changes.h"
#include "store/meter_store.h"
#include "web/tally.h"

enum err
page_meter_cookie(struct context *cx, struct response *res, const struct meter_card *card, int64_t now)
{
	struct buf cookie = BUF_EMPTY;
	char token[METER_TOKEN];
	enum err e = ERR_INTERNAL;

	if (meter_seal(cx->setup->keyring, str_of(cx->setup->config.site_url), card, token) &&
	    cookie_set(&cookie, STR(METER_COOKIE), str_of(token), meter_life(card, now)))
		e = response_line(res, &cx->arena, "Set-Cookie", buf_str(&cookie));
	buf_free(&cookie);
	return e;
}

/* The network a stranger comes from, as a keyed hash of its first 24 (IPv6: 64) bits: enough to count, not to find. */
static void
hash_network(struct context *cx, struct str peer, char out[TOKEN_HASH + 1])
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	const char *text = arena_cstr(&cx->arena, peer);
	uint8_t ip[16] = {0}, key[PASETO_KEY];
	struct str part = STR_NONE;

	if (text != NULL && inet_pton(AF_INET, text, ip) == 1)
		part = (struct str){(const char *)ip, 3};
	else if (text != NULL && inet_pton(AF_INET6, text, ip) == 1)
		part = memcmp(ip, mapped, sizeof mapped) == 0 ? (struct str){(const char *)ip + 12, 3}
		                                              : (struct str){(const char *)ip, 8};
	seal_secret(cx->setup->keyring, SEAL_HASH, key);
	token_hash_keyed(key, part, out);
	token_wipe(key, sizeof key);
}

/* Which credit of which card: the same for two requests that bear the same cookie. */
static void
hash_credit(const struct meter_card *card, char out[TOKEN_HASH + 1])
{
	char hex[2 * METER_ID + 1], text[2 * METER_ID + 32];

	token_hex(card->id, METER_ID, hex);
	(void)snprintf(text, sizeof text, "%s %d %zu", hex, card->month, card->read_count);
	token_hash(str_of(text), out);
}

static enum err
spend_account(struct context *cx, const struct request *req, struct db *writer, struct meter_spend *s)
{
	const struct change change = {
	    .kind = CHANGE_SUBSCRIBER, .ref = req->reader->session.subscriber_id, .access = true};
	enum err e;

	s->subscriber_id = change.ref;
	s->limit = cx->setup->config.meter_free_reads;
	e = meter_store_spend(writer, s);
	/* The next page is decided without waiting for change_log. */
	paywall_forget(cx->site->paywall, &change);
	return e;
}

static enum err
spend_card(struct context *cx, const struct request *req, struct response *res, struct db *writer,
    struct meter_spend *s)
{
	char network[TOKEN_HASH + 1], mark[TOKEN_HASH + 1];
	struct meter_card card;
	enum err e;

	visit_card(cx, req, &card);
	if (meter_has_read(&card, s->article_id))
		return ERR_CONFLICT;
	if (card.closed || card.read_count >= (size_t)cx->setup->config.meter_anonymous_reads)
		return ERR_DENIED;
	hash_network(cx, req->peer, network);
	hash_credit(&card, mark);
	s->network = str_of(network);
	s->mark = card.fresh ? STR_NONE : str_of(mark);
	s->limit = cx->setup->config.meter_network_reads;
	e = meter_store_spend_stranger(writer, s);
	if (e == ERR_NONE && card.read_count < METER_READS)
		card.reads[card.read_count++] = s->article_id;
	else if (e == ERR_DENIED)
		card.closed = true;
	return e == ERR_NONE || e == ERR_DENIED ? page_meter_cookie(cx, res, &card, req->now) : e;
}

static enum status
spend(struct context *cx, const struct request *req, struct response *res, const struct rights *rights)
{
	char month[METER_MONTH];
	struct meter_spend s = {.article_id = rights->article_id, .now = req->now};
	struct db *writer = context_writer(cx);
	enum err e;

	if (writer == NULL)
		return STATUS_UNAVAILABLE;
	meter_month_text(meter_month(req->now), month);
	s.month = str_of(month);
	e = req->reader != NULL ? spend_account(cx, req, writer, &s) : spend_card(cx, req, res, writer, &s);
	switch (e) {
	case ERR_NONE: tally_add(cx, req, COUNTER_CREDIT, s.article_id); return STATUS_SEE_OTHER;
	case ERR_DENIED:
	case ERR_CONFLICT: return STATUS_SEE_OTHER;
	default:
		LOG_ERROR("free_read", LOG_TEXT("id", req->id), LOG_CSTR("reason", db_message(writer)));
		return STATUS_UNAVAILABLE;
	}
}

static enum status
spend_if_needed(
    struct context *cx, const struct request *req, struct response *res, const struct rights *rights)
{
	struct visit visit;
	enum status status = visit_publication(rights, req->now);

	if (status != STATUS_OK)
		return status;
	visit_look(cx, req, rights, &visit);
	if (visit.decision.verdict == VERDICT_FULL || visit.free_left <= 0)
		return STATUS_SEE_OTHER;
	return spend(cx, req, res, rights);
}

enum status
page_free_read(struct context *cx, const struct request *req, struct response *res)
{
	struct str path;
	struct rights *rights;
	enum status status;

	if ((status = visit_of_form(cx, req, &path, &rights)) != STATUS_OK)
		return status;
	status = spend_if_needed(cx, req, res, rights);
	memo_release(&rights->head);
	return status == STATUS_SEE_OTHER ? response_redirect(res, cx, status, path, STR_NONE) : status;
}
