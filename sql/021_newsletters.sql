-- Newsletters: lists, who receives them, their issues, and the proof that each reader asked for it.

CREATE TABLE newsletter (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	slug        TEXT    NOT NULL UNIQUE,
	name        TEXT    NOT NULL,
	description TEXT    NOT NULL DEFAULT '',
	access      TEXT    NOT NULL DEFAULT 'public', -- public: for everybody; subscriber: sent only to whom has an open subscription
	position    INTEGER NOT NULL DEFAULT 100,      -- order on the page; the first is the one the form on every page is for
	closed_at   INTEGER,                           -- not NULL: takes no new readers and sends nothing
	CONSTRAINT "newsletter.slug: small letters, digits and single hyphens, up to 60; not confirm or unsubscribe"
		CHECK (length(slug) BETWEEN 1 AND 60 AND slug NOT GLOB '*[^a-z0-9-]*' AND slug NOT GLOB '-*' AND slug NOT GLOB '*-'
			AND slug NOT GLOB '*--*' AND slug NOT IN ('confirm', 'unsubscribe')),
	CONSTRAINT "newsletter.name: 1 to 100 characters on one line"
		CHECK (length(name) BETWEEN 1 AND 100 AND name NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
	CONSTRAINT "newsletter.description: at most 500 characters" CHECK (length(description) <= 500),
	CONSTRAINT "newsletter.access: public or subscriber" CHECK (access IN ('public', 'subscriber'))
) STRICT;

INSERT INTO newsletter (slug, name, position) VALUES ('lettre', 'La lettre de la rédaction', 1);

CREATE TRIGGER newsletter_added AFTER INSERT ON newsletter
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('newsletter', NEW.id, 'content');
END;
CREATE TRIGGER newsletter_changed AFTER UPDATE ON newsletter
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('newsletter', NEW.id, 'access');
END;
CREATE TRIGGER newsletter_kept BEFORE DELETE ON newsletter
	WHEN EXISTS (SELECT 1 FROM newsletter_subscription WHERE newsletter_id = OLD.id)
		OR EXISTS (SELECT 1 FROM newsletter_issue WHERE newsletter_id = OLD.id)
BEGIN
	SELECT RAISE(ABORT, 'newsletter: it has readers or issues; set closed_at instead');
END;

-- Who receives a list. One row an address and list; leaving keeps the row, so that an import cannot undo it.
CREATE TABLE newsletter_subscription (
	id             INTEGER PRIMARY KEY AUTOINCREMENT,
	newsletter_id  INTEGER NOT NULL REFERENCES newsletter (id),
	email          TEXT    NOT NULL,                   -- as subscriber.email writes it
	state          TEXT    NOT NULL DEFAULT 'pending', -- pending: asked for, not confirmed; active; ended
	basis          TEXT    NOT NULL DEFAULT 'opt-in',  -- opt-in; customer: similar products, refusal offered; b2b: fits the job
	source         TEXT    NOT NULL DEFAULT '',        -- form, account, command line
	notice_hash    TEXT,                               -- wording beside the form: consent_notice.hash
	confirm_hash   TEXT,                               -- hash of the secret in the confirmation mail
	requested_at   INTEGER NOT NULL DEFAULT (unixepoch()),
	confirmed_at   INTEGER,
	last_action_at INTEGER NOT NULL DEFAULT (unixepoch()), -- click or sign-in; opening a mail is not seen, and would not count
	ended_at       INTEGER,
	UNIQUE (newsletter_id, email),
	CONSTRAINT "newsletter_subscription.email: one address as somebody@example.org, in small letters"
		CHECK (length(email) BETWEEN 6 AND 254 AND email = lower(email) AND email NOT GLOB '*[^!-~]*'
			AND email NOT GLOB '*[]()<>,;:\"[]*' AND email GLOB '?*@?*.?*' AND email NOT GLOB '*@*@*'),
	CONSTRAINT "newsletter_subscription.state: pending, active or ended" CHECK (state IN ('pending', 'active', 'ended')),
	CONSTRAINT "newsletter_subscription.basis: opt-in, customer or b2b" CHECK (basis IN ('opt-in', 'customer', 'b2b')),
	CONSTRAINT "newsletter_subscription: active needs confirmed_at, ended needs ended_at"
		CHECK ((state <> 'active' OR confirmed_at IS NOT NULL) AND (state <> 'ended' OR ended_at IS NOT NULL))
) STRICT;

CREATE INDEX newsletter_subscription_by_email ON newsletter_subscription (email);
CREATE INDEX newsletter_subscription_by_confirm ON newsletter_subscription (confirm_hash) WHERE confirm_hash IS NOT NULL;
CREATE INDEX newsletter_subscription_by_list ON newsletter_subscription (newsletter_id, state, id);

CREATE TRIGGER newsletter_subscription_checked BEFORE INSERT ON newsletter_subscription
	WHEN NOT EXISTS (SELECT 1 FROM newsletter WHERE id = NEW.newsletter_id)
BEGIN
	SELECT RAISE(ABORT, 'newsletter_subscription.newsletter_id: there is no such newsletter; SELECT id, slug FROM newsletter shows them');
END;

-- An erased account leaves nothing here; a changed address takes its letters along.
CREATE TRIGGER newsletter_of_removed AFTER DELETE ON subscriber
BEGIN
	DELETE FROM newsletter_subscription WHERE email = OLD.email;
END;
CREATE TRIGGER newsletter_of_moved AFTER UPDATE OF email ON subscriber WHEN OLD.email <> NEW.email
BEGIN
	DELETE FROM newsletter_subscription WHERE email = NEW.email
		AND newsletter_id IN (SELECT newsletter_id FROM newsletter_subscription WHERE email = OLD.email);
	UPDATE newsletter_subscription SET email = NEW.email WHERE email = OLD.email;
END;

-- A click or a sign-in shows that the reader is still there (three-year rule).
CREATE TRIGGER newsletter_of_signed_in AFTER INSERT ON session
BEGIN
	UPDATE newsletter_subscription SET last_action_at = NEW.created_at
		WHERE state = 'active' AND last_action_at < NEW.created_at
			AND email = (SELECT email FROM subscriber WHERE id = NEW.subscriber_id);
END;

-- One mailing. markdown is for those who may have it; what everybody may read online is free_markdown.
CREATE TABLE newsletter_issue (
	id            INTEGER PRIMARY KEY AUTOINCREMENT,
	newsletter_id INTEGER NOT NULL REFERENCES newsletter (id),
	slug          TEXT    NOT NULL,
	title         TEXT    NOT NULL,                   -- subject and heading
	markdown      TEXT    NOT NULL,
	free_markdown TEXT    NOT NULL DEFAULT '',        -- the same on a public list, empty on one for subscribers
	hash          TEXT    NOT NULL,                   -- of the file: sending it again goes on where it stopped
	state         TEXT    NOT NULL DEFAULT 'sending', -- test: to one address; sending: being queued; sent: all queued; cancelled
	queued_to     INTEGER NOT NULL DEFAULT 0,         -- last newsletter_subscription.id that was queued
	queued        INTEGER NOT NULL DEFAULT 0,
	created_at    INTEGER NOT NULL DEFAULT (unixepoch()),
	cancelled_at  INTEGER,
	UNIQUE (newsletter_id, slug),
	CONSTRAINT "newsletter_issue.state: test, sending, sent or cancelled" CHECK (state IN ('test', 'sending', 'sent', 'cancelled')),
	CONSTRAINT "newsletter_issue.title: 1 to 200 characters on one line"
		CHECK (length(title) BETWEEN 1 AND 200 AND title NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
	CONSTRAINT "newsletter_issue.slug: small letters, digits and hyphens"
		CHECK (length(slug) BETWEEN 1 AND 100 AND slug NOT GLOB '*[^a-z0-9-]*'),
	CONSTRAINT "newsletter_issue: cancelled and only then cancelled_at" CHECK ((state = 'cancelled') = (cancelled_at IS NOT NULL))
) STRICT;

CREATE TRIGGER newsletter_issue_added AFTER INSERT ON newsletter_issue
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('newsletter', NEW.newsletter_id, 'content');
END;
CREATE TRIGGER newsletter_issue_changed AFTER UPDATE OF state, title, free_markdown ON newsletter_issue
BEGIN
	INSERT INTO change_log (kind, ref, detail) VALUES ('newsletter', NEW.newsletter_id, 'content');
END;

-- The wordings that readers agreed to, by the hash of their text.
CREATE TABLE consent_notice (
	hash     TEXT    PRIMARY KEY,
	version  TEXT    NOT NULL,                        -- its first twelve digits: what the form sends
	language TEXT    NOT NULL,
	wording  TEXT    NOT NULL,                        -- HTML, as it stood beside the form
	at       INTEGER NOT NULL DEFAULT (unixepoch())   -- first used
) STRICT;

-- The log of consents. Each row holds the hash of the one before: a row that is changed or taken out shows. The person is a
-- keyed hash of the address, so that proof outlives erasure without keeping the address. No network address is kept.
CREATE TABLE consent (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	at          INTEGER NOT NULL,
	person      TEXT    NOT NULL,
	purpose     TEXT    NOT NULL,                     -- newsletter:SLUG; one row a purpose
	action      TEXT    NOT NULL,                     -- requested, confirmed, given, withdrawn, lapsed, erased
	method      TEXT    NOT NULL,                     -- form, mail, one-click, account, command, worker
	form        TEXT    NOT NULL DEFAULT '',          -- where: the page's path
	notice_hash TEXT    NOT NULL DEFAULT '',          -- the wording that was shown
	previous    TEXT    NOT NULL,                     -- hash of the row before; empty in the first
	hash        TEXT    NOT NULL,                     -- BLAKE2b-256 of previous, at, person, purpose, action, method, form, notice_hash
	CONSTRAINT "consent.action: requested, confirmed, given, withdrawn, lapsed or erased"
		CHECK (action IN ('requested', 'confirmed', 'given', 'withdrawn', 'lapsed', 'erased'))
) STRICT;

CREATE INDEX consent_by_person ON consent (person);

CREATE TRIGGER consent_chained BEFORE INSERT ON consent
	WHEN NEW.previous <> COALESCE((SELECT hash FROM consent ORDER BY id DESC LIMIT 1), '')
BEGIN
	SELECT RAISE(ABORT, 'consent: rows are written by the program, each with the hash of the one before');
END;
CREATE TRIGGER consent_stays BEFORE UPDATE ON consent
BEGIN
	SELECT RAISE(ABORT, 'consent: a proof is never changed');
END;
CREATE TRIGGER consent_kept BEFORE DELETE ON consent
BEGIN
	SELECT RAISE(ABORT, 'consent: a proof is never taken out');
END;

CREATE INDEX outbox_by_subscription ON outbox (subscription_id) WHERE subscription_id IS NOT NULL;
