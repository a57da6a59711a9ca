/* outbox_store.h: mail that waits, is sent once, tried again or given up. Rendered by the worker, not by requests. */
#ifndef STORE_OUTBOX_STORE_H
#define STORE_OUTBOX_STORE_H

#include "store/db.h"

enum outbox_kind { OUTBOX_TRANSACTIONAL, OUTBOX_NEWSLETTER };

struct outbox_mail {
	enum outbox_kind kind;
	struct str to;        /* any spelling; checked here */
	const char *template; /* "mail_login": templates/mail_login.mustache and mail_login_text.mustache */
	struct str data;      /* JSON object for the template; empty: {} */
	int64_t due_at;       /* 0: at once */
	int64_t expires_at;   /* not sent after; 0: no end */
	int64_t issue_id, subscription_id; /* newsletters */
};

/* In the caller's transaction, or in one of its own. ERR_INVALID: no address; ERR_CONFLICT: the issue was queued for
 * this subscription already. DB_WRITER, as all below. */
enum err outbox_store_put(struct db *db, const struct outbox_mail *mail, struct fault *f);

struct outbox_row {
	int64_t id, created_at, expires_at, tries, issue_id, subscription_id;
	enum outbox_kind kind;
	struct str to, template, data; /* in the arena */
};

/* Is anything due? A look without a lock. */
enum err outbox_store_due(struct db *db, int64_t now, bool *out);

/* Takes the next mail that is due, the ones that people wait for first; it is this lease's until `until`.
 * ERR_NOT_FOUND: nothing is due. */
enum err outbox_store_lease(
    struct db *db, struct arena *a, const char *lease, int64_t now, int64_t until, struct outbox_row *out);

/* What became of a leased mail. ERR_NOT_FOUND: the lease ran out, or the person was erased. */
enum err outbox_store_sent(struct db *db, const char *lease, const struct outbox_row *row, int64_t now);
enum err outbox_store_retry(
    struct db *db, const char *lease, const struct outbox_row *row, struct str reason, int64_t now);
enum err outbox_store_dead(struct db *db, const char *lease, int64_t id, struct str reason);

/* The mail server refuses the address for good. */
enum err outbox_store_refuse(struct db *db, struct str address, struct str reason, int64_t now);
enum err outbox_store_refused(
    struct db *db, enum outbox_kind kind, struct str address, int64_t now, bool *out);

/* Leases of workers that died; lease NULL: those that ran out, else all of this name. */
enum err outbox_store_recover(struct db *db, const char *lease, int64_t now, int64_t *n);
/* Nothing more goes to this address, and nothing is kept about it here. */
enum err outbox_store_forget(struct db *db, struct str address);
enum err outbox_store_purge(struct db *db, int64_t now, int64_t keep_s, int64_t *n);

/* May this form send a mail to this address now? ERR_NONE: yes, and it is counted. ERR_BUSY: no, answer as if it had
 * been sent. At most 3 an address and purpose and 60 a network in 15 minutes, per_day for the whole site. In the
 * transaction that puts the mail. */
struct outbox_budget {
	const char *purpose; /* "login", "newsletter", … */
	struct str to, ip;   /* ip as text, "" without a network */
	const uint8_t *key;  /* 32 bytes for the hashes: seal_secret(…, SEAL_HASH, …) */
	int64_t per_day, now;
};
enum err outbox_store_budget(struct db *db, const struct outbox_budget *b);

#endif
