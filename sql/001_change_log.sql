-- The log of changes: what runs reads it to learn, within a second, that a page or a right is no longer what it was.
--
-- All times in this database are epoch seconds, UTC, in columns named …_at. In the sqlite3 shell
-- unixepoch('2026-03-01 08:00', 'utc') makes one from the machine's local time, datetime(X, 'unixepoch') shows one.

-- One row for every change to content or access, whoever made it. Triggers write it; nobody else should.
CREATE TABLE change_log (
	id     INTEGER PRIMARY KEY AUTOINCREMENT,      -- grows with every commit, never used twice
	at     INTEGER NOT NULL DEFAULT (unixepoch()), -- when
	kind   TEXT    NOT NULL,                       -- what the number in ref names:
	                                               --   article      the article, its body, bylines, tags, plans, old addresses
	                                               --   section, author, tag, plan
	                                               --   subscriber   the reader's row and subscriptions
	                                               --   session      one signed-in device
	                                               --   institution  its contract, seats, domains and networks
	                                               --   gift         one gift link
	                                               --   newsletter   a list, its issues
	                                               --   page         a page of words
	ref    INTEGER NOT NULL,                       -- its id
	detail TEXT    NOT NULL,                       -- access: who may read it, when, or at which address has changed
	                                               -- content: only what is shown has changed
	CONSTRAINT "change_log.kind: article, section, author, tag, plan, subscriber, session, institution, gift, newsletter or page"
		CHECK (kind IN ('article', 'section', 'author', 'tag', 'plan', 'subscriber', 'session', 'institution', 'gift',
			'newsletter', 'page')),
	CONSTRAINT "change_log.detail: access or content" CHECK (detail IN ('access', 'content'))
) STRICT;

CREATE TRIGGER change_log_stays BEFORE UPDATE ON change_log
BEGIN
	SELECT RAISE(ABORT, 'change_log: rows are added, never changed');
END;

-- Running daemons read rows at most a second old; a day leaves room for one that was stopped.
CREATE TRIGGER change_log_kept BEFORE DELETE ON change_log WHEN OLD.at > unixepoch() - 86400
BEGIN
	SELECT RAISE(ABORT, 'change_log: rows younger than a day are still needed');
END;
