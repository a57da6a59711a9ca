/* account.c: password, address and end of an account, each in one transaction with its notice. */
#include "core/account.h"

#include "base/token.h"
#include "core/newsletter_end.h"
#include "core/seal.h"
#include "store/erased_store.h"
#include "store/outbox_store.h"
#include "store/seat_store.h"
#include "store/subscriber_store.h"

#define NOTICE_S ((int64_t)86400) /* a notice that cannot be delivered for so long is given up */

static const struct str purpose = {"email", 5};

static enum err
begin(const struct auth_desk *d, struct fault *f)
{
	enum err e = db_begin(d->db);

	return e == ERR_NONE ? e : fault_set(f, e, "the database is not free: %s", db_message(d->db));
}

static enum err
finish(const struct auth_desk *d, enum err e, struct fault *f)
{
	if (e == ERR_NONE)
		e = db_commit(d->db);
	if (e != ERR_NONE && f->text[0] == '\0')
		(void)fault_set(f, e, "nothing was stored: %s", db_message(d->db));
	if (e != ERR_NONE)
		db_rollback(d->db);
	return e;
}

/* Addresses hold no quote and no backslash, the rest is ours: nothing to escape. */
static enum err
put_notice(
    const struct auth_desk *d, struct str to, const char *template, struct str new_address, struct fault *f)
{
	struct str data = arena_printf(d->arena,
	    "{\"device\":\"" STR_FMT "\",\"changed_at_text\":\"" STR_FMT "\",\"new_address\":\"" STR_FMT
	    "\"}",
	    STR_ARG(d->device_text), STR_ARG(d->moment), STR_ARG(new_address));
	struct outbox_mail mail = {.kind = OUTBOX_TRANSACTIONAL,
	    .to = to,
	    .template = template,
	    .data = data,
	    .due_at = d->now,
	    .expires_at = d->now + NOTICE_S};

	return data.at == NULL ? ERR_MEMORY : outbox_store_put(d->db, &mail, f);
}

/* Generation + 1 ends every session (SE3); the browser at the desk gets a new one. */
static enum err
end_all(const struct auth_desk *d, int64_t subscriber_id)
{
	enum err e = subscriber_store_end_sessions(d->db, subscriber_id);

	return e == ERR_NONE ? auth_store_end_links(d->db, subscriber_id, d->now) : e;
}

enum err
account_set_password(const struct auth_desk *d, struct str hash, struct session_ticket *out, struct fault *f)
{
	struct subscriber reader;
	enum err e = begin(d, f);

	if (e != ERR_NONE)
		return e;
	e = subscriber_store_by_id(d->db, d->arena, d->old_subscriber_id, &reader);
	if (e == ERR_NONE)
		e = auth_store_set_password(d->db, reader.id, hash, d->now);
	if (e == ERR_NONE)
		e = end_all(d, reader.id);
	if (e == ERR_NONE)
		e = put_notice(
		    d, reader.email, hash.len > 0 ? "mail_password_set" : "mail_password_gone", STR_NONE, f);
	if (e == ERR_NONE)
		e = auth_open_session(d, reader.id, out, f);
	return finish(d, e, f);
}

static enum err
put_question(const struct auth_desk *d, const char *email, const char *token, struct fault *f)
{
	char hash[TOKEN_HASH + 1];
	struct auth_link link = {.subscriber_id = d->old_subscriber_id,
	    .purpose = purpose,
	    .email = str_of(email),
	    .device = d->device,
	    .next = STR("/account/email"),
	    .now = d->now,
	    .expires_at = d->now + d->config->signin_life_s};
	struct str data = arena_printf(d->arena,
	    "{\"link\":\"%s/account/email/%s\",\"minutes\":%lld,\"device\":\"" STR_FMT "\"}",
	    d->config->site_url, token, (long long)(d->config->signin_life_s / 60), STR_ARG(d->device_text));
	struct outbox_mail mail = {.kind = OUTBOX_TRANSACTIONAL,
	    .to = str_of(email),
	    .template = "mail_email_confirm",
	    .data = data,
	    .due_at = d->now,
	    .expires_at = link.expires_at};
	enum err e;

	token_hash(str_of(token), hash);
	link.hash = str_of(hash);
	e = auth_store_add(d->db, &link, f);
	return e != ERR_NONE ? e : data.at == NULL ? ERR_MEMORY : outbox_store_put(d->db, &mail, f);
}

enum err
account_ask_email(const struct auth_desk *d, struct str typed, struct fault *f)
{
	char email[SUBSCRIBER_EMAIL + 1], token[TOKEN_TEXT + 1];
	uint8_t key[PASETO_KEY];
	enum err e;

	if (!subscriber_email(typed, email))
		return ERR_INVALID;
	if ((e = begin(d, f)) != ERR_NONE)
		return e;
	token_new(token);
	seal_secret(d->ring, SEAL_HASH, key);
	e = outbox_store_budget(d->db, &(struct outbox_budget){.purpose = "email",
	                                   .to = str_of(email),
	                                   .ip = d->ip,
	                                   .key = key,
	                                   .per_day = d->config->mail_per_day,
	                                   .now = d->now});
	token_wipe(key, sizeof key);
	if (e == ERR_BUSY) { /* written to too often: answered as if it went out */
		db_rollback(d->db);
		return ERR_NONE;
	}
	if (e == ERR_NONE)
		e = put_question(d, email, token, f);
	token_wipe(token, sizeof token);
	return finish(d, e, f);
}

enum err
account_look_email(const struct auth_desk *d, struct str token, struct auth_row *out)
{
	char hash[TOKEN_HASH + 1];

	if (token.len != TOKEN_TEXT)
		return ERR_NOT_FOUND;
	token_hash(token, hash);
	return auth_store_by_hash(d->db, d->arena, str_of(hash), purpose, d->now, out);
}

enum err
account_set_email(const struct auth_desk *d, const struct newsletter_desk *letters, struct str token,
    struct session_ticket *out, bool *opened, struct fault *f)
{
	struct subscriber reader;
	struct auth_row row;
	int64_t id = 0;
	enum err e = begin(d, f);

	*opened = false;
	if (e != ERR_NONE)
		return e;
	e = account_look_email(d, token, &row);
	if (e == ERR_NONE)
		e = session_store_link_use(d->db, row.hash, purpose, d->now, &id);
	if (e == ERR_NONE)
		e = subscriber_store_by_id(d->db, d->arena, id, &reader);
	if (e == ERR_NONE)
		e = newsletter_move(letters, reader.email, row.email, "account");
	if (e == ERR_NONE)
		e = auth_store_set_email(d->db, id, row.email);
	if (e == ERR_NONE)
		e = erased_store_remove(d->db, row.email);
	/* The new address is proven: seats that wait for it are its reader's. */
	if (e == ERR_NONE)
		e = seat_store_join(d->db, d->arena, id, row.email, d->now, NULL);
	if (e == ERR_NONE)
		e = end_all(d, id);
	if (e == ERR_NONE)
		e = put_notice(d, reader.email, "mail_email_changed", row.email, f);
	*opened = e == ERR_NONE && id == d->old_subscriber_id;
	if (*opened)
		e = auth_open_session(d, id, out, f);
	return finish(d, e, f);
}

enum err
account_erase(const struct auth_desk *d, const struct newsletter_desk *letters, struct fault *f)
{
	struct subscriber reader;
	enum err e = begin(d, f);

	if (e != ERR_NONE)
		return e;
	e = subscriber_store_by_id(d->db, d->arena, d->old_subscriber_id, &reader);
	if (e == ERR_NONE)
		e = erased_store_add(d->db, reader.email, d->now);
	if (e == ERR_NONE)
		e = newsletter_forget(letters, reader.email, "account", f);
	if (e == ERR_NONE || e == ERR_NOT_FOUND)
		e = subscriber_store_erase(d->db, reader.id, f);
	if (e == ERR_NONE) /* behind the removal, which takes waiting mail with it */
		e = put_notice(d, reader.email, "mail_erased", STR_NONE, f);
	return finish(d, e, f);
}
