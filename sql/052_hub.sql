-- WebSub: what a hub was last told of each feed (see [feeds] hub in poterne.conf).
CREATE TABLE hub_notice (
	topic  TEXT    PRIMARY KEY, -- path of the feed
	state  TEXT    NOT NULL,    -- ids and editions of the articles in it when the hub was told
	at     INTEGER NOT NULL
) STRICT;
