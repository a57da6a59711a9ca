/* person_store.c: the tables keyed to a reader. A new one gets a row here with its migration. */
#include "store/person_store.h"

#include <string.h>

#define COLUMNS_MAX 12

/* What $1 of a statement is. */
enum key { BY_ACCOUNT, BY_EMAIL, BY_CONSENTS };

/* The columns of sql in their order; a name that begins with '#' is a number. */
struct person_table {
	enum key key;
	const char *name, *sql;
	const char *columns[COLUMNS_MAX];
};

static const struct person_table tables[] = {
    {BY_ACCOUNT, "subscriber",
        "SELECT id, email, name, note, created_at, generation, blocked_at FROM subscriber WHERE id = $1",
        {"#id", "email", "name", "note", "#created_at", "#generation", "#blocked_at"}},
    {BY_ACCOUNT, "subscription",
        "SELECT u.id, p.slug, u.kind, u.starts_at, u.ends_at, u.grace_s, u.created_at, u.source, u.ended_at,"
        " u.ended_reason FROM subscription u JOIN plan p ON p.id = u.plan_id WHERE u.subscriber_id = $1 "
        "ORDER BY u.id",
        {"#id", "plan", "kind", "#starts_at", "#ends_at", "#grace_s", "#created_at", "source", "#ended_at",
            "ended_reason"}},
    {BY_ACCOUNT, "subscriber_batch_item",
        "SELECT i.batch_id, b.file, b.at, i.subscription_id FROM subscriber_batch_item i JOIN "
        "subscriber_batch b ON b.id = i.batch_id WHERE i.subscriber_id = $1 ORDER BY 1, 4",
        {"#batch_id", "file", "#at", "#subscription_id"}},
    {BY_ACCOUNT, "session",
        "SELECT id, created_at, expires_at, last_seen_at, revoked_at, label FROM session WHERE subscriber_id "
        "= $1"
        " ORDER BY created_at, id",
        {"#id", "#created_at", "#expires_at", "#last_seen_at", "#revoked_at", "label"}},
    /* not the hash, which stands for a secret */
    {BY_EMAIL, "login_link",
        "SELECT purpose, email, device, next, created_at, expires_at, used_at FROM login_link WHERE "
        "email = $1 OR subscriber_id = (SELECT id FROM subscriber WHERE email = $1) ORDER BY created_at",
        {"purpose", "email", "device", "next", "#created_at", "#expires_at", "#used_at"}},
    {BY_ACCOUNT, "staff", "SELECT role, since_at FROM staff WHERE subscriber_id = $1", {"role", "#since_at"}},
    {BY_ACCOUNT, "subscription_pause",
        "SELECT id, starts_at, ends_at, created_at, reason, settled_at FROM subscription_pause WHERE "
        "subscriber_id = $1 ORDER BY id",
        {"#id", "#starts_at", "#ends_at", "#created_at", "reason", "#settled_at"}},
    {BY_ACCOUNT, "free_read",
        "SELECT f.month, a.slug, f.at FROM free_read f JOIN article a ON a.id = f.article_id WHERE "
        "f.subscriber_id = $1 ORDER BY f.at, a.slug",
        {"month", "article", "#at"}},
    {BY_ACCOUNT, "gift",
        "SELECT g.id, a.slug, g.created_at, g.expires_at, g.readers_max, g.revoked_at FROM gift g JOIN "
        "article a ON a.id = g.article_id WHERE g.subscriber_id = $1 ORDER BY g.id",
        {"#id", "article", "#created_at", "#expires_at", "#readers_max", "#revoked_at"}},
    {BY_ACCOUNT, "feed_key",
        "SELECT id, created_at, revoked_at FROM feed_key WHERE subscriber_id = $1 ORDER BY id",
        {"#id", "#created_at", "#revoked_at"}},
    {BY_ACCOUNT, "seat",
        "SELECT s.id, i.name, s.origin, s.created_at, s.revoked_at, s.revoked_reason FROM seat s JOIN "
        "institution i ON i.id = s.institution_id WHERE s.subscriber_id = $1 ORDER BY s.id",
        {"#id", "institution", "origin", "#created_at", "#revoked_at", "revoked_reason"}},
    {BY_EMAIL, "seat_invitation",
        "SELECT v.id, i.name, v.origin, v.created_at FROM seat_invitation v JOIN institution i ON i.id = "
        "v.institution_id WHERE v.email = $1 AND v.closed_at IS NULL ORDER BY v.id",
        {"#id", "institution", "origin", "#created_at"}},
    {BY_ACCOUNT, "institution_contact",
        "SELECT c.id, i.name, c.created_at, c.ended_at FROM institution_contact c JOIN institution i ON "
        "i.id = c.institution_id WHERE c.subscriber_id = $1 ORDER BY c.id",
        {"#id", "institution", "#created_at", "#ended_at"}},
    {BY_ACCOUNT, "payment_customer",
        "SELECT provider, id, email, seen_at FROM payment_customer WHERE subscriber_id = $1 ORDER BY "
        "provider, id",
        {"provider", "id", "email", "#seen_at"}},
    {BY_EMAIL, "newsletter_subscription",
        "SELECT l.slug, s.state, s.basis, s.source, s.requested_at, s.confirmed_at, s.last_action_at, "
        "s.ended_at FROM newsletter_subscription s JOIN newsletter l ON l.id = s.newsletter_id WHERE "
        "s.email = $1 ORDER BY s.id",
        {"newsletter", "state", "basis", "source", "#requested_at", "#confirmed_at", "#last_action_at",
            "#ended_at"}},
    /* what was agreed to, in the words that stood there; not the hashes */
    {BY_CONSENTS, "consent",
        "SELECT c.at, c.purpose, c.action, c.method, c.form, n.version, n.wording FROM consent c LEFT JOIN "
        "consent_notice n ON n.hash = c.notice_hash WHERE c.person = $1 ORDER BY c.id",
        {"#at", "purpose", "action", "method", "form", "wording_version", "wording"}},
    /* not what was in it: a code may be */
    {BY_EMAIL, "outbox",
        "SELECT template, state, created_at, sent_at FROM outbox WHERE recipient = $1 ORDER BY id",
        {"template", "state", "#created_at", "#sent_at"}},
    {BY_EMAIL, "mail_refused", "SELECT at, reason FROM mail_refused WHERE recipient = $1", {"#at", "reason"}},
    /* that there is one, not the hash */
    {BY_ACCOUNT, "subscriber_password", "SELECT changed_at FROM subscriber_password WHERE subscriber_id = $1",
        {"#changed_at"}},
    {BY_ACCOUNT, "last_sign_in", "SELECT at FROM last_sign_in WHERE subscriber_id = $1", {"#at"}},
};

static enum err
read_row(const struct rows *rows, const struct person_table *table, person_seen *seen, void *arg)
{
	enum err e = ERR_NONE;

	for (int i = 0; i < COLUMNS_MAX && table->columns[i] != NULL && e == ERR_NONE; i++) {
		bool number = table->columns[i][0] == '#';
		struct person_value value = {
		    .table = table->name,
		    .column = table->columns[i] + number,
		    .first = i == 0,
		    .null = rows_null(rows, i),
		    .number = number,
		    .n = number ? rows_int(rows, i) : 0,
		    .text = number ? STR_NONE : rows_str(rows, i),
		};

		e = seen(arg, &value);
	}
	return e;
}

static enum err
query(struct db *db, const struct person_table *table, const struct person *who, struct rows **rows)
{
	switch (table->key) {
	case BY_EMAIL: return db_query(db, table->sql, rows, "s", who->email);
	case BY_CONSENTS: return db_query(db, table->sql, rows, "s", who->consents);
	default: return db_query(db, table->sql, rows, "i", who->subscriber_id);
	}
}

enum err
person_store_read(struct db *db, const struct person *who, person_seen *seen, void *arg)
{
	enum err e = ERR_NONE;

	for (size_t i = 0; i < sizeof tables / sizeof *tables && e == ERR_NONE; i++) {
		struct rows *rows = NULL;

		e = query(db, &tables[i], who, &rows);
		while (e == ERR_NONE && (e = rows_next(rows)) == ERR_NONE)
			e = read_row(rows, &tables[i], seen, arg);
		rows_close(rows);
		if (e == ERR_NOT_FOUND)
			e = ERR_NONE;
	}
	return e;
}

bool
person_store_has(const char *table)
{
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		if (strcmp(tables[i].name, table) == 0)
			return true;
	return false;
}
