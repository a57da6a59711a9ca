-- What payment providers tell, and what follows from it for readers.
--
-- Every message is kept as it came, once, before it is acknowledged. The worker reads it into the tables below, which only
-- ever grow: whatever the order of the messages, the same facts stand there at the end. The periods in subscription
-- follow from these facts.

-- One message of a provider.
CREATE TABLE payment_event (
	id           INTEGER PRIMARY KEY AUTOINCREMENT,
	provider     TEXT    NOT NULL DEFAULT 'stripe',
	event_id     TEXT    NOT NULL,                 -- the provider's own: the same one is stored once
	type         TEXT    NOT NULL,                 -- invoice.paid, …
	livemode     INTEGER NOT NULL,                 -- 0: a test, which gives nothing unless [payment] mode = test
	created_at   INTEGER NOT NULL,                 -- when it happened, as the provider says
	received_at  INTEGER NOT NULL DEFAULT (unixepoch()),
	body         TEXT    NOT NULL,                 -- as it came, to be read again; emptied after two years
	state        TEXT    NOT NULL DEFAULT 'new',   -- new; done; ignored (error says why); waiting: nobody here has this customer
	                                               --   yet; failed: is tried again at next_at
	error        TEXT    NOT NULL DEFAULT '',
	customer     TEXT    NOT NULL DEFAULT '',      -- the provider's id of who it is about
	tries        INTEGER NOT NULL DEFAULT 0,
	next_at      INTEGER NOT NULL DEFAULT 0,
	processed_at INTEGER,
	UNIQUE (provider, event_id),
	CONSTRAINT "payment_event.provider: small letters" CHECK (length(provider) BETWEEN 1 AND 20 AND provider NOT GLOB '*[^a-z]*'),
	CONSTRAINT "payment_event.event_id: 1 to 255 printable characters"
		CHECK (length(event_id) BETWEEN 1 AND 255 AND event_id NOT GLOB '*[^!-~]*'),
	CONSTRAINT "payment_event.livemode: 0 or 1" CHECK (livemode IN (0, 1)),
	CONSTRAINT "payment_event.state: new, done, ignored, waiting or failed"
		CHECK (state IN ('new', 'done', 'ignored', 'waiting', 'failed'))
) STRICT;

CREATE INDEX payment_event_to_do ON payment_event (next_at, id) WHERE state IN ('new', 'failed');
CREATE INDEX payment_event_by_customer ON payment_event (provider, customer);

CREATE TRIGGER payment_event_stays BEFORE UPDATE ON payment_event
	WHEN (OLD.id, OLD.provider, OLD.event_id, OLD.type, OLD.livemode, OLD.created_at, OLD.received_at)
			IS NOT (NEW.id, NEW.provider, NEW.event_id, NEW.type, NEW.livemode, NEW.created_at, NEW.received_at)
		OR (NEW.body <> OLD.body AND NEW.body <> '')
BEGIN
	SELECT RAISE(ABORT, 'payment_event: a message stays as it came; set state = ''new'' to have it read again');
END;

-- Which price of a provider buys which plan. A payment in another currency or of another amount gives nothing.
CREATE TABLE plan_price (
	id       INTEGER PRIMARY KEY,
	provider TEXT    NOT NULL DEFAULT 'stripe',
	price    TEXT    NOT NULL,                -- the provider's id: price_…
	plan_id  INTEGER NOT NULL REFERENCES plan (id),
	currency TEXT    NOT NULL DEFAULT 'EUR',
	amount   INTEGER NOT NULL,                -- in hundredths, for one period
	UNIQUE (provider, price),
	CONSTRAINT "plan_price.price: 1 to 255 printable characters" CHECK (length(price) BETWEEN 1 AND 255 AND price NOT GLOB '*[^!-~]*'),
	CONSTRAINT "plan_price.currency: three capitals, as EUR" CHECK (length(currency) = 3 AND currency NOT GLOB '*[^A-Z]*'),
	CONSTRAINT "plan_price.amount: cents, 1 to 10000000" CHECK (amount BETWEEN 1 AND 10000000)
) STRICT;

CREATE TRIGGER plan_price_checked BEFORE INSERT ON plan_price
	WHEN NOT EXISTS (SELECT 1 FROM plan WHERE id = NEW.plan_id)
BEGIN
	SELECT RAISE(ABORT, 'plan_price.plan_id: there is no such plan; SELECT slug FROM plan shows them');
END;

CREATE TRIGGER plan_price_of_plan AFTER DELETE ON plan
BEGIN
	DELETE FROM plan_price WHERE plan_id = OLD.id;
END;

-- A provider's customer, and whose account that is.
CREATE TABLE payment_customer (
	provider      TEXT    NOT NULL,
	id            TEXT    NOT NULL,              -- cus_…
	subscriber_id INTEGER REFERENCES subscriber (id) ON DELETE SET NULL, -- NULL: no account has the address yet
	email         TEXT    NOT NULL DEFAULT '',   -- as the provider has it, in small letters
	weight        INTEGER NOT NULL DEFAULT -1,   -- how sure: -1 nothing said yet, 0 an address on an invoice, 1 on an order, 2 the order was made signed in
	named_at      INTEGER NOT NULL DEFAULT 0,    -- when it was said: of two that weigh the same the later one counts
	seen_at       INTEGER NOT NULL DEFAULT (unixepoch()),
	PRIMARY KEY (provider, id)
) STRICT;

CREATE INDEX payment_customer_by_subscriber ON payment_customer (subscriber_id);
CREATE INDEX payment_customer_unknown ON payment_customer (email) WHERE subscriber_id IS NULL;

-- A provider's subscription, as its newest message has it. Its end stands once it has one.
CREATE TABLE payment_subscription (
	provider  TEXT    NOT NULL,
	id        TEXT    NOT NULL,                  -- sub_…
	customer  TEXT    NOT NULL,
	status    TEXT    NOT NULL DEFAULT '',       -- active, past_due, canceled, … as the provider calls it
	until_at  INTEGER NOT NULL DEFAULT 0,        -- end of its current period there
	said_at   INTEGER NOT NULL DEFAULT 0,        -- of the newest message
	said_id   TEXT    NOT NULL DEFAULT '',
	failed_at INTEGER NOT NULL DEFAULT 0,        -- last failed payment
	ended_at  INTEGER,                           -- the earliest end that was told
	unpaid    INTEGER NOT NULL DEFAULT 0,        -- 1: the provider ended it for want of payment: grace goes on
	PRIMARY KEY (provider, id)
) STRICT;

CREATE INDEX payment_subscription_by_customer ON payment_subscription (provider, customer);

-- A period that was paid, or given for trial, and the row in subscription that came of it.
CREATE TABLE payment_period (
	id              INTEGER PRIMARY KEY,
	provider        TEXT    NOT NULL,
	key             TEXT    NOT NULL,            -- invoice and line, or subscription, price and end of a trial
	customer        TEXT    NOT NULL,
	subscription    TEXT    NOT NULL DEFAULT '', -- payment_subscription.id
	invoice         TEXT    NOT NULL DEFAULT '',
	plan_id         INTEGER NOT NULL REFERENCES plan (id),
	kind            TEXT    NOT NULL,            -- paid or trial
	starts_at       INTEGER NOT NULL,
	ends_at         INTEGER NOT NULL,
	subscription_id INTEGER REFERENCES subscription (id) ON DELETE SET NULL, -- NULL: the customer is nobody's yet
	UNIQUE (provider, key),
	CONSTRAINT "payment_period.kind: paid or trial" CHECK (kind IN ('paid', 'trial')),
	CONSTRAINT "payment_period: it ends before it starts" CHECK (ends_at > starts_at)
) STRICT;

CREATE INDEX payment_period_by_customer ON payment_period (provider, customer);
CREATE INDEX payment_period_by_invoice ON payment_period (provider, invoice);
CREATE INDEX payment_period_by_subscription ON payment_period (subscription_id);

-- Which charge or payment paid an invoice, since refunds and disputes name only those.
CREATE TABLE payment_receipt (
	provider TEXT NOT NULL,
	id       TEXT NOT NULL,                      -- ch_…, pi_…
	invoice  TEXT NOT NULL,
	PRIMARY KEY (provider, id)
) STRICT;

CREATE INDEX payment_receipt_by_invoice ON payment_receipt (provider, invoice);

-- Money that went back: all of a charge refunded, a dispute lost. What it had paid for ends then.
CREATE TABLE payment_reversal (
	provider TEXT    NOT NULL,
	id       TEXT    NOT NULL,                   -- of the charge or the dispute
	ref      TEXT    NOT NULL,                   -- a charge, a payment or an invoice
	reason   TEXT    NOT NULL,                   -- refund, dispute
	at       INTEGER NOT NULL,                   -- the earliest that was told
	PRIMARY KEY (provider, id, ref),
	CONSTRAINT "payment_reversal.reason: refund or dispute" CHECK (reason IN ('refund', 'dispute'))
) STRICT;

CREATE INDEX payment_reversal_by_ref ON payment_reversal (provider, ref);

-- A period that ended early can end earlier still: a refund told late is older than the end that followed it.
DROP TRIGGER subscription_stays;
CREATE TRIGGER subscription_stays BEFORE UPDATE ON subscription
	WHEN (OLD.ended_at IS NOT NULL AND (NEW.ended_at IS NULL OR NEW.ended_at >= OLD.ended_at))
		OR (OLD.id, OLD.subscriber_id, OLD.plan_id, OLD.kind, OLD.starts_at, OLD.ends_at, OLD.grace_s, OLD.created_at, OLD.source)
			IS NOT (NEW.id, NEW.subscriber_id, NEW.plan_id, NEW.kind, NEW.starts_at, NEW.ends_at, NEW.grace_s,
				NEW.created_at, NEW.source)
BEGIN
	SELECT RAISE(ABORT, 'subscription: a period is history; only ended_at and ended_reason can be set, and ended_at then only be brought forward; to prolong, INSERT another period');
END;

-- With the account goes what says who paid. Periods, amounts and ids stay for the books; no name or address is in them.
CREATE TRIGGER payment_of_subscriber BEFORE DELETE ON subscriber
BEGIN
	UPDATE payment_event SET body = '', state = CASE WHEN state IN ('new', 'failed', 'waiting') THEN 'ignored' ELSE state END,
		error = CASE WHEN state IN ('new', 'failed', 'waiting') THEN 'the account was erased' ELSE error END
	WHERE (provider, customer) IN (SELECT provider, id FROM payment_customer WHERE subscriber_id = OLD.id OR email = OLD.email);
	UPDATE payment_customer SET subscriber_id = NULL, email = '', weight = -1, named_at = 0
	WHERE subscriber_id = OLD.id OR email = OLD.email;
END;

CREATE TRIGGER payment_of_subscription AFTER DELETE ON subscription
BEGIN
	UPDATE payment_period SET subscription_id = NULL WHERE subscription_id = OLD.id;
END;
