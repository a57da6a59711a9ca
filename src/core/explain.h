/* explain.h: a decision in words, the same for the command line and for the account page. */
#ifndef CORE_EXPLAIN_H
#define CORE_EXPLAIN_H

#include "core/entitlement.h"

/* What a reason means, in one English sentence without its full stop; never NULL. */
const char *explain_reason(enum reason r);

#endif
