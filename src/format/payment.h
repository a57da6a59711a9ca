/* payment.h: what a payment provider's message says, in words that all providers share. */
#ifndef FORMAT_PAYMENT_H
#define FORMAT_PAYMENT_H

#include <jansson.h>

#include "base/err.h"
#include "format/signature.h"

#define PAYMENT_PERIODS 20
#define PAYMENT_REFS 4
#define PAYMENT_ID 255 /* bytes of any id */

/* A period that was paid, or given for trial. */
struct payment_period_fact {
	struct str line; /* names it within the invoice; empty: a trial */
	struct str price, currency;
	int64_t unit_amount; /* of one period; -1: not said */
	int64_t amount;      /* of this line, before discounts */
	int64_t quantity;
	int64_t starts_at, ends_at;
	bool trial;
	bool partial; /* the rest of a period, after a change of plan: its amount is less */
};

/* Views of the parsed message. Empty or 0: not said. */
struct payment_facts {
	struct str id, type, account;
	bool live;
	int64_t created_at;
	bool used; /* a type that means something here */

	struct str customer, email;
	int64_t reference; /* account number that the order was made with */
	int weight;        /* of what is said about whose customer it is; as payment_customer.weight */

	struct str subscription, status;
	bool snapshot; /* the subscription itself is shown, not only named */
	int64_t until_at, ended_at, failed_at;
	bool unpaid; /* it ended for want of payment */

	struct str invoice;
	struct str receipts[PAYMENT_REFS]; /* charges and payments behind the invoice */
	size_t receipt_count;

	struct payment_period_fact periods[PAYMENT_PERIODS];
	size_t period_count;

	struct str reversal; /* charge or dispute whose money went back */
	const char *reversal_reason;
	int64_t reversed_at;
	struct str refs[PAYMENT_REFS]; /* charge, payment, invoice that it names */
	size_t ref_count;

	const char *idle; /* why a message of a used type opens and ends nothing; NULL: it may */
	bool mixed;       /* event and object disagree about test mode */
};

/* One provider. Messages of any come to /webhooks/NAME and lie in payment_event. */
struct payment_provider {
	const char *name;
	enum signature (*verify)(
	    const struct signature_secrets *secrets, struct str header, struct str body, int64_t now);
	/* Pure. ERR_INVALID with the reason: not a message of this provider. */
	enum err (*parse)(const json_t *message, struct payment_facts *out, struct fault *f);
};

#endif
