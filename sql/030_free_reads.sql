-- Free reads of metered articles: each is spent on purpose, by a form, and opens one article until the month ends.

-- What readers with an account have opened. Strangers' counts lie in their own cookie.
CREATE TABLE free_read (
	subscriber_id INTEGER NOT NULL REFERENCES subscriber (id) ON DELETE CASCADE,
	month         TEXT    NOT NULL,  -- 2026-11, in the publication's time zone
	article_id    INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
	at            INTEGER NOT NULL DEFAULT (unixepoch()),
	PRIMARY KEY (subscriber_id, month, article_id),
	CONSTRAINT "free_read.month: as 2026-11" CHECK (length(month) = 7 AND month GLOB '[2-9][0-9][0-9][0-9]-[01][0-9]')
) STRICT;

CREATE INDEX free_read_by_article ON free_read (article_id);

CREATE TRIGGER free_read_added AFTER INSERT ON free_read
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('subscriber', NEW.subscriber_id, 'access');
END;

CREATE TRIGGER free_read_gone AFTER DELETE ON free_read
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('subscriber', OLD.subscriber_id, 'access');
END;

CREATE TRIGGER free_read_of_subscriber AFTER DELETE ON subscriber
BEGIN
	DELETE FROM free_read WHERE subscriber_id = OLD.id;
END;

-- The soft limit behind strangers' cookies: how many free reads one network spent. The network itself is not here, only a
-- keyed hash of its first 24 (IPv6: 64) bits and the month. Rows go when the month is over.
CREATE TABLE free_read_network (
	network TEXT    NOT NULL,  -- keyed BLAKE2b-256, hexadecimal
	month   TEXT    NOT NULL,
	reads   INTEGER NOT NULL,
	PRIMARY KEY (network, month),
	CONSTRAINT "free_read_network.network: 64 hexadecimal digits"
		CHECK (length(network) = 64 AND network NOT GLOB '*[^0-9a-f]*'),
	CONSTRAINT "free_read_network.reads: from 1" CHECK (reads >= 1)
) STRICT;

-- A stranger's credit that is spent: a hash of the cookie's random number and of how many it had opened. A second request
-- with the same cookie finds it here. Rows go when the month is over.
CREATE TABLE free_read_mark (
	mark       TEXT    PRIMARY KEY,
	month      TEXT    NOT NULL,
	article_id INTEGER NOT NULL,
	CONSTRAINT "free_read_mark.mark: 64 hexadecimal digits" CHECK (length(mark) = 64 AND mark NOT GLOB '*[^0-9a-f]*')
) STRICT;

CREATE INDEX free_read_mark_by_month ON free_read_mark (month);

-- An address of the program's since now.
CREATE TRIGGER section_slug_free_read BEFORE INSERT ON section WHEN NEW.slug = 'free-read'
BEGIN
	SELECT RAISE(ABORT, 'section.slug: the site itself uses this word');
END;

CREATE TRIGGER section_slug_free_read_later BEFORE UPDATE OF slug ON section WHEN NEW.slug = 'free-read'
BEGIN
	SELECT RAISE(ABORT, 'section.slug: the site itself uses this word');
END;
