-- Pages of words: legal notice, who we are, terms. One at /SLUG; those of the shipped pages (legal, privacy,
-- accessibility) take their place.

CREATE TABLE page (
	id         INTEGER PRIMARY KEY,
	slug       TEXT    NOT NULL UNIQUE,
	title      TEXT    NOT NULL,
	markdown   TEXT    NOT NULL,                        -- CommonMark, set with French typography when it is shown
	in_footer  INTEGER NOT NULL DEFAULT 0,              -- 1: the foot of every page leads there
	updated_at INTEGER NOT NULL DEFAULT (unixepoch()),
	CONSTRAINT "page.slug: letters a-z, digits, single hyphens between them, at most 80"
		CHECK (length(slug) BETWEEN 1 AND 80 AND slug NOT GLOB '*[^a-z0-9-]*' AND slug NOT GLOB '-*'
			AND slug NOT GLOB '*-' AND slug NOT GLOB '*--*'),
	CONSTRAINT "page.title: 1 to 300 characters on one line"
		CHECK (length(trim(title)) BETWEEN 1 AND 300 AND title NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
	CONSTRAINT "page.markdown: at most 65536 bytes (64 KiB)" CHECK (length(CAST(markdown AS BLOB)) <= 65536),
	CONSTRAINT "page.in_footer: 0 or 1" CHECK (in_footer IN (0, 1))
) STRICT;

CREATE TRIGGER page_checked BEFORE INSERT ON page WHEN EXISTS (SELECT 1 FROM section WHERE slug = NEW.slug)
BEGIN
	SELECT RAISE(ABORT, 'page.slug: a section has this address already');
END;

CREATE TRIGGER page_added AFTER INSERT ON page
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('page', NEW.id, 'access');
END;

CREATE TRIGGER page_changed AFTER UPDATE ON page
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('page', NEW.id, 'access');
END;

CREATE TRIGGER page_gone AFTER DELETE ON page
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('page', OLD.id, 'access');
END;
