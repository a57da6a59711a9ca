-- Search, related articles: what the daemon and the worker derive from the articles, by themselves, within a second.
--
-- Nothing here is for typing: all of it can be thrown away and is made again (`DELETE FROM search_state`). The two
-- indexes use the program's own French tokenizer: the sqlite3 shell can neither search nor change them, which is why
-- no trigger does. change_log tells what has to be indexed again.

-- How far the index is. One row; without it everything is indexed anew.
CREATE TABLE search_state (
	id        INTEGER PRIMARY KEY,
	version   TEXT    NOT NULL, -- of the tokenizer and of what is indexed; another one: all anew
	change_id INTEGER NOT NULL, -- the last change_log row that is in the index
	swept_id  INTEGER NOT NULL, -- the last article that a pass over all of them has seen
	sweeping  INTEGER NOT NULL, -- 1: such a pass is going on
	CONSTRAINT "search_state: one row, 1" CHECK (id = 1)
) STRICT;

-- An article that is in the indexes, or will be once its time has come.
CREATE TABLE search_entry (
	article_id INTEGER PRIMARY KEY,
	edition    INTEGER NOT NULL, -- the article's, when it was indexed
	stamp      TEXT    NOT NULL, -- its access and rendered_hash then: when they differ now, it is not found
	listed_at  INTEGER NOT NULL, -- the article's
	due        INTEGER NOT NULL  -- 1: scheduled, in no index yet
) STRICT;

CREATE INDEX search_entry_due ON search_entry (listed_at) WHERE due = 1;

-- What everyone may search: the free part. One row for each listed article, rowid is its id.
CREATE VIRTUAL TABLE article_search USING fts5 (title, standfirst, teaser, tokenize = 'french');

-- The whole text. The connection that makes pages for everyone cannot read it.
CREATE VIRTUAL TABLE article_search_full USING fts5 (title, standfirst, body, tokenize = 'french');

-- Words of titles in the index of what is free, to suggest what may have been meant.
CREATE TABLE search_word (
	folded TEXT    PRIMARY KEY,      -- small letters without accents: ecole
	word   TEXT    NOT NULL,         -- as it was written: école
	uses   INTEGER NOT NULL DEFAULT 1 -- in how many titles
) STRICT;

-- "À lire aussi": for each listed article, in order.
CREATE TABLE article_related (
	article_id INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
	position   INTEGER NOT NULL, -- 1 first
	related_id INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
	PRIMARY KEY (article_id, position)
) STRICT;

CREATE INDEX article_related_back ON article_related (related_id);

-- The sqlite3 shell does not follow foreign keys.
CREATE TRIGGER article_related_gone AFTER DELETE ON article
BEGIN
	DELETE FROM article_related WHERE article_id = OLD.id OR related_id = OLD.id;
END;

-- A new list shows on the page.
CREATE TRIGGER article_related_made AFTER INSERT ON article_related WHEN NEW.position = 1
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('article', NEW.article_id, 'content');
END;
