-- What no row of the publication may be, beyond what a single row can tell; and what goes when something is removed.
-- The sqlite3 shell does not enforce foreign keys unless asked to, so these triggers do, and say why.

CREATE TRIGGER section_kept BEFORE DELETE ON section
	WHEN EXISTS (SELECT 1 FROM article WHERE section_id = OLD.id)
BEGIN
	SELECT RAISE(ABORT, 'section: it still has articles; move them (UPDATE article SET section_id = …) or remove them first');
END;

CREATE TRIGGER section_id_stays BEFORE UPDATE OF id ON section WHEN NEW.id IS NOT OLD.id
BEGIN
	SELECT RAISE(ABORT, 'section.id never changes: articles and caches know the section by it');
END;

CREATE TRIGGER section_removed AFTER DELETE ON section
BEGIN
	DELETE FROM slug_history WHERE section_id = OLD.id;
END;

-- Articles ----------------------------------------------------------------------------------------------------------

CREATE TRIGGER article_checked BEFORE INSERT ON article
BEGIN
	SELECT RAISE(ABORT, 'article.section_id: there is no such section; INSERT INTO section first, or check its slug')
	WHERE NEW.section_id IS NULL OR NOT EXISTS (SELECT 1 FROM section WHERE id = NEW.section_id);
	SELECT RAISE(ABORT, 'article.slug: another article has this slug; UPDATE that one, or take another slug')
	WHERE EXISTS (SELECT 1 FROM article WHERE slug = NEW.slug);
	SELECT RAISE(ABORT, 'article: edition, rendered_at and rendered_hash are written by the program; leave them out')
	WHERE NEW.edition <> 1;
END;

CREATE TRIGGER article_id_stays BEFORE UPDATE OF id ON article WHEN NEW.id IS NOT OLD.id
BEGIN
	SELECT RAISE(ABORT, 'article.id never changes: body, links and caches know the article by it');
END;

CREATE TRIGGER article_section_checked BEFORE UPDATE OF section_id ON article
	WHEN NOT EXISTS (SELECT 1 FROM section WHERE id = NEW.section_id)
BEGIN
	SELECT RAISE(ABORT, 'article.section_id: there is no such section; INSERT INTO section first, or check its slug');
END;

CREATE TRIGGER article_access_checked BEFORE UPDATE OF access ON article
	WHEN NEW.access IN ('public', 'registered', 'metered')
		AND EXISTS (SELECT 1 FROM article_plan WHERE article_id = NEW.id)
BEGIN
	SELECT RAISE(ABORT, 'article.access: only subscriber articles ask for plans; DELETE FROM article_plan for this article first');
END;

CREATE TRIGGER article_removed AFTER DELETE ON article
BEGIN
	DELETE FROM article_body WHERE article_id = OLD.id;
	DELETE FROM article_author WHERE article_id = OLD.id;
	DELETE FROM article_tag WHERE article_id = OLD.id;
	DELETE FROM article_plan WHERE article_id = OLD.id;
	DELETE FROM slug_history WHERE article_id = OLD.id;
END;

CREATE TRIGGER article_body_checked BEFORE INSERT ON article_body
	WHEN NOT EXISTS (SELECT 1 FROM article WHERE id = NEW.article_id)
BEGIN
	SELECT RAISE(ABORT, 'article_body.article_id: there is no such article; INSERT INTO article first');
END;

CREATE TRIGGER article_body_id_stays BEFORE UPDATE OF article_id ON article_body WHEN NEW.article_id IS NOT OLD.article_id
BEGIN
	SELECT RAISE(ABORT, 'article_body.article_id never changes: a text stays with its article');
END;

-- Bylines, tags, plans: rows are added and removed, not turned into others --------------------------------------------

CREATE TRIGGER article_author_checked BEFORE INSERT ON article_author
BEGIN
	SELECT RAISE(ABORT, 'article_author.article_id: there is no such article')
	WHERE NOT EXISTS (SELECT 1 FROM article WHERE id = NEW.article_id);
	SELECT RAISE(ABORT, 'article_author.author_id: there is no such author; INSERT INTO author first')
	WHERE NOT EXISTS (SELECT 1 FROM author WHERE id = NEW.author_id);
	SELECT RAISE(ABORT, 'article_author: an article has at most 20 bylines')
	WHERE (SELECT count(*) FROM article_author WHERE article_id = NEW.article_id) >= 20;
END;

CREATE TRIGGER article_author_stays BEFORE UPDATE OF article_id, author_id ON article_author
BEGIN
	SELECT RAISE(ABORT, 'article_author: DELETE the row and INSERT another');
END;

CREATE TRIGGER article_tag_checked BEFORE INSERT ON article_tag
BEGIN
	SELECT RAISE(ABORT, 'article_tag.article_id: there is no such article')
	WHERE NOT EXISTS (SELECT 1 FROM article WHERE id = NEW.article_id);
	SELECT RAISE(ABORT, 'article_tag.tag_id: there is no such tag; INSERT INTO tag first')
	WHERE NOT EXISTS (SELECT 1 FROM tag WHERE id = NEW.tag_id);
	SELECT RAISE(ABORT, 'article_tag: an article has at most 20 tags')
	WHERE (SELECT count(*) FROM article_tag WHERE article_id = NEW.article_id) >= 20;
END;

CREATE TRIGGER article_tag_stays BEFORE UPDATE OF article_id, tag_id ON article_tag
BEGIN
	SELECT RAISE(ABORT, 'article_tag: DELETE the row and INSERT another');
END;

CREATE TRIGGER article_plan_checked BEFORE INSERT ON article_plan
BEGIN
	SELECT RAISE(ABORT, 'article_plan.plan_id: there is no such plan')
	WHERE NOT EXISTS (SELECT 1 FROM plan WHERE id = NEW.plan_id);
	SELECT RAISE(ABORT, 'article_plan: only an article whose access is subscriber can ask for plans')
	WHERE NOT EXISTS (SELECT 1 FROM article WHERE id = NEW.article_id AND access = 'subscriber');
	SELECT RAISE(ABORT, 'article_plan: an article asks for at most 20 plans')
	WHERE (SELECT count(*) FROM article_plan WHERE article_id = NEW.article_id) >= 20;
END;

CREATE TRIGGER article_plan_stays BEFORE UPDATE ON article_plan
BEGIN
	SELECT RAISE(ABORT, 'article_plan: DELETE the row and INSERT another');
END;

CREATE TRIGGER author_kept BEFORE DELETE ON author
	WHEN EXISTS (SELECT 1 FROM article_author WHERE author_id = OLD.id)
BEGIN
	SELECT RAISE(ABORT, 'author: articles still bear this byline; DELETE FROM article_author first');
END;

CREATE TRIGGER author_removed AFTER DELETE ON author
BEGIN
	DELETE FROM slug_history WHERE author_id = OLD.id;
END;

CREATE TRIGGER tag_removed AFTER DELETE ON tag
BEGIN
	DELETE FROM article_tag WHERE tag_id = OLD.id;
	DELETE FROM slug_history WHERE tag_id = OLD.id;
END;

CREATE TRIGGER author_id_stays BEFORE UPDATE OF id ON author WHEN NEW.id IS NOT OLD.id
BEGIN
	SELECT RAISE(ABORT, 'author.id never changes: bylines know the author by it');
END;

CREATE TRIGGER tag_id_stays BEFORE UPDATE OF id ON tag WHEN NEW.id IS NOT OLD.id
BEGIN
	SELECT RAISE(ABORT, 'tag.id never changes: articles know the tag by it');
END;

-- Without this an article whose only plan is removed would open to every plan.
CREATE TRIGGER plan_kept_by_articles BEFORE DELETE ON plan
	WHEN EXISTS (SELECT 1 FROM article_plan WHERE plan_id = OLD.id)
BEGIN
	SELECT RAISE(ABORT, 'plan: articles still ask for it, without it they would open to every plan; DELETE FROM article_plan first');
END;

CREATE TRIGGER plan_id_stays BEFORE UPDATE OF id ON plan WHEN NEW.id IS NOT OLD.id
BEGIN
	SELECT RAISE(ABORT, 'plan.id never changes: subscriptions and articles know the plan by it');
END;

CREATE TRIGGER slug_history_checked BEFORE INSERT ON slug_history
BEGIN
	SELECT RAISE(ABORT, 'slug_history: what the old address leads to does not exist')
	WHERE (NEW.article_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM article WHERE id = NEW.article_id))
		OR (NEW.section_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM section WHERE id = NEW.section_id))
		OR (NEW.author_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM author WHERE id = NEW.author_id))
		OR (NEW.tag_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM tag WHERE id = NEW.tag_id));
END;
