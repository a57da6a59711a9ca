/* billing_periods.h: what the facts about a customer mean for the reader: rows in subscription. */
#ifndef CORE_BILLING_PERIODS_H
#define CORE_BILLING_PERIODS_H

#include "core/billing_facts.h"

/* Opens and ends rows until they say what the facts say; done twice it changes nothing. *subscriber 0: nobody's yet. */
enum err billing_periods_settle(
    struct billing_scope *s, struct str provider, struct str customer, int64_t *subscriber);

#endif
