-- Mail on its way: one row a message and recipient. The worker sends what is due; a row says how far it has come, so that a
-- worker that dies loses nothing and repeats at most what was in its hands.

CREATE TABLE outbox (
	id              INTEGER PRIMARY KEY AUTOINCREMENT,
	kind            TEXT    NOT NULL,               -- transactional: asked for by the person, goes first; newsletter: an issue
	recipient       TEXT    NOT NULL,               -- one address, as subscriber.email writes it
	template        TEXT    NOT NULL,               -- templates/mail_….mustache, and its _text twin
	data            TEXT    NOT NULL DEFAULT '{}',  -- JSON object for the template; emptied once the mail has left, it may hold a code
	issue_id        INTEGER,                        -- newsletter: which issue
	subscription_id INTEGER,                        -- newsletter: whose subscription; must still stand when the mail leaves
	created_at      INTEGER NOT NULL DEFAULT (unixepoch()),
	due_at          INTEGER NOT NULL,               -- not before; later after each failed try
	expires_at      INTEGER,                        -- not after: a code that no longer works is not sent
	state           TEXT    NOT NULL DEFAULT 'waiting', -- waiting, sending (in a worker's hands until leased_until), sent, dead
	lease           TEXT,                           -- which worker has it
	leased_until    INTEGER NOT NULL DEFAULT 0,     -- a worker that is silent for so long has died: waiting again
	tries           INTEGER NOT NULL DEFAULT 0,
	sent_at         INTEGER,                        -- the mail server took it over
	reason          TEXT    NOT NULL DEFAULT '',    -- why it is dead, or why the last try failed
	CONSTRAINT "outbox.kind: transactional or newsletter" CHECK (kind IN ('transactional', 'newsletter')),
	CONSTRAINT "outbox.state: waiting, sending, sent or dead" CHECK (state IN ('waiting', 'sending', 'sent', 'dead')),
	CONSTRAINT "outbox.recipient: one address as somebody@example.org, in small letters, at most 254 bytes"
		CHECK (length(recipient) BETWEEN 6 AND 254 AND recipient = lower(recipient) AND recipient NOT GLOB '*[^!-~]*'
			AND recipient NOT GLOB '*[]()<>,;:\"[]*' AND recipient GLOB '?*@?*.?*' AND recipient NOT GLOB '*@*@*'),
	CONSTRAINT "outbox.template: mail_ and small letters, digits or _"
		CHECK (length(template) BETWEEN 6 AND 60 AND template GLOB 'mail_[a-z]*' AND template NOT GLOB '*[^a-z0-9_]*'),
	CONSTRAINT "outbox.data: a JSON object of at most 64 KiB" CHECK (length(data) BETWEEN 2 AND 65536 AND data GLOB '{*}'),
	CONSTRAINT "outbox: a newsletter names issue_id and subscription_id, nothing else does"
		CHECK ((kind = 'newsletter') = (issue_id IS NOT NULL) AND (kind = 'newsletter') = (subscription_id IS NOT NULL)),
	CONSTRAINT "outbox.sent_at: set when sent, and only then" CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
	CONSTRAINT "outbox.lease: set while sending, and only then" CHECK ((state = 'sending') = (lease IS NOT NULL)),
	UNIQUE (issue_id, subscription_id)              -- an issue goes to a subscription once
) STRICT;

CREATE INDEX outbox_due ON outbox (kind, due_at, id) WHERE state = 'waiting';
CREATE INDEX outbox_leased ON outbox (leased_until) WHERE state = 'sending';
CREATE INDEX outbox_by_recipient ON outbox (recipient);
CREATE INDEX outbox_by_age ON outbox (created_at);

CREATE TRIGGER outbox_stays BEFORE UPDATE ON outbox
	WHEN (OLD.id, OLD.kind, OLD.recipient, OLD.template, OLD.issue_id, OLD.subscription_id, OLD.created_at)
			IS NOT (NEW.id, NEW.kind, NEW.recipient, NEW.template, NEW.issue_id, NEW.subscription_id, NEW.created_at)
		OR OLD.state = 'sent' OR (OLD.state = 'dead' AND NEW.state <> 'waiting')
BEGIN
	SELECT RAISE(ABORT, 'outbox: a mail never changes its recipient, and one that was sent is done; dead ones may be set to waiting');
END;

-- Addresses that a mail server refused for good. No newsletter goes there any more; mail that the person asks for is tried
-- again after a day, and takes the row away when it arrives.
CREATE TABLE mail_refused (
	recipient TEXT    PRIMARY KEY,
	at        INTEGER NOT NULL DEFAULT (unixepoch()),
	reason    TEXT    NOT NULL                        -- the server's words
) STRICT, WITHOUT ROWID;

-- Nothing more is sent to an account that was removed, and nothing is kept of its address here.
CREATE TRIGGER outbox_of_removed AFTER DELETE ON subscriber
BEGIN
	DELETE FROM outbox WHERE recipient = OLD.email;
	DELETE FROM mail_refused WHERE recipient = OLD.email;
END;

-- How much mail was asked for lately, so that no form can flood a mailbox: counters a minute (an hour for the whole site)
-- under keyed hashes, which say nothing about whom they count. Kept for two days.
CREATE TABLE mail_budget (
	bucket    TEXT    NOT NULL,                       -- keyed hash of purpose and address, or of a network; site
	starts_at INTEGER NOT NULL,
	used      INTEGER NOT NULL DEFAULT 1,
	PRIMARY KEY (bucket, starts_at),
	CONSTRAINT "mail_budget.used: from 1" CHECK (used >= 1)
) STRICT, WITHOUT ROWID;

CREATE INDEX mail_budget_by_age ON mail_budget (starts_at);
