-- Which images an article shows, and which of them only with its whole text. Made when an article is rendered.

CREATE TABLE article_media (
	article_id INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
	name       TEXT    NOT NULL, -- file below the media folder
	gated      INTEGER NOT NULL, -- 1: it stands after the teaser: given only to those who may read the article
	PRIMARY KEY (article_id, name),
	CONSTRAINT "article_media.gated: 0 or 1" CHECK (gated IN (0, 1))
) STRICT;

CREATE INDEX article_media_by_name ON article_media (name);
CREATE INDEX article_by_image ON article (image) WHERE image <> '';

CREATE TRIGGER article_takes_its_media AFTER DELETE ON article
BEGIN
	DELETE FROM article_media WHERE article_id = OLD.id;
END;

-- Every article is rendered once more, so that its images are known.
UPDATE article_body SET stale = 1 WHERE stale = 0;
