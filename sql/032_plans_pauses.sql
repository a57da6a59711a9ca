-- What a plan costs and where it is paid, how many devices may read at once; and pauses.

ALTER TABLE plan ADD COLUMN price_amount INTEGER CONSTRAINT "plan.price_amount: cents, 0 to 10000000, or NULL"
	CHECK (price_amount IS NULL OR price_amount BETWEEN 0 AND 10000000); -- in hundredths; NULL: only price_text says it
ALTER TABLE plan ADD COLUMN price_currency TEXT NOT NULL DEFAULT 'EUR' CONSTRAINT "plan.price_currency: three capitals, as EUR"
	CHECK (length(price_currency) = 3 AND price_currency NOT GLOB '*[^A-Z]*');
ALTER TABLE plan ADD COLUMN price_period TEXT NOT NULL DEFAULT 'month' CONSTRAINT "plan.price_period: month, quarter, year or once"
	CHECK (price_period IN ('month', 'quarter', 'year', 'once')); -- what price_amount pays for
ALTER TABLE plan ADD COLUMN payment_url TEXT NOT NULL DEFAULT '' CONSTRAINT "plan.payment_url: https://… without spaces or quotes, or empty"
	CHECK (payment_url = '' OR (length(payment_url) BETWEEN 12 AND 1000 AND payment_url GLOB 'https://?*.?*'
		AND payment_url NOT GLOB '*[^!-~]*' AND payment_url NOT GLOB '*[<>"]*')); -- the provider's payment link; empty: by letter
ALTER TABLE plan ADD COLUMN devices INTEGER NOT NULL DEFAULT 0 CONSTRAINT "plan.devices: 0 (any number) to 1000"
	CHECK (devices BETWEEN 0 AND 1000); -- how many of a reader's devices may read at the same time

-- A reader's own periods rest from starts_at until just before ends_at. What was paid is not lost: once a pause is over, the time
-- that it took from a period is added as another period, and settled_at says when. Seats of institutions do not rest.
CREATE TABLE subscription_pause (
	id            INTEGER PRIMARY KEY AUTOINCREMENT,
	subscriber_id INTEGER NOT NULL REFERENCES subscriber (id) ON DELETE CASCADE,
	starts_at     INTEGER NOT NULL,
	ends_at       INTEGER,                    -- NULL: until the reader resumes
	created_at    INTEGER NOT NULL DEFAULT (unixepoch()),
	reason        TEXT    NOT NULL DEFAULT '',
	settled_at    INTEGER,                    -- not NULL: the time was given back
	CONSTRAINT "subscription_pause: it ends after it starts" CHECK (ends_at IS NULL OR ends_at > starts_at),
	CONSTRAINT "subscription_pause.starts_at: epoch seconds as unixepoch() makes them, from 2000 on"
		CHECK (starts_at BETWEEN 946684800 AND 253402300799),
	CONSTRAINT "subscription_pause.reason: at most 200 characters" CHECK (length(reason) <= 200)
) STRICT;

CREATE INDEX subscription_pause_by_subscriber ON subscription_pause (subscriber_id, starts_at);

CREATE TRIGGER subscription_pause_checked BEFORE INSERT ON subscription_pause
BEGIN
	SELECT RAISE(ABORT, 'subscription_pause.subscriber_id: there is no such account')
	WHERE NOT EXISTS (SELECT 1 FROM subscriber WHERE id = NEW.subscriber_id);
	SELECT RAISE(ABORT, 'subscription_pause: another pause of this reader lies in this time')
	WHERE EXISTS (SELECT 1 FROM subscription_pause WHERE subscriber_id = NEW.subscriber_id
		AND starts_at < coalesce(NEW.ends_at, 253402300800) AND coalesce(ends_at, 253402300800) > NEW.starts_at);
END;

CREATE TRIGGER subscription_pause_stays BEFORE UPDATE ON subscription_pause
	WHEN (OLD.id, OLD.subscriber_id, OLD.starts_at, OLD.created_at) IS NOT (NEW.id, NEW.subscriber_id, NEW.starts_at, NEW.created_at)
		OR (OLD.settled_at IS NOT NULL AND (OLD.ends_at, OLD.settled_at) IS NOT (NEW.ends_at, NEW.settled_at))
BEGIN
	SELECT RAISE(ABORT, 'subscription_pause: a pause is history; only its end can be set, until its time was given back');
END;

CREATE TRIGGER subscription_pause_kept BEFORE DELETE ON subscription_pause
	WHEN EXISTS (SELECT 1 FROM subscriber WHERE id = OLD.subscriber_id)
BEGIN
	SELECT RAISE(ABORT, 'subscription_pause: a pause is history; set ends_at instead (it goes with the account only)');
END;

CREATE TRIGGER subscription_pause_added AFTER INSERT ON subscription_pause
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('subscriber', NEW.subscriber_id, 'access');
END;

CREATE TRIGGER subscription_pause_changed AFTER UPDATE ON subscription_pause
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('subscriber', NEW.subscriber_id, 'access');
END;

CREATE TRIGGER subscription_pause_of_subscriber AFTER DELETE ON subscriber
BEGIN
	DELETE FROM subscription_pause WHERE subscriber_id = OLD.id;
END;

-- Devices are a fact of readers' rights: whoever changes the limit changes access.
CREATE TRIGGER plan_devices_changed AFTER UPDATE OF devices ON plan WHEN OLD.devices <> NEW.devices
BEGIN
	INSERT INTO change_log (kind, ref, detail) SELECT DISTINCT 'subscriber', subscriber_id, 'access'
	FROM subscription WHERE plan_id = NEW.id AND ended_at IS NULL AND ends_at + grace_s > unixepoch();
END;
