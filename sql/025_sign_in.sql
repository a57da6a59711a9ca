-- Signing in by mail, by password, and being forgotten.

-- login_link is laid out again: besides the links that the command line makes it now holds those that readers ask for, who may have
-- no account yet. It refers to subscriber, whose trigger is made again behind it.
DROP TRIGGER subscriber_removed;
CREATE TABLE login_link_before AS SELECT hash, subscriber_id, purpose, created_at, expires_at, used_at FROM login_link;
DROP TABLE login_link;

-- A one-time link. Only hashes of its secrets are here: who reads this table cannot use it.
CREATE TABLE login_link (
	hash          TEXT    PRIMARY KEY, -- BLAKE2b-256 of the link's secret, hexadecimal
	subscriber_id INTEGER REFERENCES subscriber (id) ON DELETE CASCADE, -- NULL: the address had no account when it asked
	purpose       TEXT    NOT NULL,    -- what it is good for, and for nothing else: session (made by the command line), sign-in,
	                                   -- email (the account gets this address)
	email         TEXT,                -- sign-in, email: the address the mail went to
	browser       TEXT    UNIQUE,      -- sign-in: hash of the secret that the asking browser keeps in its cookie
	code          TEXT,                -- sign-in: hash of the typed code, keyed with the browser's secret: nothing to guess from here
	wrong         INTEGER NOT NULL DEFAULT 0,  -- wrong codes typed; five end it
	device        TEXT    NOT NULL DEFAULT '', -- who asked: Firefox on Linux
	next          TEXT    NOT NULL DEFAULT '/', -- the page to go back to
	created_at    INTEGER NOT NULL DEFAULT (unixepoch()),
	expires_at    INTEGER NOT NULL,
	used_at       INTEGER,             -- not NULL: used up
	CONSTRAINT "login_link.hash: 64 hexadecimal digits" CHECK (length(hash) = 64 AND hash NOT GLOB '*[^0-9a-f]*'),
	CONSTRAINT "login_link.purpose: small letters and hyphens" CHECK (length(purpose) BETWEEN 1 AND 20 AND purpose NOT GLOB '*[^a-z-]*'),
	CONSTRAINT "login_link.subscriber_id: there is no such account" CHECK (subscriber_id IS NOT NULL OR purpose = 'sign-in'),
	CONSTRAINT "login_link: sign-in has email, browser and code; only it has browser and code"
		CHECK ((purpose = 'sign-in') = (browser IS NOT NULL) AND (browser IS NULL) = (code IS NULL)
			AND (purpose <> 'sign-in' OR email IS NOT NULL)),
	CONSTRAINT "login_link.wrong: 0 to 5" CHECK (wrong BETWEEN 0 AND 5),
	CONSTRAINT "login_link.next: a path of this site" CHECK (next GLOB '/*' AND next NOT GLOB '//*' AND length(next) <= 512),
	CONSTRAINT "login_link.expires_at: after created_at, by a day at most"
		CHECK (expires_at > created_at AND expires_at <= created_at + 86400)
) STRICT;

INSERT INTO login_link (hash, subscriber_id, purpose, created_at, expires_at, used_at)
	SELECT hash, subscriber_id, purpose, created_at, expires_at, used_at FROM login_link_before;
DROP TABLE login_link_before;

CREATE INDEX login_link_by_subscriber ON login_link (subscriber_id);
CREATE INDEX login_link_by_expiry ON login_link (expires_at);

CREATE TRIGGER login_link_checked BEFORE INSERT ON login_link
	WHEN (NEW.subscriber_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM subscriber WHERE id = NEW.subscriber_id))
		OR EXISTS (SELECT 1 FROM login_link WHERE hash = NEW.hash)
BEGIN
	SELECT RAISE(ABORT, 'login_link: there is no such account, or the link exists already');
END;

CREATE TRIGGER login_link_stays BEFORE UPDATE ON login_link
	WHEN OLD.used_at IS NOT NULL OR NEW.wrong < OLD.wrong
		OR (OLD.hash, OLD.subscriber_id, OLD.purpose, OLD.email, OLD.browser, OLD.code, OLD.next, OLD.expires_at)
			IS NOT (NEW.hash, NEW.subscriber_id, NEW.purpose, NEW.email, NEW.browser, NEW.code, NEW.next, NEW.expires_at)
BEGIN
	SELECT RAISE(ABORT, 'login_link: it is used once and never changed');
END;

-- The password of a reader who wanted one; most have none.
CREATE TABLE subscriber_password (
	subscriber_id INTEGER PRIMARY KEY REFERENCES subscriber (id) ON DELETE CASCADE,
	hash          TEXT    NOT NULL,  -- Argon2id with its salt and cost, as libsodium writes it
	changed_at    INTEGER NOT NULL DEFAULT (unixepoch()),
	CONSTRAINT "subscriber_password.hash: $argon2id$… of libsodium" CHECK (hash GLOB '$argon2id$*' AND length(hash) <= 128)
) STRICT;

CREATE TRIGGER subscriber_removed AFTER DELETE ON subscriber
BEGIN
	DELETE FROM subscription WHERE subscriber_id = OLD.id;
	DELETE FROM session WHERE subscriber_id = OLD.id;
	DELETE FROM login_link WHERE subscriber_id = OLD.id OR email = OLD.email;
	DELETE FROM subscriber_password WHERE subscriber_id = OLD.id;
	INSERT INTO change_log (kind, ref, detail) VALUES ('subscriber', OLD.id, 'access');
END;

-- Who asked to be forgotten stays forgotten: an import adds no such address again and no mail goes there. The person can
-- come back by signing in, which takes the row away. No address stands here, only its hash under this site's own secret.
CREATE TABLE erased (
	hash TEXT    PRIMARY KEY, -- BLAKE2b-256 of the address, keyed
	at   INTEGER NOT NULL DEFAULT (unixepoch()),
	CONSTRAINT "erased.hash: 64 hexadecimal digits" CHECK (length(hash) = 64 AND hash NOT GLOB '*[^0-9a-f]*')
) STRICT, WITHOUT ROWID;

-- Secrets of this database, made once; losing one makes what was hashed with it unrecognizable.
CREATE TABLE site_secret (
	name   TEXT PRIMARY KEY, -- erased: key of erased.hash
	secret TEXT NOT NULL,
	CONSTRAINT "site_secret.secret: 64 hexadecimal digits" CHECK (length(secret) = 64 AND secret NOT GLOB '*[^0-9a-f]*')
) STRICT, WITHOUT ROWID;

INSERT INTO site_secret (name, secret) VALUES ('erased', lower(hex(randomblob(32))));
