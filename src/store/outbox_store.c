/* outbox_store.c: the states of a mail: waiting, sending, sent or dead. */
#include "store/outbox_store.h"

#include "base/clock.h"
#include "base/token.h"
#include "store/pick.h"
#include "store/subscriber_store.h"

#define RETRY_FIRST_S 60
#define RETRY_LONGEST_S (4 * 3600)
#define GIVE_UP_S CLOCK_DAY
#define REASON 300

static const char *const kinds[] = {
    [OUTBOX_TRANSACTIONAL] = "transactional",
    [OUTBOX_NEWSLETTER] = "newsletter",
};

enum err
outbox_store_put(struct db *db, const struct outbox_mail *mail, struct fault *f)
{
	static const char letter[] =
	    "INSERT INTO outbox (kind, recipient, template, data, due_at, expires_at)"
	    " VALUES ('transactional', $1, $2, $3, $4, CASE WHEN $5 = 0 THEN NULL ELSE $5 END)";
	static const char issue[] =
	    "INSERT INTO outbox (kind, recipient, template, data, due_at, issue_id, subscription_id)"
	    " VALUES ('newsletter', $1, $2, $3, $4, $5, $6)";
	struct str data = mail->data.len == 0 ? STR("{}") : mail->data;
	int64_t due = mail->due_at == 0 ? clock_now() : mail->due_at;
	char to[SUBSCRIBER_EMAIL + 1];
	enum err e;

	if (!subscriber_email(mail->to, to))
		return fault_set(f, ERR_INVALID, "mail: not an e-mail address");
	if (mail->kind == OUTBOX_NEWSLETTER)
		e = db_exec(db, NULL, issue, "zzsiii", to, mail->template, data, due, mail->issue_id,
		    mail->subscription_id);
	else
		e = db_exec(db, NULL, letter, "zzsii", to, mail->template, data, due, mail->expires_at);
	return pick_fault(f, e, db);
}

enum err
outbox_store_due(struct db *db, int64_t now, bool *out)
{
	static const char sql[] = "SELECT EXISTS (SELECT 1 FROM outbox WHERE state = 'waiting' AND kind = "
	                          "'transactional' AND due_at <= $1)"
	                          " OR EXISTS (SELECT 1 FROM outbox WHERE state = 'waiting' AND kind = "
	                          "'newsletter' AND due_at <= $1)";
	int64_t any = 0;
	enum err e = db_int(db, &any, sql, "i", now);

	*out = e == ERR_NONE && any != 0;
	return e;
}

static enum err
take(struct rows *rows, struct arena *a, struct outbox_row *out)
{
	struct pick p = {rows, a, false};
	enum err e = rows_next(rows);

	if (e != ERR_NONE)
		return e;
	*out = (struct outbox_row){
	    .id = rows_int(rows, 0),
	    .kind = str_eq(rows_str(rows, 1), STR("newsletter")) ? OUTBOX_NEWSLETTER : OUTBOX_TRANSACTIONAL,
	    .created_at = rows_int(rows, 2),
	    .expires_at = rows_int(rows, 3),
	    .tries = rows_int(rows, 4),
	    .issue_id = rows_int(rows, 5),
	    .subscription_id = rows_int(rows, 6),
	    .to = pick_str(&p, 7),
	    .template = pick_str(&p, 8),
	    .data = pick_str(&p, 9),
	};
	/* the statement is only done when it has said so */
	while ((e = rows_next(rows)) == ERR_NONE)
		;
	if (e == ERR_NOT_FOUND)
		e = ERR_NONE;
	return e == ERR_NONE && p.failed ? ERR_MEMORY : e;
}

enum err
outbox_store_lease(
    struct db *db, struct arena *a, const char *lease, int64_t now, int64_t until, struct outbox_row *out)
{
	static const char sql[] =
	    "UPDATE outbox SET state = 'sending', lease = $1, leased_until = $2, tries = tries + 1"
	    " WHERE id = (SELECT id FROM outbox WHERE state = 'waiting' AND kind = $3 AND due_at <= $4"
	    " ORDER BY due_at, id LIMIT 1)"
	    " RETURNING id, kind, created_at, expires_at, tries, issue_id, subscription_id, recipient, "
	    "template, data";
	enum err e = ERR_NOT_FOUND;

	for (size_t i = 0; e == ERR_NOT_FOUND && i < sizeof kinds / sizeof *kinds; i++) {
		struct rows *rows = NULL;

		e = db_query(db, sql, &rows, "zizi", lease, until, kinds[i], now);
		if (e == ERR_NONE)
			e = take(rows, a, out);
		rows_close(rows);
	}
	return e;
}

/* A change of one leased row: none changed means that it is no longer ours. */
static enum err
ours(enum err e, int64_t changed)
{
	return e == ERR_NONE && changed == 0 ? ERR_NOT_FOUND : e;
}

enum err
outbox_store_sent(struct db *db, const char *lease, const struct outbox_row *row, int64_t now)
{
	static const char sql[] =
	    "UPDATE outbox SET state = 'sent', sent_at = $1, lease = NULL, data = '{}', reason = ''"
	    " WHERE id = $2 AND lease = $3";
	static const char lift[] = "DELETE FROM mail_refused WHERE recipient = $1";
	int64_t changed = 0;
	enum err e = db_exec(db, &changed, sql, "iiz", now, row->id, lease);

	if (e == ERR_NONE && row->kind == OUTBOX_TRANSACTIONAL)
		e = db_exec(db, NULL, lift, "s", row->to);
	return ours(e, changed);
}

/* 1, 2, 4 … minutes up to 4 hours, each up to a quarter longer so that what failed together does not come back together. */
static int64_t
pause_after(int64_t tries)
{
	int64_t pause = RETRY_FIRST_S;

	for (int64_t i = 1; i < tries && pause < RETRY_LONGEST_S; i++)
		pause *= 2;
	if (pause > RETRY_LONGEST_S)
		pause = RETRY_LONGEST_S;
	return pause + (int64_t)token_random_below((uint32_t)(pause / 4));
}

enum err
outbox_store_retry(
    struct db *db, const char *lease, const struct outbox_row *row, struct str reason, int64_t now)
{
	static const char sql[] =
	    "UPDATE outbox SET state = 'waiting', lease = NULL, due_at = $1, reason = $2"
	    " WHERE id = $3 AND lease = $4";
	int64_t due = now + pause_after(row->tries), changed = 0;
	enum err e;

	if (due >= row->created_at + GIVE_UP_S || (row->expires_at != 0 && due >= row->expires_at))
		return outbox_store_dead(db, lease, row->id, reason);
	e = db_exec(db, &changed, sql, "isiz", due, pick_text(str_slice(reason, 0, REASON)), row->id, lease);
	return ours(e, changed);
}

enum err
outbox_store_dead(struct db *db, const char *lease, int64_t id, struct str reason)
{
	static const char sql[] = "UPDATE outbox SET state = 'dead', lease = NULL, data = '{}', reason = $1"
	                          " WHERE id = $2 AND lease = $3";
	int64_t changed = 0;
	enum err e = db_exec(db, &changed, sql, "siz", pick_text(str_slice(reason, 0, REASON)), id, lease);

	return ours(e, changed);
}

enum err
outbox_store_refuse(struct db *db, struct str address, struct str reason, int64_t now)
{
	static const char sql[] =
	    "INSERT INTO mail_refused (recipient, at, reason) VALUES ($1, $2, $3)"
	    " ON CONFLICT (recipient) DO UPDATE SET at = excluded.at, reason = excluded.reason";

	return db_exec(db, NULL, sql, "sis", address, now, pick_text(str_slice(reason, 0, REASON)));
}

enum err
outbox_store_refused(struct db *db, enum outbox_kind kind, struct str address, int64_t now, bool *out)
{
	static const char sql[] = "SELECT at FROM mail_refused WHERE recipient = $1";
	int64_t at = 0;
	enum err e = db_int(db, &at, sql, "s", address);

	*out = e == ERR_NONE && (kind == OUTBOX_NEWSLETTER || at > now - CLOCK_DAY);
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

enum err
outbox_store_recover(struct db *db, const char *lease, int64_t now, int64_t *n)
{
	static const char late[] = "UPDATE outbox SET state = 'waiting', lease = NULL WHERE state = "
	                           "'sending' AND leased_until <= $1";
	static const char mine[] =
	    "UPDATE outbox SET state = 'waiting', lease = NULL WHERE state = 'sending' AND lease = $1";

	return lease == NULL ? db_exec(db, n, late, "i", now) : db_exec(db, n, mine, "z", lease);
}

enum err
outbox_store_forget(struct db *db, struct str address)
{
	static const char mails[] = "DELETE FROM outbox WHERE recipient = $1";
	static const char refused[] = "DELETE FROM mail_refused WHERE recipient = $1";
	enum err e = db_exec(db, NULL, mails, "s", address);

	return e == ERR_NONE ? db_exec(db, NULL, refused, "s", address) : e;
}

enum err
outbox_store_purge(struct db *db, int64_t now, int64_t keep_s, int64_t *n)
{
	static const char mails[] = "DELETE FROM outbox WHERE created_at < $1 AND state IN ('sent', 'dead')";
	static const char counters[] = "DELETE FROM mail_budget WHERE starts_at < $1";
	int64_t changed = 0;
	enum err e = db_exec(db, n, mails, "i", now - keep_s);

	if (e == ERR_NONE)
		e = db_exec(db, &changed, counters, "i", now - 2 * CLOCK_DAY);
	*n += changed;
	return e;
}
