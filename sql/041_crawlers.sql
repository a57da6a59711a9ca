-- Search engines that may read whole articles, known by their addresses, never by what they call themselves.

-- A network of a search engine: from the list that it publishes ([crawlers] ranges_file), or an address whose name was looked
-- up and led back to it ([crawlers] names). The worker writes this table; an asked row is a question for it.
CREATE TABLE crawler_network (
	network    TEXT    PRIMARY KEY,              -- 66.249.64.0/27
	source     TEXT    NOT NULL,                 -- file or lookup
	state      TEXT    NOT NULL,                 -- asked; verified; refused: its name was none of those that count
	name       TEXT    NOT NULL DEFAULT '',      -- as looked up
	created_at INTEGER NOT NULL DEFAULT (unixepoch()),
	expires_at INTEGER NOT NULL,                 -- counts until then, and is asked again
	CONSTRAINT "crawler_network.network: an address in small letters, / and a length"
		CHECK (length(network) BETWEEN 4 AND 50 AND network NOT GLOB '*[^0-9a-f.:/]*' AND network GLOB '?*/?*'
			AND network NOT GLOB '*/0' AND network NOT GLOB '*/0?*'),
	CONSTRAINT "crawler_network.source: file or lookup" CHECK (source IN ('file', 'lookup')),
	CONSTRAINT "crawler_network.state: asked, verified or refused" CHECK (state IN ('asked', 'verified', 'refused'))
) STRICT, WITHOUT ROWID;

CREATE INDEX crawler_network_by_state ON crawler_network (state, expires_at);

-- Networks of institutions and of search engines are laid out together: a change of either is told as institution 0.
CREATE TRIGGER crawler_network_added AFTER INSERT ON crawler_network WHEN NEW.state = 'verified'
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('institution', 0, 'access');
END;

CREATE TRIGGER crawler_network_changed AFTER UPDATE OF state ON crawler_network
	WHEN NEW.state <> OLD.state AND 'verified' IN (NEW.state, OLD.state)
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('institution', 0, 'access');
END;

CREATE TRIGGER crawler_network_gone AFTER DELETE ON crawler_network WHEN OLD.state = 'verified'
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('institution', 0, 'access');
END;
