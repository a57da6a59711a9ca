-- Headings of the part that is not shown are part of what is paid for, unless an editor says otherwise, article by article
-- (outline: yes in its file) or for all ([reading] outline in the settings).

ALTER TABLE article ADD COLUMN outline_wish TEXT NOT NULL DEFAULT '' -- yes: headings of the hidden part are free; no; empty: as the settings say
	CONSTRAINT "article.outline_wish: yes, no, or empty for what the settings say" CHECK (outline_wish IN ('', 'yes', 'no'));

CREATE TRIGGER article_outline_stale AFTER UPDATE OF outline_wish ON article
	WHEN OLD.outline_wish <> NEW.outline_wish AND NEW.rendered_hash = OLD.rendered_hash
BEGIN
	UPDATE article_body SET stale = 1, render_error = '' WHERE article_id = NEW.id AND stale <> 1;
	UPDATE article SET outline = '', edition = edition + 1 WHERE id = NEW.id;
	INSERT INTO change_log (kind, ref, detail) VALUES ('article', NEW.id, 'content');
END;
