/* newsletter.c: the steps between a reader and a list. */
#include "core/newsletter.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/seal.h"
#include "store/consent_store.h"
#include "store/erased_store.h"
#include "store/outbox_store.h"
#include "store/subscriber_store.h"

#define LEAVE "unsubscribe"

void
newsletter_person(const struct lasting *l, struct str email, char out[TOKEN_HASH + 1])
{
	lasting_hash(l, "consent", email, out);
}

enum err
newsletter_log(const struct newsletter_desk *d, struct str email, struct str slug, const char *action,
    const char *method, struct str notice)
{
	char person[TOKEN_HASH + 1], purpose[100];
	struct consent c = {.at = d->now,
	    .person = {person, TOKEN_HASH},
	    .action = str_of(action),
	    .method = str_of(method),
	    .form = d->form,
	    .notice_hash = notice};

	newsletter_person(d->lasting, email, person);
	(void)snprintf(purpose, sizeof purpose, "newsletter:" STR_FMT, STR_ARG(slug));
	c.purpose = str_of(purpose);
	return consent_store_add(d->db, &c);
}

static enum err
finish(const struct newsletter_desk *d, enum err e, struct fault *f)
{
	if (e == ERR_NONE)
		e = db_commit(d->db);
	if (e == ERR_NONE)
		return e;
	if (f != NULL && f->text[0] == '\0')
		(void)fault_set(f, e, "newsletter: %s", e == ERR_NOT_FOUND ? "not there" : db_message(d->db));
	db_rollback(d->db);
	return e;
}

static enum err
spend_budget(const struct newsletter_desk *d, struct str email)
{
	uint8_t key[PASETO_KEY];
	struct outbox_budget b = {.purpose = "newsletter",
	    .to = email,
	    .ip = d->ip,
	    .key = key,
	    .per_day = d->config->mail_per_day,
	    .now = d->now};
	enum err e;

	seal_secret(d->ring, SEAL_HASH, key);
	e = outbox_store_budget(d->db, &b);
	token_wipe(key, sizeof key);
	return e;
}

/* Puts one list's row; its name goes into the mail when there is something to confirm. */
static enum err
ask_one(const struct newsletter_desk *d, const struct newsletter_row *list, struct str email,
    struct str notice, struct str confirm, json_t *names)
{
	struct newsletter_wish w = {.newsletter_id = list->id,
	    .now = d->now,
	    .email = email,
	    .basis = STR("opt-in"),
	    .source = STR("form"),
	    .notice_hash = notice,
	    .confirm_hash = confirm};
	bool asked = false;
	enum err e = newsletter_store_ask(d->db, &w, &asked);

	if (e == ERR_NONE && asked)
		e = newsletter_log(d, email, list->slug, "requested", "form", notice);
	if (e == ERR_NONE && asked &&
	    json_array_append_new(names, json_pack("{s:s%}", "name", list->name.at, list->name.len)) != 0)
		e = ERR_MEMORY;
	return e;
}

static enum err
put_confirmation(
    const struct newsletter_desk *d, struct str email, const char *token, json_t *names, struct fault *f)
{
	char link[500];
	json_t *data;
	char *text;
	enum err e = ERR_MEMORY;

	if (json_array_size(names) == 0)
		return ERR_NONE;
	(void)snprintf(link, sizeof link, "%s/newsletter/confirm/%s", d->config->site_url, token);
	data = json_pack("{s:s, s:O}", "link", link, "newsletters", names);
	text = data == NULL ? NULL : json_dumps(data, JSON_COMPACT);
	json_decref(data);
	if (text != NULL) {
		struct outbox_mail mail = {.kind = OUTBOX_TRANSACTIONAL,
		    .to = email,
		    .template = "mail_newsletter_confirm",
		    .data = str_of(text),
		    .due_at = d->now};

		e = outbox_store_put(d->db, &mail, f);
		free(text);
	}
	return e;
}

/* The wording that the form showed: today's, which is written down now, or an earlier one that was. */
static enum err
find_notice(const struct newsletter_desk *d, struct str version, struct str *hash)
{
	struct str wording;

	if (str_eq(version, str_of(d->notice->version))) {
		*hash = str_of(d->notice->hash);
		return consent_store_keep_notice(
		    d->db, *hash, str_of(d->config->site_language), d->notice->wording, d->now);
	}
	return consent_store_notice(d->db, d->arena, version, hash, &wording) == ERR_NONE ? ERR_NONE
	                                                                                  : ERR_CONFLICT;
}

static bool
wanted(const int64_t *lists, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (lists[i] == id)
			return true;
	return false;
}

static enum err
ask_all(const struct newsletter_desk *d, struct str email, struct str notice, const int64_t *lists, size_t n,
    struct fault *f)
{
	char token[TOKEN_TEXT + 1], hash[TOKEN_HASH + 1];
	struct newsletter_row *all;
	json_t *names = json_array();
	size_t count = 0;
	enum err e = names == NULL ? ERR_MEMORY
	                           : newsletter_store_all(d->db, d->arena, STR_NONE, &all, &count);

	token_new(token);
	token_hash(str_of(token), hash);
	for (size_t i = 0; e == ERR_NONE && i < count; i++)
		if (n == 0 ? i == 0 : wanted(lists, n, all[i].id))
			e = ask_one(d, &all[i], email, notice, str_of(hash), names);
	if (e == ERR_NONE)
		e = put_confirmation(d, email, token, names, f);
	json_decref(names);
	token_wipe(token, sizeof token);
	return e;
}

enum err
newsletter_ask(const struct newsletter_desk *d, struct str typed, struct str version, const int64_t *lists,
    size_t n, struct fault *f)
{
	char email[SUBSCRIBER_EMAIL + 1];
	struct str notice;
	enum err e;

	if (!subscriber_email(typed, email))
		return fault_set(f, ERR_INVALID, "not an e-mail address");
	if ((e = db_begin(d->db)) != ERR_NONE)
		return e;
	e = find_notice(d, version, &notice);
	if (e == ERR_NONE)
		e = spend_budget(d, str_of(email));
	if (e == ERR_NONE)
		e = ask_all(d, str_of(email), notice, lists, n, f);
	if (e == ERR_BUSY) { /* had its share: nothing is sent, nothing is said */
		db_rollback(d->db);
		return ERR_NONE;
	}
	return finish(d, e, f);
}

enum err
newsletter_look(
    struct db *db, struct arena *a, struct str token, struct newsletter_subscription **out, size_t *n)
{
	char hash[TOKEN_HASH + 1];
	enum err e;

	if (token.len != TOKEN_TEXT)
		return ERR_NOT_FOUND;
	token_hash(token, hash);
	e = newsletter_store_by_confirm(db, a, str_of(hash), out, n);
	return e == ERR_NONE && *n == 0 ? ERR_NOT_FOUND : e;
}

/* What is confirmed already stays so: the button may be pressed twice. */
static enum err
confirm_one(const struct newsletter_desk *d, const struct newsletter_subscription *s)
{
	enum err e = newsletter_store_confirm(d->db, s->id, d->now);

	if (e == ERR_NOT_FOUND)
		return ERR_NONE;
	return e != ERR_NONE ? e : newsletter_log(d, s->email, s->slug, "confirmed", "mail", s->notice_hash);
}

enum err
newsletter_confirm(const struct newsletter_desk *d, struct str token, struct fault *f)
{
	struct newsletter_subscription *rows = NULL;
	size_t n = 0;
	enum err e = db_begin(d->db);

	if (e != ERR_NONE)
		return e;
	e = newsletter_look(d->db, d->arena, token, &rows, &n);
	for (size_t i = 0; e == ERR_NONE && i < n; i++)
		if (str_eq(rows[i].state, STR("pending")) &&
		    rows[i].requested_at + NEWSLETTER_UNCONFIRMED_S <= d->now)
			e = ERR_NOT_FOUND;
		else
			e = confirm_one(d, &rows[i]);
	if (e == ERR_NONE && n > 0) {
		e = erased_store_remove(d->db, rows[0].email);
		e = e == ERR_NOT_FOUND ? ERR_NONE : e;
	}
	return finish(d, e, f);
}

bool
newsletter_leave_url(
    const struct lasting *l, const char *site_url, int64_t subscription_id, char *out, size_t size)
{
	char token[LASTING_TOKEN + 1];
	int n;

	lasting_token(l, LEAVE, subscription_id, token);
	n = snprintf(out, size, "%s/newsletter/unsubscribe/%s", site_url, token);
	return n > 0 && (size_t)n < size;
}

enum err
newsletter_leaving(const struct newsletter_desk *d, struct str token, struct str *list)
{
	struct newsletter_subscription s;
	int64_t id;
	enum err e;

	*list = STR_NONE;
	if (!lasting_open(d->lasting, LEAVE, token, &id))
		return ERR_NOT_FOUND;
	e = newsletter_store_by_id(d->db, d->arena, id, &s);
	if (e == ERR_NONE)
		*list = s.name;
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

static enum err
end_one(const struct newsletter_desk *d, const struct newsletter_subscription *s, const char *action,
    const char *method)
{
	enum err e = newsletter_store_end(d->db, s->id, d->now);

	if (e == ERR_NOT_FOUND) /* left before */
		return ERR_NONE;
	return e != ERR_NONE ? e : newsletter_log(d, s->email, s->slug, action, method, STR_NONE);
}

enum err
newsletter_leave(const struct newsletter_desk *d, struct str token, const char *method, struct fault *f)
{
	struct newsletter_subscription s;
	int64_t id;
	enum err e;

	if (!lasting_open(d->lasting, LEAVE, token, &id))
		return ERR_NOT_FOUND;
	if ((e = db_begin(d->db)) != ERR_NONE)
		return e;
	e = newsletter_store_by_id(d->db, d->arena, id, &s);
	if (e == ERR_NONE)
		e = end_one(d, &s, "withdrawn", method);
	else if (e == ERR_NOT_FOUND)
		e = ERR_NONE;
	return finish(d, e, f);
}

enum err
newsletter_of(struct db *db, struct arena *a, struct str email, struct newsletter_row **out, size_t *n)
{
	return newsletter_store_all(db, a, email, out, n);
}

static enum err
turn_on(const struct newsletter_desk *d, struct str email, const struct newsletter_row *list,
    const char *method, const char *basis)
{
	struct str notice = d->notice == NULL ? STR_NONE : str_of(d->notice->hash);
	struct newsletter_wish w = {.newsletter_id = list->id,
	    .now = d->now,
	    .email = email,
	    .basis = str_of(basis == NULL ? "opt-in" : basis),
	    .source = str_of(method),
	    .notice_hash = notice};
	bool asked = false;
	enum err e = d->notice == NULL ? ERR_NONE
	                               : consent_store_keep_notice(d->db, notice,
	                                     str_of(d->config->site_language), d->notice->wording, d->now);

	if (e == ERR_NONE)
		e = newsletter_store_ask(d->db, &w, &asked);
	return e == ERR_NONE && asked ? newsletter_log(d, email, list->slug, "given", method, notice) : e;
}

enum err
newsletter_set(const struct newsletter_desk *d, struct str typed, int64_t newsletter_id, bool on,
    const char *method, const char *basis, struct fault *f)
{
	char email[SUBSCRIBER_EMAIL + 1];
	struct newsletter_subscription s;
	struct newsletter_row *all;
	size_t n = 0, i = 0;
	enum err e;

	if (!subscriber_email(typed, email))
		return fault_set(f, ERR_INVALID, "not an e-mail address");
	if ((e = db_begin(d->db)) != ERR_NONE)
		return e;
	e = newsletter_store_all(d->db, d->arena, str_of(email), &all, &n);
	while (e == ERR_NONE && i < n && all[i].id != newsletter_id)
		i++;
	if (e == ERR_NONE && i == n)
		e = fault_set(f, ERR_NOT_FOUND, "there is no such newsletter");
	if (e == ERR_NONE && on)
		e = turn_on(d, str_of(email), &all[i], method, basis);
	else if (e == ERR_NONE && all[i].subscription_id != 0 &&
	         (e = newsletter_store_by_id(d->db, d->arena, all[i].subscription_id, &s)) == ERR_NONE)
		e = end_one(d, &s, "withdrawn", method);
	return finish(d, e, f);
}
