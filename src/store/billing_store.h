/* billing_store.h: what is known from providers: customers, prices, subscriptions, paid periods, money gone back. Rows
 * are only added to, so that the order in which they are told makes no difference. DB_WRITER, in a transaction. */
#ifndef STORE_BILLING_STORE_H
#define STORE_BILLING_STORE_H

#include "store/db.h"

struct billing_customer {
	struct str provider, id, email; /* email: any spelling, or empty */
	int64_t reference;              /* account number, 0: none */
	int weight;
	int64_t named_at, now;
};

/* Notes what is said of a customer and whose account it is by now: *subscriber 0: nobody's. */
enum err billing_store_customer(struct db *db, const struct billing_customer *c, int64_t *subscriber);
enum err billing_store_owner(struct db *db, struct str provider, struct str customer, int64_t *subscriber);

struct billing_price {
	int64_t plan_id, amount;
	char currency[4];
};
enum err billing_store_price(
    struct db *db, struct str provider, struct str price, struct billing_price *out); /* ERR_NOT_FOUND */

struct billing_subscription {
	struct str provider, id, customer, status;
	bool snapshot;
	int64_t until_at, said_at, failed_at, ended_at; /* 0: not told */
	struct str said_id;
	bool unpaid;
};
enum err billing_store_subscription(struct db *db, const struct billing_subscription *s);

struct billing_period {
	int64_t id, plan_id, starts_at, ends_at;
	struct str provider, key, customer, subscription, invoice, kind;
	/* of reading: */
	int64_t over_at; /* end of its subscription at the provider, 0: none */
	bool unpaid;     /* that end was for want of payment */
	int64_t back_at; /* when its money went back, 0: it did not */
	struct str back_reason;
	int64_t row; /* in subscription, 0: none */
	int64_t row_owner, row_ended_at;
};
enum err billing_store_period(struct db *db, const struct billing_period *p);

enum err billing_store_receipt(struct db *db, struct str provider, struct str id, struct str invoice);
enum err billing_store_reversal(
    struct db *db, struct str provider, struct str id, struct str ref, const char *reason, int64_t at);
/* The customer whose period a charge, payment or invoice paid for. ERR_NOT_FOUND. */
enum err billing_store_payer(
    struct db *db, struct arena *a, struct str provider, struct str ref, struct str *customer);

/* All periods of a customer with what has become of them. */
enum err billing_store_periods(struct db *db, struct arena *a, struct str provider, struct str customer,
    struct billing_period **out, size_t *n);

/* The row in subscription for a period; ends one early. */
enum err billing_store_open(
    struct db *db, const struct billing_period *p, int64_t subscriber, int64_t grace_s, int64_t *row);
enum err billing_store_end(struct db *db, int64_t row, int64_t at, const char *reason);

/* Customers who were nobody's and whose address has an account now. */
struct billing_arrival {
	struct str provider, customer;
	int64_t subscriber;
};
enum err billing_store_arrivals(
    struct db *db, struct arena *a, size_t limit, struct billing_arrival **out, size_t *n);

#endif
