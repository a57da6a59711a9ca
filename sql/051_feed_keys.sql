-- Private feeds: a subscriber's own address of a feed with whole articles, for programs that cannot sign in.

-- One key a program. The key itself stands in the address and nowhere here.
CREATE TABLE feed_key (
	id            INTEGER PRIMARY KEY AUTOINCREMENT,
	subscriber_id INTEGER NOT NULL REFERENCES subscriber (id) ON DELETE CASCADE,
	hash          TEXT    NOT NULL UNIQUE, -- of the key
	created_at    INTEGER NOT NULL DEFAULT (unixepoch()),
	revoked_at    INTEGER,                 -- not NULL: the address answers 404 from then on
	CONSTRAINT "feed_key.hash: 64 hex digits" CHECK (length(hash) = 64 AND hash NOT GLOB '*[^0-9a-f]*')
) STRICT;

CREATE INDEX feed_key_of ON feed_key (subscriber_id);

-- The sqlite3 shell does not follow foreign keys.
CREATE TRIGGER feed_key_gone AFTER DELETE ON subscriber
BEGIN
	DELETE FROM feed_key WHERE subscriber_id = OLD.id;
END;
