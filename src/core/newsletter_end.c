/* newsletter_end.c: what is dropped, each step with its proof, and how long proofs are kept. */
#include "core/newsletter_end.h"

#include "store/consent_store.h"
#include "store/outbox_store.h"
#include "store/pick.h"

#define SILENT_S (3 * 365 * CLOCK_DAY)
#define PURGE_MOST 1000

enum err
newsletter_forget(const struct newsletter_desk *d, struct str email, const char *method, struct fault *f)
{
	struct newsletter_subscription *all;
	size_t n = 0;
	enum err e = newsletter_store_by_email(d->db, d->arena, email, &all, &n);

	for (size_t i = 0; e == ERR_NONE && i < n; i++) {
		e = newsletter_log(d, email, all[i].slug, "erased", method, STR_NONE);
		if (e == ERR_NONE)
			e = newsletter_store_drop(d->db, all[i].id);
	}
	if (e == ERR_NONE)
		e = outbox_store_forget(d->db, email);
	return e == ERR_NONE && n == 0 ? ERR_NOT_FOUND : pick_fault(f, e, d->db);
}

enum err
newsletter_move(const struct newsletter_desk *d, struct str from, struct str to, const char *method)
{
	struct newsletter_subscription *all;
	size_t n = 0;
	enum err e = newsletter_store_by_email(d->db, d->arena, from, &all, &n);

	for (size_t i = 0; e == ERR_NONE && i < n; i++) {
		if (!str_eq(all[i].state, STR("active")))
			continue;
		e = newsletter_log(d, from, all[i].slug, "withdrawn", method, STR_NONE);
		if (e == ERR_NONE)
			e = newsletter_log(d, to, all[i].slug, "given", method, all[i].notice_hash);
	}
	return e;
}

enum err
newsletter_purge(const struct newsletter_desk *d, int64_t *n, struct fault *f)
{
	int64_t emptied = 0, last = 0;
	enum err e = db_begin(d->db);

	*n = 0;
	while (e == ERR_NONE && *n < PURGE_MOST) {
		struct newsletter_subscription s;

		arena_reset(d->arena);
		e = newsletter_store_lapsed(
		    d->db, d->arena, last, d->now - NEWSLETTER_UNCONFIRMED_S, d->now - SILENT_S, &s);
		if (e == ERR_NONE)
			e = newsletter_log(d, s.email, s.slug, "lapsed", "worker", STR_NONE);
		if (e == ERR_NONE)
			e = newsletter_store_drop(d->db, s.id);
		if (e == ERR_NONE) {
			last = s.id;
			(*n)++;
		}
	}
	if (e == ERR_NOT_FOUND)
		e = consent_store_empty(d->db, d->now, &emptied);
	*n += emptied;
	if (e == ERR_NONE)
		e = db_commit(d->db);
	if (e != ERR_NONE) {
		(void)fault_set(f, e, "newsletter: %s", db_message(d->db));
		db_rollback(d->db);
	}
	return e;
}
