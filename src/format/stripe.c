/* stripe.c: which member of which object says what. */
#include "format/stripe.h"

#include <string.h>

#define TIME_MAX ((int64_t)253402300799)

/* A member by its path, "parent.subscription_details.subscription"; a number is a place in an array. */
static const json_t *
member(const json_t *o, const char *path)
{
	struct str rest = str_of(path), name;
	int64_t place;

	while (o != NULL && str_split(&rest, '.', &name)) {
		char key[64];

		if (name.len >= sizeof key)
			return NULL;
		memcpy(key, name.at, name.len);
		key[name.len] = '\0';
		if (json_is_array(o))
			o = str_to_int(name, 0, 1000, &place) ? json_array_get(o, (size_t)place) : NULL;
		else
			o = json_object_get(o, key);
	}
	return o;
}

/* Empty unless it is a text of 1 to PAYMENT_ID bytes without control bytes. */
static struct str
text(const json_t *o, const char *path)
{
	const json_t *v = member(o, path);
	struct str s = {json_string_value(v), json_string_length(v)};

	return s.at == NULL || s.len > PAYMENT_ID || str_has_control(s) ? STR_NONE : s;
}

static struct str
either(const json_t *o, const char *path, const char *other)
{
	struct str s = text(o, path);

	return s.len > 0 ? s : text(o, other);
}

/* An id, or the id of the object that stands in its place ("expanded"). */
static struct str
id_at(const json_t *o, const char *path)
{
	const json_t *v = member(o, path);

	return json_is_object(v) ? text(v, "id") : text(o, path);
}

static bool
whole(const json_t *o, const char *path, int64_t *out)
{
	const json_t *v = member(o, path);

	*out = (int64_t)json_integer_value(v);
	return json_is_integer(v);
}

static int64_t
number(const json_t *o, const char *path)
{
	int64_t n;

	return whole(o, path, &n) ? n : 0;
}

/* 0 unless it can be a time. */
static int64_t
moment(const json_t *o, const char *path)
{
	int64_t at = number(o, path);

	return at < 0 || at > TIME_MAX ? 0 : at;
}

static void
add_ref(struct str *refs, size_t *n, struct str id)
{
	if (id.len > 0 && *n < PAYMENT_REFS)
		refs[(*n)++] = id;
}

static void
read_checkout(const json_t *o, struct payment_facts *out)
{
	struct str reference = text(o, "client_reference_id");

	out->customer = id_at(o, "customer");
	out->email = either(o, "customer_details.email", "customer_email");
	out->subscription = id_at(o, "subscription");
	out->weight = 1;
	if (str_to_int(reference, 1, INT64_MAX, &out->reference))
		out->weight = 2;
	if (out->subscription.len == 0)
		out->idle = "not the order of a subscription";
}

static void
read_customer(const json_t *o, struct payment_facts *out)
{
	out->customer = text(o, "id");
	out->email = text(o, "email");
}

/* A trial is a period of each price. Its end may move: each end that was told makes a period of its own. */
static void
read_trial(const json_t *o, const json_t *item, struct payment_facts *out)
{
	struct payment_period_fact p = {.trial = true,
	    .price = either(item, "price.id", "plan.id"),
	    .currency = either(item, "price.currency", "plan.currency"),
	    .quantity = 1,
	    .starts_at = moment(o, "trial_start"),
	    .ends_at = moment(o, "trial_end")};

	if (!whole(item, "price.unit_amount", &p.unit_amount) && !whole(item, "plan.amount", &p.unit_amount))
		p.unit_amount = -1;
	if (p.price.len > 0 && p.starts_at > 0 && p.ends_at > p.starts_at &&
	    out->period_count < PAYMENT_PERIODS)
		out->periods[out->period_count++] = p;
}

static void
read_subscription(const json_t *o, struct payment_facts *out)
{
	const json_t *items = member(o, "items.data"), *item;
	bool over;
	size_t i;

	out->subscription = text(o, "id");
	out->customer = id_at(o, "customer");
	out->status = text(o, "status");
	out->snapshot = true;
	out->until_at = moment(o, "current_period_end");
	if (out->until_at == 0)
		out->until_at = moment(o, "items.data.0.current_period_end");
	json_array_foreach(items, i, item) read_trial(o, item, out);
	over = str_eq(out->status, STR("canceled")) ||
	       str_eq(out->type, STR("customer.subscription.deleted"));
	if (!over)
		return;
	out->ended_at = moment(o, "ended_at");
	if (out->ended_at == 0)
		out->ended_at = moment(o, "canceled_at");
	if (out->ended_at == 0)
		out->ended_at = out->created_at;
	out->unpaid = str_eq(text(o, "cancellation_details.reason"), STR("payment_failed"));
}

static void
read_line(const json_t *line, struct payment_facts *out)
{
	struct payment_period_fact p = {.line = text(line, "id"),
	    .currency = text(line, "currency"),
	    .amount = number(line, "amount"),
	    .starts_at = moment(line, "period.start"),
	    .ends_at = moment(line, "period.end")};

	p.price = either(line, "price.id", "pricing.price_details.price");
	if (p.price.len == 0)
		p.price = text(line, "plan.id");
	if (!whole(line, "price.unit_amount", &p.unit_amount) && !whole(line, "plan.amount", &p.unit_amount))
		p.unit_amount = -1;
	if (!whole(line, "quantity", &p.quantity))
		p.quantity = 1;
	p.partial = json_is_true(member(line, "proration")) ||
	            json_is_true(member(line, "parent.subscription_item_details.proration"));
	/* What is given back for the old plan, or costs nothing, buys nothing. */
	if (p.line.len > 0 && p.price.len > 0 && p.amount > 0 && p.quantity > 0 && p.starts_at > 0 &&
	    p.ends_at > p.starts_at && out->period_count < PAYMENT_PERIODS)
		out->periods[out->period_count++] = p;
}

/* Whether the sums of an invoice agree that all of it was paid. */
static bool
paid_whole(const json_t *o)
{
	int64_t paid = number(o, "amount_paid"), due = number(o, "amount_due"), total = number(o, "total"),
	        balance;
	const json_t *discounts = member(o, "total_discount_amounts"), *item;
	int64_t less = 0, subtotal;
	size_t i;

	json_array_foreach(discounts, i, item) less += number(item, "amount");
	balance = number(o, "starting_balance");
	if (!whole(o, "subtotal", &subtotal))
		subtotal = total + less;
	return str_eq(text(o, "status"), STR("paid")) && paid >= due && number(o, "amount_remaining") == 0 &&
	       due >= total + (balance < 0 ? balance : 0) && total >= subtotal - less;
}

static void
read_invoice(const json_t *o, struct payment_facts *out)
{
	const json_t *lines = member(o, "lines.data"), *line, *payments = member(o, "payments.data"),
	             *payment;
	size_t i;

	out->invoice = text(o, "id");
	out->customer = id_at(o, "customer");
	out->email = text(o, "customer_email");
	out->subscription = id_at(o, "subscription");
	if (out->subscription.len == 0)
		out->subscription = id_at(o, "parent.subscription_details.subscription");
	if (str_eq(out->type, STR("invoice.payment_failed"))) {
		out->failed_at = out->created_at;
		return;
	}
	add_ref(out->receipts, &out->receipt_count, id_at(o, "charge"));
	add_ref(out->receipts, &out->receipt_count, id_at(o, "payment_intent"));
	json_array_foreach(payments, i, payment)
	{
		add_ref(out->receipts, &out->receipt_count, id_at(payment, "payment.payment_intent"));
		add_ref(out->receipts, &out->receipt_count, id_at(payment, "payment.charge"));
	}
	if (!paid_whole(o)) {
		out->idle = "the invoice is not paid in full";
		return;
	}
	json_array_foreach(lines, i, line) read_line(line, out);
	if (out->period_count == 0)
		out->idle = "no line of the invoice pays for a period";
}

/* Only when all of it went back: a part is a gesture, not an end. */
static void
read_refund(const json_t *o, struct payment_facts *out)
{
	const json_t *refunds = member(o, "refunds.data"), *refund;
	int64_t amount = number(o, "amount"), at = 0;
	size_t i;

	out->customer = id_at(o, "customer");
	add_ref(out->refs, &out->ref_count, text(o, "id"));
	add_ref(out->refs, &out->ref_count, id_at(o, "payment_intent"));
	add_ref(out->refs, &out->ref_count, id_at(o, "invoice"));
	if (!json_is_true(member(o, "refunded")) || number(o, "amount_refunded") < amount) {
		out->idle = "refunded in part: the period goes on";
		return;
	}
	json_array_foreach(refunds, i, refund) if (moment(refund, "created") > at)
	    at = moment(refund, "created");
	out->reversal = text(o, "id");
	out->reversal_reason = "refund";
	out->reversed_at = at > 0 ? at : out->created_at;
}

/* Until it is lost, the reader goes on reading. */
static void
read_dispute(const json_t *o, struct payment_facts *out)
{
	add_ref(out->refs, &out->ref_count, id_at(o, "charge"));
	add_ref(out->refs, &out->ref_count, id_at(o, "payment_intent"));
	if (!str_eq(out->type, STR("charge.dispute.closed"))) {
		out->idle = "a dispute that is open: the period goes on";
	} else if (!str_eq(text(o, "status"), STR("lost"))) {
		out->idle = "a dispute that was not lost: the period goes on";
	} else {
		out->reversal = text(o, "id");
		out->reversal_reason = "dispute";
		out->reversed_at = out->created_at;
	}
}

static const struct {
	const char *type;
	void (*read)(const json_t *object, struct payment_facts *out);
} types[] = {
    {"checkout.session.completed", read_checkout},
    {"checkout.session.async_payment_succeeded", read_checkout},
    {"customer.created", read_customer},
    {"customer.updated", read_customer},
    {"customer.subscription.created", read_subscription},
    {"customer.subscription.updated", read_subscription},
    {"customer.subscription.deleted", read_subscription},
    {"invoice.paid", read_invoice},
    {"invoice.payment_succeeded", read_invoice},
    {"invoice.payment_failed", read_invoice},
    {"charge.refunded", read_refund},
    {"charge.dispute.created", read_dispute},
    {"charge.dispute.closed", read_dispute},
};

static enum err
parse(const json_t *message, struct payment_facts *out, struct fault *f)
{
	const json_t *object = member(message, "data.object"), *live = member(message, "livemode");
	const json_t *own = member(object, "livemode");

	*out = (struct payment_facts){.id = text(message, "id"),
	    .type = text(message, "type"),
	    .account = text(message, "account"),
	    .live = json_is_true(live),
	    .created_at = moment(message, "created")};
	if (out->id.len == 0 || out->type.len == 0 || out->created_at == 0 || !json_is_boolean(live) ||
	    !json_is_object(object))
		return fault_set(f, ERR_INVALID,
		    "no event of Stripe: id, type, created, livemode and data.object are wanted");
	for (size_t i = 0; i < out->id.len; i++)
		if (out->id.at[i] <= ' ' || out->id.at[i] > '~')
			return fault_set(f, ERR_INVALID, "the event's id is not printable");
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (str_eq(out->type, str_of(types[i].type))) {
			out->used = true;
			types[i].read(object, out);
		}
	out->mixed = json_is_boolean(own) && json_is_true(own) != out->live;
	return ERR_NONE;
}

const struct payment_provider stripe_provider = {
    .name = "stripe",
    .verify = signature_check,
    .parse = parse,
};
