-- When an account was last signed in to: sessions are purged when they end, and an account that nobody has signed in to for
-- three years, without a period or a seat that ended later, goes with all that is its own, as the page on privacy says.
CREATE TABLE last_sign_in (
	subscriber_id INTEGER PRIMARY KEY REFERENCES subscriber (id) ON DELETE CASCADE,
	at            INTEGER NOT NULL -- or when the account was made
) STRICT;

CREATE INDEX last_sign_in_by_age ON last_sign_in (at);

-- What was before this is not known: the three years of those who are here begin now.
INSERT INTO last_sign_in (subscriber_id, at) SELECT id, unixepoch() FROM subscriber;

CREATE TRIGGER last_sign_in_first AFTER INSERT ON subscriber
BEGIN
	INSERT INTO last_sign_in (subscriber_id, at) VALUES (NEW.id, unixepoch());
END;

CREATE TRIGGER last_sign_in_again AFTER INSERT ON session
BEGIN
	UPDATE last_sign_in SET at = NEW.created_at WHERE subscriber_id = NEW.subscriber_id AND at < NEW.created_at;
END;

CREATE TRIGGER last_sign_in_gone AFTER DELETE ON subscriber
BEGIN
	DELETE FROM last_sign_in WHERE subscriber_id = OLD.id;
END;
