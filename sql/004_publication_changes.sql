-- What a change to the publication brings about: a new edition, a rendering that is due, an old address kept, a row
-- in change_log. All of it for changes by the program and for SQL typed by hand alike.

-- Articles ----------------------------------------------------------------------------------------------------------

CREATE TRIGGER article_added AFTER INSERT ON article
BEGIN
	DELETE FROM slug_history WHERE path = (SELECT slug FROM section WHERE id = NEW.section_id) || '/' || NEW.slug;
	INSERT INTO change_log (kind, ref, detail) VALUES ('article', NEW.id, 'access');
END;

CREATE TRIGGER article_gone AFTER DELETE ON article
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('article', OLD.id, 'access');
END;

-- Who may read it, from when, at which address.
CREATE TRIGGER article_access_changed AFTER UPDATE ON article
	WHEN (OLD.slug, OLD.section_id, OLD.access, OLD.published_at, OLD.listed_at, OLD.withdrawn_at)
		IS NOT (NEW.slug, NEW.section_id, NEW.access, NEW.published_at, NEW.listed_at, NEW.withdrawn_at)
BEGIN
	UPDATE article SET edition = OLD.edition + 1 WHERE id = NEW.id AND edition = OLD.edition;
	INSERT INTO change_log (kind, ref, detail) VALUES ('article', NEW.id, 'access');
END;

CREATE TRIGGER article_content_changed AFTER UPDATE ON article
	WHEN (OLD.slug, OLD.section_id, OLD.access, OLD.published_at, OLD.listed_at, OLD.withdrawn_at)
			IS (NEW.slug, NEW.section_id, NEW.access, NEW.published_at, NEW.listed_at, NEW.withdrawn_at)
		AND ((OLD.updated_at, OLD.rendered_hash, OLD.label, OLD.language, OLD.title, OLD.title_shown, OLD.standfirst,
				OLD.standfirst_text, OLD.standfirst_html)
			IS NOT (NEW.updated_at, NEW.rendered_hash, NEW.label, NEW.language, NEW.title, NEW.title_shown,
				NEW.standfirst, NEW.standfirst_text, NEW.standfirst_html)
		OR (OLD.image, OLD.image_alt, OLD.image_credit, OLD.image_width, OLD.image_height, OLD.teaser_limit, OLD.words,
				OLD.words_shown, OLD.percent_left, OLD.outline, OLD.teaser_text, OLD.teaser_html)
			IS NOT (NEW.image, NEW.image_alt, NEW.image_credit, NEW.image_width, NEW.image_height, NEW.teaser_limit,
				NEW.words, NEW.words_shown, NEW.percent_left, NEW.outline, NEW.teaser_text, NEW.teaser_html))
BEGIN
	UPDATE article SET edition = OLD.edition + 1 WHERE id = NEW.id AND edition = OLD.edition;
	INSERT INTO change_log (kind, ref, detail) VALUES ('article', NEW.id, 'content');
END;

-- The old address leads on to the new one, and a live article ends a redirect from its own address.
CREATE TRIGGER article_moved AFTER UPDATE OF slug, section_id ON article
	WHEN OLD.slug <> NEW.slug OR OLD.section_id <> NEW.section_id
BEGIN
	DELETE FROM slug_history WHERE path IN (
		(SELECT slug FROM section WHERE id = OLD.section_id) || '/' || OLD.slug,
		(SELECT slug FROM section WHERE id = NEW.section_id) || '/' || NEW.slug);
	INSERT INTO slug_history (path, article_id)
	VALUES ((SELECT slug FROM section WHERE id = OLD.section_id) || '/' || OLD.slug, NEW.id);
END;

-- Lists by author and tag find what to show without looking into articles.
CREATE TRIGGER article_listed AFTER UPDATE OF published_at, withdrawn_at, rendered_at ON article
	WHEN OLD.listed_at IS NOT NEW.listed_at
BEGIN
	UPDATE article_author SET listed_at = NEW.listed_at WHERE article_id = NEW.id;
	UPDATE article_tag SET listed_at = NEW.listed_at WHERE article_id = NEW.id;
END;

-- What rendering reads was changed by hand (the program brings a new rendered_hash): render again.
CREATE TRIGGER article_stale AFTER UPDATE OF title, standfirst, access, language, teaser_limit, image ON article
	WHEN NEW.rendered_hash = OLD.rendered_hash
		AND (OLD.title, OLD.standfirst, OLD.access, OLD.language, OLD.teaser_limit, OLD.image)
			IS NOT (NEW.title, NEW.standfirst, NEW.access, NEW.language, NEW.teaser_limit, NEW.image)
BEGIN
	UPDATE article_body SET stale = 1, render_error = '' WHERE article_id = NEW.id AND stale <> 1;
END;

-- The teaser of an article that was open to all may be the whole of it: until it is rendered again, show none.
CREATE TRIGGER article_closed AFTER UPDATE OF access ON article
	WHEN OLD.access = 'public' AND NEW.access <> 'public' AND NEW.rendered_hash = OLD.rendered_hash
		AND NEW.percent_left < 33
BEGIN
	UPDATE article SET words_shown = 0, percent_left = 100, outline = '', teaser_text = '', teaser_html = ''
	WHERE id = NEW.id;
END;

-- A body typed by hand has no html yet: the article appears once it is rendered.
CREATE TRIGGER article_body_added AFTER INSERT ON article_body
BEGIN
	UPDATE article SET rendered_at = NULL WHERE id = NEW.article_id AND NEW.html IS NULL AND rendered_at IS NOT NULL;
	INSERT INTO change_log (kind, ref, detail) VALUES ('article', NEW.article_id, 'content');
END;

CREATE TRIGGER article_body_changed AFTER UPDATE OF markdown ON article_body
	WHEN NEW.markdown <> OLD.markdown AND NEW.rendered_hash = OLD.rendered_hash
BEGIN
	UPDATE article_body SET stale = 1, render_error = '' WHERE article_id = NEW.article_id AND stale <> 1;
	UPDATE article SET edition = edition + 1 WHERE id = NEW.article_id;
	INSERT INTO change_log (kind, ref, detail) VALUES ('article', NEW.article_id, 'content');
END;

CREATE TRIGGER article_body_rendered AFTER UPDATE OF html ON article_body WHEN NEW.html IS NOT OLD.html
BEGIN
	UPDATE article SET rendered_at = NULL WHERE id = NEW.article_id AND NEW.html IS NULL AND rendered_at IS NOT NULL;
	INSERT INTO change_log (kind, ref, detail) VALUES ('article', NEW.article_id, 'content');
END;

CREATE TRIGGER article_body_gone AFTER DELETE ON article_body
	WHEN EXISTS (SELECT 1 FROM article WHERE id = OLD.article_id)
BEGIN
	UPDATE article SET rendered_at = NULL WHERE id = OLD.article_id;
	INSERT INTO change_log (kind, ref, detail) VALUES ('article', OLD.article_id, 'access');
END;

-- Bylines, tags, plans of an article --------------------------------------------------------------------------------

CREATE TRIGGER article_author_added AFTER INSERT ON article_author
BEGIN
	UPDATE article_author SET listed_at = (SELECT listed_at FROM article WHERE id = NEW.article_id)
	WHERE article_id = NEW.article_id AND author_id = NEW.author_id;
	UPDATE article SET edition = edition + 1 WHERE id = NEW.article_id;
	INSERT INTO change_log (kind, ref, detail) VALUES ('article', NEW.article_id, 'content'), ('author', NEW.author_id, 'content');
END;

CREATE TRIGGER article_author_changed AFTER UPDATE OF position ON article_author WHEN OLD.position <> NEW.position
BEGIN
	UPDATE article SET edition = edition + 1 WHERE id = NEW.article_id;
	INSERT INTO change_log (kind, ref, detail) VALUES ('article', NEW.article_id, 'content');
END;

CREATE TRIGGER article_author_gone AFTER DELETE ON article_author
BEGIN
	UPDATE article SET edition = edition + 1 WHERE id = OLD.article_id;
	INSERT INTO change_log (kind, ref, detail) VALUES ('article', OLD.article_id, 'content'), ('author', OLD.author_id, 'content');
END;

CREATE TRIGGER article_tag_added AFTER INSERT ON article_tag
BEGIN
	UPDATE article_tag SET listed_at = (SELECT listed_at FROM article WHERE id = NEW.article_id)
	WHERE article_id = NEW.article_id AND tag_id = NEW.tag_id;
	UPDATE article SET edition = edition + 1 WHERE id = NEW.article_id;
	INSERT INTO change_log (kind, ref, detail) VALUES ('article', NEW.article_id, 'content'), ('tag', NEW.tag_id, 'content');
END;

CREATE TRIGGER article_tag_gone AFTER DELETE ON article_tag
BEGIN
	UPDATE article SET edition = edition + 1 WHERE id = OLD.article_id;
	INSERT INTO change_log (kind, ref, detail) VALUES ('article', OLD.article_id, 'content'), ('tag', OLD.tag_id, 'content');
END;

CREATE TRIGGER article_plan_added AFTER INSERT ON article_plan
BEGIN
	UPDATE article SET edition = edition + 1 WHERE id = NEW.article_id;
	INSERT INTO change_log (kind, ref, detail) VALUES ('article', NEW.article_id, 'access');
END;

CREATE TRIGGER article_plan_gone AFTER DELETE ON article_plan
BEGIN
	UPDATE article SET edition = edition + 1 WHERE id = OLD.article_id;
	INSERT INTO change_log (kind, ref, detail) VALUES ('article', OLD.article_id, 'access');
END;

-- Sections, authors, tags, plans: a changed slug is a changed address ---------------------------------------------------

CREATE TRIGGER section_added AFTER INSERT ON section
BEGIN
	DELETE FROM slug_history WHERE path = NEW.slug;
	INSERT INTO change_log (kind, ref, detail) VALUES ('section', NEW.id, 'access');
END;

CREATE TRIGGER section_changed AFTER UPDATE ON section
BEGIN
	INSERT INTO change_log (kind, ref, detail)
	VALUES ('section', NEW.id, CASE WHEN OLD.slug = NEW.slug THEN 'content' ELSE 'access' END);
END;

CREATE TRIGGER section_moved AFTER UPDATE OF slug ON section WHEN OLD.slug <> NEW.slug
BEGIN
	DELETE FROM slug_history WHERE path IN (OLD.slug, NEW.slug);
	INSERT INTO slug_history (path, section_id) VALUES (OLD.slug, NEW.id);
END;

CREATE TRIGGER section_gone AFTER DELETE ON section
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('section', OLD.id, 'access');
END;

CREATE TRIGGER author_added AFTER INSERT ON author
BEGIN
	DELETE FROM slug_history WHERE path = 'author/' || NEW.slug;
	INSERT INTO change_log (kind, ref, detail) VALUES ('author', NEW.id, 'access');
END;

CREATE TRIGGER author_changed AFTER UPDATE ON author
BEGIN
	INSERT INTO change_log (kind, ref, detail)
	VALUES ('author', NEW.id, CASE WHEN OLD.slug = NEW.slug THEN 'content' ELSE 'access' END);
END;

CREATE TRIGGER author_moved AFTER UPDATE OF slug ON author WHEN OLD.slug <> NEW.slug
BEGIN
	DELETE FROM slug_history WHERE path IN ('author/' || OLD.slug, 'author/' || NEW.slug);
	INSERT INTO slug_history (path, author_id) VALUES ('author/' || OLD.slug, NEW.id);
END;

CREATE TRIGGER author_gone AFTER DELETE ON author
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('author', OLD.id, 'access');
END;

CREATE TRIGGER tag_added AFTER INSERT ON tag
BEGIN
	DELETE FROM slug_history WHERE path = 'tag/' || NEW.slug;
	INSERT INTO change_log (kind, ref, detail) VALUES ('tag', NEW.id, 'access');
END;

CREATE TRIGGER tag_changed AFTER UPDATE ON tag
BEGIN
	INSERT INTO change_log (kind, ref, detail)
	VALUES ('tag', NEW.id, CASE WHEN OLD.slug = NEW.slug THEN 'content' ELSE 'access' END);
END;

CREATE TRIGGER tag_moved AFTER UPDATE OF slug ON tag WHEN OLD.slug <> NEW.slug
BEGIN
	DELETE FROM slug_history WHERE path IN ('tag/' || OLD.slug, 'tag/' || NEW.slug);
	INSERT INTO slug_history (path, tag_id) VALUES ('tag/' || OLD.slug, NEW.id);
END;

CREATE TRIGGER tag_gone AFTER DELETE ON tag
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('tag', OLD.id, 'access');
END;

CREATE TRIGGER plan_added AFTER INSERT ON plan
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('plan', NEW.id, 'content');
END;

CREATE TRIGGER plan_changed AFTER UPDATE ON plan
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('plan', NEW.id, 'content');
END;

CREATE TRIGGER plan_gone AFTER DELETE ON plan
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('plan', OLD.id, 'access');
END;

-- A redirect typed or removed by hand.
CREATE TRIGGER slug_history_added AFTER INSERT ON slug_history
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES (
		CASE WHEN NEW.article_id IS NOT NULL THEN 'article' WHEN NEW.section_id IS NOT NULL THEN 'section'
			WHEN NEW.author_id IS NOT NULL THEN 'author' ELSE 'tag' END,
		coalesce(NEW.article_id, NEW.section_id, NEW.author_id, NEW.tag_id), 'access');
END;

CREATE TRIGGER slug_history_gone AFTER DELETE ON slug_history
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES (
		CASE WHEN OLD.article_id IS NOT NULL THEN 'article' WHEN OLD.section_id IS NOT NULL THEN 'section'
			WHEN OLD.author_id IS NOT NULL THEN 'author' ELSE 'tag' END,
		coalesce(OLD.article_id, OLD.section_id, OLD.author_id, OLD.tag_id), 'access');
END;
