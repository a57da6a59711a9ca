-- One more sum: how many readers went on from an article to what is offered for sale. What they then bought is counted for
-- the site as a whole: which account came from which article is nobody's to know.

CREATE TABLE counter_before AS SELECT day, kind, article_id, n FROM counter;

DROP TABLE counter;

CREATE TABLE counter (
	day        INTEGER NOT NULL,           -- 20261123, in the publication's time zone
	kind       TEXT    NOT NULL,           -- full: the whole text was shown
	                                       -- wall, wall_search: the teaser and its panel, the second to visitors whom a
	                                       --   search engine sent
	                                       -- credit: a free read was spent
	                                       -- gift: a gift was opened
	                                       -- offer: the plans were looked at, from this article or (0) from elsewhere
	                                       -- sign_in: somebody signed in, to read this article or (0) otherwise
	                                       -- account: an account was made, in the same way
	                                       -- subscribe: a first paid period, on the whole site
	                                       -- newsletter: an address was confirmed, on the whole site
	article_id INTEGER NOT NULL DEFAULT 0, -- 0: the site as a whole
	n          INTEGER NOT NULL,           -- how many times
	PRIMARY KEY (day, kind, article_id),
	CONSTRAINT "counter.kind: full, wall, wall_search, credit, gift, offer, sign_in, account, subscribe or newsletter"
		CHECK (kind IN ('full', 'wall', 'wall_search', 'credit', 'gift', 'offer', 'sign_in', 'account', 'subscribe', 'newsletter')),
	CONSTRAINT "counter.day: a day as 20261123" CHECK (day BETWEEN 20200101 AND 99991231),
	CONSTRAINT "counter.n: more than nothing" CHECK (n > 0)
) STRICT;

INSERT INTO counter (day, kind, article_id, n) SELECT day, kind, article_id, n FROM counter_before;

DROP TABLE counter_before;

CREATE INDEX counter_by_article ON counter (article_id, day);
