/* webhook.c: headers, bounded JSON and facts of any bytes; what has no valid code is never good. */
#include <stdlib.h>
#include <string.h>

#include "format/json_bounds.h"
#include "format/providers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW 1780000000

static const struct signature_secrets secrets = {{STR_LITERAL("whsec_nobody_knows_this_one")}, 1};

static void
check_str(struct str s)
{
	if (s.len > PAYMENT_ID || (s.len > 0 && (s.at == NULL || str_has_control(s))))
		abort();
}

static void
check_facts(const struct payment_facts *facts)
{
	const struct str all[] = {facts->id, facts->type, facts->account, facts->customer, facts->email,
	    facts->subscription, facts->status, facts->invoice, facts->reversal};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		check_str(all[i]);
	if (facts->id.len == 0 || facts->period_count > PAYMENT_PERIODS ||
	    facts->receipt_count > PAYMENT_REFS || facts->ref_count > PAYMENT_REFS)
		abort();
	for (size_t i = 0; i < facts->period_count; i++) {
		const struct payment_period_fact *p = &facts->periods[i];

		check_str(p->line);
		check_str(p->price);
		if (p->starts_at <= 0 || p->ends_at <= p->starts_at || (!p->trial && p->amount <= 0))
			abort();
	}
}

/* The first line is the header, the rest the body. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str all = {size > 0 ? (const char *)data : "", size}, header, body;
	struct payment_facts facts;
	struct fault f = {""};
	json_t *message;
	size_t at = str_find(all, STR("\n"));

	header = str_slice(all, 0, at);
	body = str_slice(all, at + 1, all.len);
	if (signature_check(&secrets, header, body, NOW) == SIGNATURE_GOOD)
		abort();
	if (json_bounds_open(body, &message, &f) != ERR_NONE)
		return 0;
	if (payment_provider_find(STR("stripe"))->parse(message, &facts, &f) == ERR_NONE)
		check_facts(&facts);
	json_decref(message);
	return 0;
}
