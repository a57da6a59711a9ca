/* billing_facts.c: facts of one message to rows. */
#include "core/billing_facts.h"

#include <string.h>

#include "store/billing_store.h"

const char *
billing_facts_refused(const struct config *cfg, const struct payment_facts *facts)
{
	bool test = strcmp(cfg->payment_mode, "test") == 0;

	if (facts->live == test)
		return test ? "a live message, while [payment] mode is test"
		            : "a test message, while [payment] mode is live";
	if (facts->mixed)
		return "the message and its object disagree about test mode";
	if (facts->account.len > 0 && !str_eq(facts->account, str_of(cfg->payment_account)))
		return "of another account than [payment] account";
	return facts->used ? NULL : "a type that means nothing here";
}

static bool
same_currency(struct str told, const char *ours)
{
	return str_eq_nocase(told, str_of(ours));
}

/* Why a period is not sold here; NULL: it is. */
static const char *
price_differs(const struct payment_period_fact *p, const struct billing_price *price)
{
	bool fits = p->quantity <= 10000 && p->amount <= price->amount * p->quantity;

	if (!same_currency(p->currency, price->currency))
		return "in another currency than plan_price";
	if (p->unit_amount >= 0 && p->unit_amount != price->amount)
		return "of another amount than plan_price";
	if (!p->trial && (!fits || (!p->partial && p->amount != price->amount * p->quantity)))
		return "of another amount than plan_price";
	return NULL;
}

/* The name under which a period is kept once. */
static struct str
period_key(struct billing_scope *s, const struct payment_facts *facts, const struct payment_period_fact *p)
{
	return p->trial
	           ? arena_printf(s->arena, STR_FMT ":trial:" STR_FMT ":%lld", STR_ARG(facts->subscription),
	                 STR_ARG(p->price), (long long)p->ends_at)
	           : arena_printf(s->arena, STR_FMT ":" STR_FMT, STR_ARG(facts->invoice), STR_ARG(p->line));
}

static enum err
note_period(struct billing_scope *s, struct str provider, const struct payment_facts *facts,
    const struct payment_period_fact *p, const char **differs)
{
	struct billing_period row = {.provider = provider,
	    .key = period_key(s, facts, p),
	    .customer = facts->customer,
	    .subscription = facts->subscription,
	    .invoice = facts->invoice,
	    .kind = p->trial ? STR("trial") : STR("paid"),
	    .starts_at = p->starts_at,
	    .ends_at = p->ends_at};
	struct billing_price price;
	enum err e = billing_store_price(s->db, provider, p->price, &price);

	if (e == ERR_NOT_FOUND) {
		*differs = "no plan has this price";
		return ERR_NONE;
	}
	if (e != ERR_NONE)
		return e;
	if ((*differs = price_differs(p, &price)) != NULL)
		return ERR_NONE;
	row.plan_id = price.plan_id;
	return row.key.at == NULL ? ERR_MEMORY : billing_store_period(s->db, &row);
}

static enum err
note_periods(
    struct billing_scope *s, struct str provider, const struct payment_facts *facts, const char **idle)
{
	const char *differs = NULL;
	size_t sold = 0;
	enum err e = ERR_NONE;

	for (size_t i = 0; e == ERR_NONE && i < facts->period_count; i++) {
		e = note_period(s, provider, facts, &facts->periods[i], &differs);
		sold += differs == NULL;
	}
	if (e == ERR_NONE && facts->period_count > 0 && sold == 0)
		*idle = differs;
	return e;
}

static enum err
note_subscription(struct billing_scope *s, struct str provider, const struct payment_facts *facts)
{
	const struct billing_subscription row = {.provider = provider,
	    .id = facts->subscription,
	    .customer = facts->customer,
	    .status = facts->status,
	    .snapshot = facts->snapshot,
	    .until_at = facts->until_at,
	    .said_at = facts->created_at,
	    .said_id = facts->id,
	    .failed_at = facts->failed_at,
	    .ended_at = facts->ended_at,
	    .unpaid = facts->unpaid};

	if (facts->subscription.len == 0 || facts->customer.len == 0)
		return ERR_NONE;
	return billing_store_subscription(s->db, &row);
}

static enum err
note_customer(struct billing_scope *s, struct str provider, const struct payment_facts *facts)
{
	const struct billing_customer row = {.provider = provider,
	    .id = facts->customer,
	    .email = facts->email,
	    .reference = facts->reference,
	    .weight = facts->weight,
	    .named_at = facts->created_at,
	    .now = s->now};
	int64_t subscriber;

	return facts->customer.len == 0 ? ERR_NONE : billing_store_customer(s->db, &row, &subscriber);
}

static enum err
note_money(struct billing_scope *s, struct str provider, const struct payment_facts *facts)
{
	enum err e = ERR_NONE;

	for (size_t i = 0; e == ERR_NONE && i < facts->receipt_count && facts->invoice.len > 0; i++)
		e = billing_store_receipt(s->db, provider, facts->receipts[i], facts->invoice);
	for (size_t i = 0; e == ERR_NONE && i < facts->ref_count && facts->reversal.len > 0; i++)
		e = billing_store_reversal(s->db, provider, facts->reversal, facts->refs[i],
		    facts->reversal_reason, facts->reversed_at);
	return e;
}

/* A dispute does not say whose it is; the period that was paid does. */
static enum err
find_customer(
    struct billing_scope *s, struct str provider, const struct payment_facts *facts, struct str *customer)
{
	enum err e = ERR_NOT_FOUND;

	*customer = facts->customer;
	for (size_t i = 0; customer->len == 0 && e == ERR_NOT_FOUND && i < facts->ref_count; i++)
		e = billing_store_payer(s->db, s->arena, provider, facts->refs[i], customer);
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

enum err
billing_facts_note(struct billing_scope *s, struct str provider, const struct payment_facts *facts,
    struct str *customer, const char **idle)
{
	enum err e = note_customer(s, provider, facts);

	*idle = facts->idle;
	if (e == ERR_NONE)
		e = note_subscription(s, provider, facts);
	if (e == ERR_NONE)
		e = note_money(s, provider, facts);
	if (e == ERR_NONE && facts->customer.len > 0)
		e = note_periods(s, provider, facts, idle);
	return e == ERR_NONE ? find_customer(s, provider, facts, customer) : e;
}
