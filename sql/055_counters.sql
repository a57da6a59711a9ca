-- Audience, as sums only: what was read and where readers met the wall. No row is about a person, none can be traced
-- to one: there is no account, no address, no time but the day.

CREATE TABLE counter (
	day        INTEGER NOT NULL,           -- 20261123, in the publication's time zone
	kind       TEXT    NOT NULL,           -- full: the whole text was shown
	                                       -- wall, wall_search: the teaser and its panel, the second to visitors whom a
	                                       --   search engine sent
	                                       -- credit: a free read was spent
	                                       -- gift: a gift was opened
	                                       -- sign_in, account, subscribe, newsletter: done, on the whole site
	article_id INTEGER NOT NULL DEFAULT 0, -- 0: the site as a whole
	n          INTEGER NOT NULL,           -- how many times
	PRIMARY KEY (day, kind, article_id),
	CONSTRAINT "counter.kind: full, wall, wall_search, credit, gift, sign_in, account, subscribe or newsletter"
		CHECK (kind IN ('full', 'wall', 'wall_search', 'credit', 'gift', 'sign_in', 'account', 'subscribe', 'newsletter')),
	CONSTRAINT "counter.day: a day as 20261123" CHECK (day BETWEEN 20200101 AND 99991231),
	CONSTRAINT "counter.n: more than nothing" CHECK (n > 0)
) STRICT;

CREATE INDEX counter_by_article ON counter (article_id, day);

-- Accounts that may see the figures page: editors of the publication, named by `poterne staff`.
CREATE TABLE staff (
	subscriber_id INTEGER PRIMARY KEY REFERENCES subscriber (id) ON DELETE CASCADE,
	role          TEXT    NOT NULL DEFAULT 'editor',
	since_at      INTEGER NOT NULL DEFAULT (unixepoch()),
	CONSTRAINT "staff.role: editor" CHECK (role IN ('editor'))
) STRICT;

CREATE TRIGGER staff_leaves AFTER DELETE ON subscriber
BEGIN
	DELETE FROM staff WHERE subscriber_id = OLD.id;
END;
