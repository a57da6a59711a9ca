/* providers.c: one row a provider. */
#include "format/providers.h"

#include "format/stripe.h"

static const struct payment_provider *const providers[] = {&stripe_provider};

const struct payment_provider *
payment_provider_find(struct str name)
{
	for (size_t i = 0; i < sizeof providers / sizeof *providers; i++)
		if (str_eq(name, str_of(providers[i]->name)))
			return providers[i];
	return NULL;
}
