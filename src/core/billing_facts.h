/* billing_facts.h: what a provider has told, checked against what is sold here, into the tables. */
#ifndef CORE_BILLING_FACTS_H
#define CORE_BILLING_FACTS_H

#include "base/arena.h"
#include "format/config.h"
#include "format/payment.h"
#include "store/db.h"

struct billing_scope {
	struct db *db; /* DB_WRITER, in a transaction */
	const struct config *cfg;
	struct arena *arena;
	int64_t now;
};

/* Why nothing may be learnt from a message: test mode, another account, a type without meaning here. NULL: it may. */
const char *billing_facts_refused(const struct config *cfg, const struct payment_facts *facts);

/* *customer: whose periods are to be settled, empty when that is not known. *idle: why the message opens and ends
 * nothing; NULL: it may. */
enum err billing_facts_note(struct billing_scope *s, struct str provider, const struct payment_facts *facts,
    struct str *customer, const char **idle);

#endif
