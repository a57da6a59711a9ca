/* newsletter.h: signing up, confirming, leaving; every step with its proof. */
#ifndef CORE_NEWSLETTER_H
#define CORE_NEWSLETTER_H

#include "base/clock.h"
#include "core/keyring.h"
#include "core/lasting.h"
#include "format/config.h"
#include "store/newsletter_store.h"

/* The wording beside the form, as it is now. */
struct newsletter_notice {
	char hash[TOKEN_HASH + 1], version[16]; /* version: what the form sends along */
	struct str wording;
};

/* What every step needs. db: DB_WRITER, not in a transaction: each function is one. */
struct newsletter_desk {
	struct db *db;
	struct arena *arena;
	const struct config *config;
	const struct lasting *lasting;
	const struct keyring *ring;
	const struct newsletter_notice *notice;
	struct str ip;   /* counted against the budget, never stored */
	struct str form; /* where: the page's path */
	int64_t now;
};

/* Asks for the lists; the confirmation mail goes out unless the address has them all or has had its share of mail. The
 * answer must be the same. version: of the wording that the form showed. ERR_INVALID: no address; ERR_CONFLICT: a
 * wording that is no longer known: show the form again. */
enum err newsletter_ask(const struct newsletter_desk *d, struct str typed, struct str version,
    const int64_t *lists, size_t n, struct fault *f);

/* What a confirmation link is for. ERR_NOT_FOUND: nothing, or no more. db: not DB_PUBLIC. */
enum err newsletter_look(
    struct db *db, struct arena *a, struct str token, struct newsletter_subscription **out, size_t *n);
enum err newsletter_confirm(const struct newsletter_desk *d, struct str token, struct fault *f);

/* The address by which a mail's reader leaves its list: good as long as the mail. */
bool newsletter_leave_url(
    const struct lasting *l, const char *site_url, int64_t subscription_id, char *out, size_t size);

/* ERR_NOT_FOUND: not written by us. ERR_NONE with list empty: left and erased long ago. */
enum err newsletter_leaving(const struct newsletter_desk *d, struct str token, struct str *list);
enum err newsletter_leave(
    const struct newsletter_desk *d, struct str token, const char *method, struct fault *f);

/* For the account page, whose reader has shown that the address is theirs: the lists with their state, and one of them
 * on or off, at once. method: account, command. basis NULL: opt-in. */
enum err newsletter_of(
    struct db *db, struct arena *a, struct str email, struct newsletter_row **out, size_t *n);
enum err newsletter_set(const struct newsletter_desk *d, struct str typed, int64_t newsletter_id, bool on,
    const char *method, const char *basis, struct fault *f);

#define NEWSLETTER_UNCONFIRMED_S (30 * CLOCK_DAY) /* how long a confirmation link works */

/* One step in the log of consents, in the transaction of what it is the proof of. slug: of the list; notice: the hash of the
 * wording that was shown, or empty. */
enum err newsletter_log(const struct newsletter_desk *d, struct str email, struct str slug,
    const char *action, const char *method, struct str notice);

/* Keyed hash under which the log of consents knows an address. */
void newsletter_person(const struct lasting *l, struct str email, char out[TOKEN_HASH + 1]);

#endif
