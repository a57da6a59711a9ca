-- Runs of `poterne subscriber import`, so that each can be undone as a whole.

CREATE TABLE subscriber_batch (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	file      TEXT    NOT NULL DEFAULT '',
	accounts  INTEGER NOT NULL DEFAULT 0,  -- added
	periods   INTEGER NOT NULL DEFAULT 0,
	at        INTEGER NOT NULL DEFAULT (unixepoch()),
	undone_at INTEGER,
	CONSTRAINT "subscriber_batch.file: at most 200 characters" CHECK (length(file) <= 200)
) STRICT;

-- What a run has added: an account, or a period of one.
CREATE TABLE subscriber_batch_item (
	batch_id        INTEGER NOT NULL REFERENCES subscriber_batch (id),
	subscriber_id   INTEGER NOT NULL REFERENCES subscriber (id) ON DELETE CASCADE,
	subscription_id INTEGER NOT NULL DEFAULT 0,  -- 0: the account itself
	PRIMARY KEY (batch_id, subscriber_id, subscription_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX subscriber_batch_item_by_subscriber ON subscriber_batch_item (subscriber_id);

CREATE TRIGGER subscriber_batch_item_of_subscriber AFTER DELETE ON subscriber
BEGIN
	DELETE FROM subscriber_batch_item WHERE subscriber_id = OLD.id;
END;
