-- What an article was before, and what readers are told of it.

-- The source as it stood before a change of a published article. Made by triggers; holds paid text, so that only the
-- command line reads it.
CREATE TABLE article_revision (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	article_id INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
	until_at   INTEGER NOT NULL DEFAULT (unixepoch()), -- when it was replaced
	title      TEXT    NOT NULL,
	standfirst TEXT    NOT NULL,
	markdown   TEXT    NOT NULL
) STRICT;

CREATE INDEX article_revision_by_article ON article_revision (article_id, id);

-- A note of correction, shown below the article to everybody, dated, oldest first.
CREATE TABLE correction (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	article_id INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
	at         INTEGER NOT NULL DEFAULT (unixepoch()),
	note       TEXT    NOT NULL, -- as typed; typography is added when it is shown
	CONSTRAINT "correction.note: 1 to 1000 characters on one line"
		CHECK (length(trim(note)) BETWEEN 1 AND 1000 AND note NOT GLOB '*[' || char(1) || '-' || char(31) || ']*')
) STRICT;

CREATE INDEX correction_by_article ON correction (article_id, id);

CREATE TRIGGER article_revised_body BEFORE UPDATE OF markdown ON article_body
	WHEN OLD.markdown <> NEW.markdown
		AND EXISTS (SELECT 1 FROM article WHERE id = OLD.article_id AND published_at <= unixepoch())
BEGIN
	INSERT INTO article_revision (article_id, title, standfirst, markdown)
	SELECT id, title, standfirst, OLD.markdown FROM article WHERE id = OLD.article_id;
END;

CREATE TRIGGER article_revised_head BEFORE UPDATE OF title, standfirst ON article
	WHEN (OLD.title <> NEW.title OR OLD.standfirst <> NEW.standfirst) AND OLD.published_at <= unixepoch()
BEGIN
	INSERT INTO article_revision (article_id, title, standfirst, markdown)
	SELECT OLD.id, OLD.title, OLD.standfirst, markdown FROM article_body WHERE article_id = OLD.id;
END;

CREATE TRIGGER correction_added AFTER INSERT ON correction
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('article', NEW.article_id, 'content');
END;

CREATE TRIGGER correction_changed AFTER UPDATE ON correction
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('article', NEW.article_id, 'content');
END;

CREATE TRIGGER correction_gone AFTER DELETE ON correction
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('article', OLD.article_id, 'content');
END;

-- The sqlite3 shell leaves foreign keys off: what goes with an article goes by trigger too.
CREATE TRIGGER article_takes_its_history AFTER DELETE ON article
BEGIN
	DELETE FROM article_revision WHERE article_id = OLD.id;
	DELETE FROM correction WHERE article_id = OLD.id;
END;
