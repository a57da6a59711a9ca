/* auth_store.h: links and codes that readers asked for, and passwords. Strings live in the arena. */
#ifndef STORE_AUTH_STORE_H
#define STORE_AUTH_STORE_H

#include "store/db.h"

#define AUTH_WRONG_CODES 5

/* What is stored of a request; hashes only. browser and code empty: only the link. */
struct auth_link {
	int64_t subscriber_id; /* 0: the address has no account */
	struct str purpose, email, hash, browser, code, device, next;
	int64_t now, expires_at;
};

struct auth_row {
	int64_t subscriber_id, created_at, wrong; /* subscriber_id 0: none when it was asked for */
	struct str email, hash, browser, code, device, next;
};

/* DB_WRITER. */
enum err auth_store_add(struct db *db, const struct auth_link *link, struct fault *f);

/* Neither used nor over. ERR_NOT_FOUND: no such link, or no more. Not DB_PUBLIC. */
enum err auth_store_by_hash(
    struct db *db, struct arena *a, struct str hash, struct str purpose, int64_t now, struct auth_row *out);
enum err auth_store_by_browser(
    struct db *db, struct arena *a, struct str browser, int64_t now, struct auth_row *out);

/* Counts a wrong code; the fifth ends the link. *left: how many may still be tried. DB_WRITER. */
enum err auth_store_wrong(struct db *db, struct str hash, int64_t now, int64_t *left);

/* A sign-in is a sign of life for the account's newsletters, too. DB_WRITER. */
enum err auth_store_alive(struct db *db, int64_t subscriber_id, int64_t now);

/* Ends every link of the account that was not used. DB_WRITER. */
enum err auth_store_end_links(struct db *db, int64_t subscriber_id, int64_t now);

/* ERR_NOT_FOUND: the account has none. Not DB_PUBLIC. */
enum err auth_store_password(
    struct db *db, struct arena *a, int64_t subscriber_id, struct str *hash, int64_t *changed_at);
/* hash.len 0 takes it away. DB_WRITER. */
enum err auth_store_set_password(struct db *db, int64_t subscriber_id, struct str hash, int64_t now);

/* ERR_CONFLICT: another account has the address. DB_WRITER. */
enum err auth_store_set_email(struct db *db, int64_t subscriber_id, struct str email);

#endif
