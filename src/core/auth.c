/* auth.c: what is written and mailed when somebody asks, and what must hold when somebody enters. */
#include "core/auth.h"

#include <stdio.h>
#include <string.h>

#include "core/seal.h"
#include "store/seat_store.h"
#include "store/erased_store.h"
#include "store/outbox_store.h"
#include "store/subscriber_store.h"

static const struct str purpose = {"sign-in", 7};

struct secrets {
	char link[TOKEN_TEXT + 1], link_hash[TOKEN_HASH + 1];
	char browser[TOKEN_TEXT + 1], browser_hash[TOKEN_HASH + 1];
	char code[AUTH_CODE + 1], code_hash[TOKEN_HASH + 1];
};

/* Keyed with the browser's secret, of which the table has only a hash: a short code could be guessed from a plain one. */
static bool
hash_code(struct str browser, struct str code, char out[TOKEN_HASH + 1])
{
	uint8_t key[TOKEN_BYTES];
	size_t n;
	bool ok = token_decode(browser, key, sizeof key, &n) && n == sizeof key;

	if (ok)
		token_hash_keyed(key, code, out);
	token_wipe(key, sizeof key);
	return ok;
}

static bool
make_secrets(struct secrets *s)
{
	token_new(s->link);
	token_hash(str_of(s->link), s->link_hash);
	token_new(s->browser);
	token_hash(str_of(s->browser), s->browser_hash);
	for (size_t i = 0; i < AUTH_CODE; i++)
		s->code[i] = (char)('0' + token_random_below(10));
	s->code[AUTH_CODE] = '\0';
	return hash_code(str_of(s->browser), str_of(s->code), s->code_hash);
}

/* SECRET, last second, address, way back; none of them holds a line end. */
static bool
make_cookie(const struct auth_desk *d, const struct secrets *s, const char *email, struct str next,
    char cookie[AUTH_COOKIE_TEXT])
{
	struct str text = arena_printf(d->arena, "%s\n%lld\n%s\n" STR_FMT, s->browser,
	    (long long)(d->now + d->config->signin_life_s), email, STR_ARG(next));

	return text.at != NULL &&
	       seal_make(d->ring, SEAL_LOGIN, str_of(d->config->site_url), text, cookie, AUTH_COOKIE_TEXT);
}

bool
auth_pending_read(const struct auth_desk *d, struct str cookie, struct auth_pending *out)
{
	char *text = arena_alloc(d->arena, PASETO_BYTES);
	struct str rest, end;
	int64_t until;
	size_t n;

	if (text == NULL || seal_open(d->ring, SEAL_LOGIN, str_of(d->config->site_url), cookie, text,
	                        PASETO_BYTES, &n) != ERR_NONE)
		return false;
	rest = (struct str){text, n};
	return str_split(&rest, '\n', &out->secret) && str_split(&rest, '\n', &end) &&
	       str_split(&rest, '\n', &out->email) && str_split(&rest, '\n', &out->next) && rest.at == NULL &&
	       out->secret.len == TOKEN_TEXT && str_to_int(end, 1, INT64_MAX, &until) && d->now < until;
}

/* Only known words and tokens go in: nothing to escape. */
static enum err
put_mail(const struct auth_desk *d, const char *email, bool known, const struct secrets *s, struct fault *f)
{
	struct str data = arena_printf(d->arena,
	    "{\"link\":\"%s/login/%s\",\"code\":\"%.4s %.4s\",\"minutes\":%lld,\"device\":\"" STR_FMT
	    "\",\"requested_at_text\":\"" STR_FMT "\"}",
	    d->config->site_url, s->link, s->code, s->code + 4, (long long)(d->config->signin_life_s / 60),
	    STR_ARG(d->device_text), STR_ARG(d->moment));
	struct outbox_mail mail = {.kind = OUTBOX_TRANSACTIONAL,
	    .to = str_of(email),
	    .template = known                                 ? "mail_login"
	                : d->config->signin_registration != 0 ? "mail_register"
	                                                      : "mail_no_account",
	    .data = data,
	    .due_at = d->now,
	    .expires_at = d->now + d->config->signin_life_s};

	return data.at == NULL ? ERR_MEMORY : outbox_store_put(d->db, &mail, f);
}

/* Inside the transaction. ERR_BUSY: written to too often. */
static enum err
put_request(
    const struct auth_desk *d, const char *email, struct str next, const struct secrets *s, struct fault *f)
{
	uint8_t key[PASETO_KEY];
	struct subscriber reader = {.id = 0};
	struct auth_link link = {.purpose = purpose,
	    .email = str_of(email),
	    .hash = str_of(s->link_hash),
	    .browser = str_of(s->browser_hash),
	    .code = str_of(s->code_hash),
	    .device = d->device,
	    .next = next,
	    .now = d->now,
	    .expires_at = d->now + d->config->signin_life_s};
	enum err e;

	seal_secret(d->ring, SEAL_HASH, key);
	e = outbox_store_budget(d->db, &(struct outbox_budget){.purpose = "login",
	                                   .to = str_of(email),
	                                   .ip = d->ip,
	                                   .key = key,
	                                   .per_day = d->config->mail_per_day,
	                                   .now = d->now});
	token_wipe(key, sizeof key);
	if (e != ERR_NONE)
		return e;
	e = subscriber_store_by_email(d->db, d->arena, str_of(email), &reader);
	if (e != ERR_NONE && e != ERR_NOT_FOUND)
		return e;
	link.subscriber_id = reader.id;
	e = auth_store_add(d->db, &link, f);
	return e == ERR_NONE ? put_mail(d, email, reader.id != 0, s, f) : e;
}

static enum err
begin(const struct auth_desk *d, struct fault *f)
{
	enum err e = db_begin(d->db);

	return e == ERR_NONE ? e : fault_set(f, e, "the database is not free: %s", db_message(d->db));
}

static enum err
finish(const struct auth_desk *d, enum err e, struct fault *f)
{
	if (e == ERR_NONE && (e = db_commit(d->db)) != ERR_NONE)
		(void)fault_set(f, e, "nothing was stored: %s", db_message(d->db));
	if (e != ERR_NONE)
		db_rollback(d->db);
	return e;
}

/* The mail that this browser asked for last is still good: its cookie stays. */
static void
keep_cookie(const struct auth_desk *d, struct str before, const char *email, char cookie[AUTH_COOKIE_TEXT])
{
	struct auth_pending p;

	if (before.len < AUTH_COOKIE_TEXT && auth_pending_read(d, before, &p) &&
	    str_eq(p.email, str_of(email)))
		(void)snprintf(cookie, AUTH_COOKIE_TEXT, STR_FMT, STR_ARG(before));
}

enum err
auth_ask(const struct auth_desk *d, struct str typed, struct str next, struct str before,
    char cookie[AUTH_COOKIE_TEXT], struct fault *f)
{
	char email[SUBSCRIBER_EMAIL + 1];
	struct secrets s;
	enum err e;

	if (!subscriber_email(typed, email))
		return ERR_INVALID;
	if (!make_secrets(&s) || !make_cookie(d, &s, email, next, cookie))
		return ERR_MEMORY;
	if ((e = begin(d, f)) == ERR_NONE) {
		e = put_request(d, email, next, &s, f);
		e = finish(d, e, f);
	}
	token_wipe(&s, sizeof s);
	if (e != ERR_BUSY || f->text[0] != '\0')
		return e;
	keep_cookie(d, before, email, cookie);
	return ERR_NONE;
}

static bool
link_hash(struct str token, char out[TOKEN_HASH + 1])
{
	if (token.len != TOKEN_TEXT)
		return false;
	token_hash(token, out);
	return true;
}

enum err
auth_look(const struct auth_desk *d, struct str token, struct auth_row *out)
{
	char hash[TOKEN_HASH + 1];

	if (!link_hash(token, hash))
		return ERR_NOT_FOUND;
	return auth_store_by_hash(d->db, d->arena, str_of(hash), purpose, d->now, out);
}

bool
auth_same_browser(const struct auth_row *row, const struct auth_pending *pending)
{
	char hash[TOKEN_HASH + 1];

	token_hash(pending->secret, hash);
	return token_equal(str_of(hash), row->browser);
}

/* The account that the address stands for now: it may have been made since it asked, or be made here. */
static enum err
find_account(const struct auth_desk *d, const struct auth_row *row, struct auth_entry *out, struct fault *f)
{
	struct subscriber reader;
	enum err e;

	out->subscriber_id = row->subscriber_id;
	if (row->subscriber_id != 0)
		return ERR_NONE;
	e = subscriber_store_by_email(d->db, d->arena, row->email, &reader);
	if (e == ERR_NONE)
		out->subscriber_id = reader.id;
	if (e != ERR_NOT_FOUND)
		return e;
	if (d->config->signin_registration == 0)
		return fault_set(f, ERR_DENIED, "there is no account, and none is made here");
	out->registered = true;
	return subscriber_store_add(d->db, row->email, STR_NONE, &out->subscriber_id, f);
}

enum err
auth_open_session(
    const struct auth_desk *d, int64_t subscriber_id, struct session_ticket *out, struct fault *f)
{
	const struct session_new fresh = {.subscriber_id = subscriber_id,
	    .now = d->now,
	    .expires_at = d->now + d->config->session_life_s,
	    .label = d->device};
	enum err e = ERR_NONE;

	if (d->old_session_id != 0)
		e = session_store_revoke(d->db, d->old_subscriber_id, d->old_session_id, d->now);
	if (e == ERR_NONE || e == ERR_NOT_FOUND)
		e = auth_store_alive(d->db, subscriber_id, d->now);
	return e == ERR_NONE
	           ? session_issue_within(d->db, d->ring, str_of(d->config->site_url), &fresh, out, f)
	           : e;
}

/* Inside the transaction: of any number of tries at once one gets through (LG8). */
static enum err
enter(const struct auth_desk *d, const struct auth_row *row, struct auth_entry *out, struct fault *f)
{
	int64_t unused;
	enum err e = session_store_link_use(d->db, row->hash, purpose, d->now, &unused);

	if (e != ERR_NONE)
		return e;
	out->next = row->next;
	e = find_account(d, row, out, f);
	/* Whoever was erased has come back in person. */
	if (e == ERR_NONE)
		e = erased_store_remove(d->db, row->email);
	/* The address is proven now: seats that wait for it are its reader's. */
	if (e == ERR_NONE &&
	    (e = seat_store_join(d->db, d->arena, out->subscriber_id, row->email, d->now, NULL)) != ERR_NONE)
		return fault_set(f, e, "%s", db_message(d->db));
	return e == ERR_NONE ? auth_open_session(d, out->subscriber_id, &out->ticket, f) : e;
}

enum err
auth_enter_by_link(const struct auth_desk *d, struct str token, struct auth_entry *out, struct fault *f)
{
	struct auth_row row;
	enum err e = begin(d, f);

	*out = (struct auth_entry){.next = STR_NONE};
	if (e != ERR_NONE)
		return e;
	e = auth_look(d, token, &row);
	return finish(d, e == ERR_NONE ? enter(d, &row, out, f) : e, f);
}

/* People type what they read: with spaces, or a hyphen. */
static struct str
bare_code(struct str typed, char out[AUTH_CODE])
{
	size_t n = 0;

	for (size_t i = 0; i < typed.len; i++)
		if (typed.at[i] >= '0' && typed.at[i] <= '9') {
			if (n == AUTH_CODE)
				return STR_NONE;
			out[n++] = typed.at[i];
		}
	return (struct str){out, n};
}

static bool
code_right(const struct auth_row *row, const struct auth_pending *pending, struct str typed)
{
	char digits[AUTH_CODE], hash[TOKEN_HASH + 1];

	return hash_code(pending->secret, bare_code(typed, digits), hash) &&
	       token_equal(str_of(hash), row->code);
}

enum err
auth_enter_by_code(const struct auth_desk *d, const struct auth_pending *pending, struct str typed,
    struct auth_entry *out, int64_t *left, struct fault *f)
{
	char hash[TOKEN_HASH + 1];
	struct auth_row row;
	enum err e = begin(d, f);

	*out = (struct auth_entry){.next = STR_NONE};
	*left = 0;
	if (e != ERR_NONE)
		return e;
	token_hash(pending->secret, hash);
	e = auth_store_by_browser(d->db, d->arena, str_of(hash), d->now, &row);
	if (e == ERR_NONE && !code_right(&row, pending, typed)) {
		e = auth_store_wrong(d->db, row.hash, d->now, left);
		e = finish(d, e, f);
		return e == ERR_NONE ? ERR_DENIED : e;
	}
	return finish(d, e == ERR_NONE ? enter(d, &row, out, f) : e, f);
}
