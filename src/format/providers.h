/* providers.h: the payment providers whose messages are understood. */
#ifndef FORMAT_PROVIDERS_H
#define FORMAT_PROVIDERS_H

#include "format/payment.h"

const struct payment_provider *payment_provider_find(struct str name); /* NULL: none has this name */

#endif
