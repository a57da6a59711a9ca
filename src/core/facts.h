/* facts.h: what the tables say of a reader, as the decision needs it. */
#ifndef CORE_FACTS_H
#define CORE_FACTS_H

#include "base/arena.h"
#include "base/memo_value.h"
#include "core/entitlement.h"
#include "store/db.h"
#include "store/session_store.h"

/* Of a signed-in reader. Immutable; from facts_load also reference-counted, in one block. */
struct facts {
	struct memo_value head;
	struct session_row session; /* ended: also when the row is gone */
	struct entitlement_reader reader;
	bool limited;              /* a plan of the reader's limits devices */
	int32_t free_month;        /* meter_month of free_reads */
	const int64_t *free_reads; /* articles on which a free read was spent in that month */
	size_t free_read_count;
};

/* Of an account, in the arena, as if signed in; head and session are left empty. Any role. */
enum err facts_read(struct db *db, struct arena *a, int64_t subscriber_id, int64_t now, struct facts *out);

/* Of a session and its account; release with memo_release(&facts->head). Any role. */
enum err facts_load(struct db *db, int64_t session_id, int64_t now, struct facts **out);

/* Whether a free read of the month of now was spent on the article. */
bool facts_free_read(const struct facts *facts, int64_t article_id, int64_t now);

#endif
