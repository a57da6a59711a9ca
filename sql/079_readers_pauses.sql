-- Readers pause their subscription by themselves, on their account's page, for as long as their plan allows.

ALTER TABLE plan ADD COLUMN pause_days INTEGER NOT NULL DEFAULT 0 CONSTRAINT "plan.pause_days: 0 (not by themselves) to 366"
	CHECK (pause_days BETWEEN 0 AND 366); -- how many days within 365 a reader of this plan may pause without asking anybody

-- A pause that has not begun is no history yet: it can be taken back.
DROP TRIGGER subscription_pause_kept;

CREATE TRIGGER subscription_pause_kept BEFORE DELETE ON subscription_pause
	WHEN OLD.starts_at <= unixepoch() AND EXISTS (SELECT 1 FROM subscriber WHERE id = OLD.subscriber_id)
BEGIN
	SELECT RAISE(ABORT, 'subscription_pause: a pause is history; set ends_at instead (it goes with the account only)');
END;

CREATE TRIGGER subscription_pause_gone AFTER DELETE ON subscription_pause
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('subscriber', OLD.subscriber_id, 'access');
END;
