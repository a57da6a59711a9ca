/* paywall.h: asks entitlement with facts from the tables, kept in memory; the only way to an article's body. */
#ifndef CORE_PAYWALL_H
#define CORE_PAYWALL_H

#include "base/arena.h"
#include "base/memo.h"
#include "core/facts.h"
#include "core/rights.h"
#include "core/session.h"
#include "store/changes.h"
#include "store/db.h"

/* The calling thread's connections. full is used by paywall_body, by core/search after the same decision, and by
 * core/feed_key for a secret's hash. */
struct paywall_doors {
	struct db *open, *full;
};

struct paywall;
struct devices;

enum err paywall_open(
    struct paywall **out, size_t facts_budget); /* bytes, for readers and articles together */
/* Articles for which there is no room in memory are kept in that file, taken over; before any other thread is inside. */
enum err paywall_deepen(struct paywall *pw, struct spill *spill);
#define PAYWALL_WAITING ((size_t)64 * 1024) /* bytes that may wait to be written there */
void paywall_close(struct paywall *pw);
struct devices *paywall_devices(struct paywall *pw);

/* Who reads: nobody (claims NULL), or whoever the token's session row says. *out is NULL for nobody and for a
 * session that is over (idle_s as session_valid); else release it with memo_release(&facts->head). */
enum err paywall_reader(struct paywall *pw, const struct paywall_doors *doors,
    const struct session_claims *claims, int64_t idle_s, int64_t now, struct facts **out);

/* ERR_NOT_FOUND when no article has this address. Release with memo_release(&rights->head). */
enum err paywall_article(struct paywall *pw, const struct paywall_doors *doors, struct str section,
    struct str slug, struct rights **out);

/* facts NULL: nobody is signed in; visit NULL: nothing but the reader counts. */
struct decision paywall_decide(const struct rights *rights, const struct facts *facts,
    const struct entitlement_visit *visit, int64_t now);

/* The full text, in the arena; ERR_DENIED unless the decision says VERDICT_FULL. */
enum err paywall_body(const struct paywall_doors *doors, const struct decision *decision,
    const struct rights *rights, struct arena *a, struct str *html);

/* Forgets what a change names; change_log's reader calls it. */
void paywall_forget(struct paywall *pw, const struct change *change);

/* A session whose last use should be written down (session_store_touch); false: none is waiting. */
bool paywall_next_touch(struct paywall *pw, int64_t *session_id);

/* The change reader reports that all commits up to this monotonic time (clock_ticks) are seen. Facts are believed
 * for a second after it; then they are read from the tables again. */
void paywall_seen(struct paywall *pw, int64_t ticks);

/* Whether the change reader is on time, so that what is kept in memory elsewhere may be believed too. */
bool paywall_is_current(struct paywall *pw);

#endif
