-- What no row about readers may be, what goes with an account, and what lands in change_log.

CREATE TRIGGER subscriber_checked BEFORE INSERT ON subscriber
	WHEN EXISTS (SELECT 1 FROM subscriber WHERE email = NEW.email OR id = NEW.id)
BEGIN
	SELECT RAISE(ABORT, 'subscriber.email: this address has an account already');
END;

CREATE TRIGGER subscriber_stays BEFORE UPDATE OF id, generation ON subscriber
	WHEN NEW.id IS NOT OLD.id OR NEW.generation < OLD.generation
BEGIN
	SELECT RAISE(ABORT, 'subscriber: id never changes and generation only grows, else ended sessions would come back');
END;

CREATE TRIGGER subscriber_removed AFTER DELETE ON subscriber
BEGIN
	DELETE FROM subscription WHERE subscriber_id = OLD.id;
	DELETE FROM session WHERE subscriber_id = OLD.id;
	DELETE FROM login_link WHERE subscriber_id = OLD.id;
	INSERT INTO change_log (kind, ref, detail) VALUES ('subscriber', OLD.id, 'access');
END;

CREATE TRIGGER subscriber_added AFTER INSERT ON subscriber
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('subscriber', NEW.id, 'access');
END;

CREATE TRIGGER subscriber_changed AFTER UPDATE ON subscriber
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('subscriber', NEW.id,
		CASE WHEN OLD.generation = NEW.generation AND OLD.blocked_at IS NEW.blocked_at THEN 'content' ELSE 'access' END);
END;

-- Subscriptions -----------------------------------------------------------------------------------------------------

CREATE TRIGGER subscription_checked BEFORE INSERT ON subscription
BEGIN
	SELECT RAISE(ABORT, 'subscription.subscriber_id: there is no such account; INSERT INTO subscriber first, or check the e-mail')
	WHERE NEW.subscriber_id IS NULL OR NOT EXISTS (SELECT 1 FROM subscriber WHERE id = NEW.subscriber_id);
	SELECT RAISE(ABORT, 'subscription.plan_id: there is no such plan; SELECT slug FROM plan shows them')
	WHERE NEW.plan_id IS NULL OR NOT EXISTS (SELECT 1 FROM plan WHERE id = NEW.plan_id);
	SELECT RAISE(ABORT, 'subscription: periods are added, never replaced; leave id out')
	WHERE EXISTS (SELECT 1 FROM subscription WHERE id = NEW.id);
END;

CREATE TRIGGER subscription_stays BEFORE UPDATE ON subscription
	WHEN OLD.ended_at IS NOT NULL
		OR (OLD.id, OLD.subscriber_id, OLD.plan_id, OLD.kind, OLD.starts_at, OLD.ends_at, OLD.grace_s, OLD.created_at, OLD.source)
			IS NOT (NEW.id, NEW.subscriber_id, NEW.plan_id, NEW.kind, NEW.starts_at, NEW.ends_at, NEW.grace_s,
				NEW.created_at, NEW.source)
BEGIN
	SELECT RAISE(ABORT, 'subscription: a period is history; only ended_at and ended_reason can be set, once; to prolong, INSERT another period');
END;

CREATE TRIGGER subscription_kept BEFORE DELETE ON subscription
	WHEN EXISTS (SELECT 1 FROM subscriber WHERE id = OLD.subscriber_id)
BEGIN
	SELECT RAISE(ABORT, 'subscription: a period is history; set ended_at and ended_reason instead (it goes with the account only)');
END;

CREATE TRIGGER subscription_added AFTER INSERT ON subscription
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('subscriber', NEW.subscriber_id, 'access');
END;

CREATE TRIGGER subscription_ended AFTER UPDATE ON subscription
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('subscriber', NEW.subscriber_id, 'access');
END;

CREATE TRIGGER plan_kept_by_subscriptions BEFORE DELETE ON plan
	WHEN EXISTS (SELECT 1 FROM subscription WHERE plan_id = OLD.id)
BEGIN
	SELECT RAISE(ABORT, 'plan: subscriptions name it; set offered = 0 to stop offering it');
END;

-- Sessions and one-time links ---------------------------------------------------------------------------------------

CREATE TRIGGER session_checked BEFORE INSERT ON session
BEGIN
	SELECT RAISE(ABORT, 'session.subscriber_id: there is no such account')
	WHERE NEW.subscriber_id IS NULL OR NOT EXISTS (SELECT 1 FROM subscriber WHERE id = NEW.subscriber_id);
	SELECT RAISE(ABORT, 'session.id: taken, sessions are never replaced')
	WHERE EXISTS (SELECT 1 FROM session WHERE id = NEW.id);
END;

CREATE TRIGGER session_stays BEFORE UPDATE OF id, subscriber_id, generation, created_at, revoked_at ON session
	WHEN (OLD.id, OLD.subscriber_id, OLD.generation, OLD.created_at)
			IS NOT (NEW.id, NEW.subscriber_id, NEW.generation, NEW.created_at)
		OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NULL)
BEGIN
	SELECT RAISE(ABORT, 'session: it stays with its reader, and one that was revoked stays revoked');
END;

CREATE TRIGGER session_added AFTER INSERT ON session
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('session', NEW.id, 'access');
END;

-- Not for last_seen_at: being seen changes no right.
CREATE TRIGGER session_changed AFTER UPDATE OF expires_at, revoked_at ON session
	WHEN OLD.expires_at <> NEW.expires_at OR OLD.revoked_at IS NOT NEW.revoked_at
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('session', NEW.id, 'access');
END;

CREATE TRIGGER session_gone AFTER DELETE ON session
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('session', OLD.id, 'access');
END;

CREATE TRIGGER login_link_checked BEFORE INSERT ON login_link
	WHEN NOT EXISTS (SELECT 1 FROM subscriber WHERE id = NEW.subscriber_id)
		OR EXISTS (SELECT 1 FROM login_link WHERE hash = NEW.hash)
BEGIN
	SELECT RAISE(ABORT, 'login_link: there is no such account, or the link exists already');
END;

CREATE TRIGGER login_link_stays BEFORE UPDATE ON login_link
	WHEN OLD.used_at IS NOT NULL OR (OLD.hash, OLD.subscriber_id, OLD.purpose, OLD.expires_at)
		IS NOT (NEW.hash, NEW.subscriber_id, NEW.purpose, NEW.expires_at)
BEGIN
	SELECT RAISE(ABORT, 'login_link: it is used once and never changed');
END;
