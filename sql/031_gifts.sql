-- Gift links: a subscriber gives one article to some readers.

-- One row a link. Only the hash of its secret is here. The giver sees how many read it; nothing says who.
CREATE TABLE gift (
	id            INTEGER PRIMARY KEY AUTOINCREMENT,
	hash          TEXT    NOT NULL UNIQUE,  -- BLAKE2b-256 of the secret in /gift/SECRET, hexadecimal
	subscriber_id INTEGER NOT NULL REFERENCES subscriber (id) ON DELETE CASCADE,
	article_id    INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
	month         TEXT    NOT NULL,         -- 2026-11, in the publication's time zone: what the giver's count goes by
	created_at    INTEGER NOT NULL DEFAULT (unixepoch()),
	expires_at    INTEGER NOT NULL,
	readers_max   INTEGER NOT NULL,         -- how many may open it
	revoked_at    INTEGER,                  -- not NULL: taken back; cannot be undone
	CONSTRAINT "gift.hash: 64 hexadecimal digits" CHECK (length(hash) = 64 AND hash NOT GLOB '*[^0-9a-f]*'),
	CONSTRAINT "gift.month: as 2026-11" CHECK (length(month) = 7 AND month GLOB '[2-9][0-9][0-9][0-9]-[01][0-9]'),
	CONSTRAINT "gift.expires_at: after created_at, by 90 days at most"
		CHECK (expires_at > created_at AND expires_at <= created_at + 7776000),
	CONSTRAINT "gift.readers_max: 1 to 1000" CHECK (readers_max BETWEEN 1 AND 1000)
) STRICT;

CREATE INDEX gift_by_subscriber ON gift (subscriber_id, month);
CREATE INDEX gift_by_article ON gift (article_id);
CREATE INDEX gift_by_expiry ON gift (expires_at);

-- That somebody opened a gift: a hash of a random number in the opener's cookie and of the gift's, of no use elsewhere.
CREATE TABLE gift_read (
	gift_id INTEGER NOT NULL REFERENCES gift (id) ON DELETE CASCADE,
	reader  TEXT    NOT NULL,
	PRIMARY KEY (gift_id, reader),
	CONSTRAINT "gift_read.reader: 64 hexadecimal digits" CHECK (length(reader) = 64 AND reader NOT GLOB '*[^0-9a-f]*')
) STRICT;

CREATE TRIGGER gift_checked BEFORE INSERT ON gift
BEGIN
	SELECT RAISE(ABORT, 'gift.subscriber_id: there is no such account')
	WHERE NOT EXISTS (SELECT 1 FROM subscriber WHERE id = NEW.subscriber_id);
	SELECT RAISE(ABORT, 'gift.article_id: there is no such article')
	WHERE NOT EXISTS (SELECT 1 FROM article WHERE id = NEW.article_id);
END;

CREATE TRIGGER gift_stays BEFORE UPDATE ON gift
	WHEN (OLD.id, OLD.hash, OLD.subscriber_id, OLD.article_id, OLD.created_at)
			IS NOT (NEW.id, NEW.hash, NEW.subscriber_id, NEW.article_id, NEW.created_at)
		OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NULL)
BEGIN
	SELECT RAISE(ABORT, 'gift: it stays with its giver and its article, and one that was taken back stays so');
END;

CREATE TRIGGER gift_added AFTER INSERT ON gift
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('gift', NEW.id, 'access');
END;

CREATE TRIGGER gift_changed AFTER UPDATE ON gift
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('gift', NEW.id, 'access');
END;

CREATE TRIGGER gift_gone AFTER DELETE ON gift
BEGIN
	DELETE FROM gift_read WHERE gift_id = OLD.id;
	INSERT INTO change_log (kind, ref, detail) VALUES ('gift', OLD.id, 'access');
END;

CREATE TRIGGER gift_of_subscriber AFTER DELETE ON subscriber
BEGIN
	DELETE FROM gift WHERE subscriber_id = OLD.id;
END;
