/* stripe.h: events of Stripe, as facts. Reads the layouts before and after its version of 2025-03-31. */
#ifndef FORMAT_STRIPE_H
#define FORMAT_STRIPE_H

#include "format/payment.h"

extern const struct payment_provider stripe_provider;

#endif
